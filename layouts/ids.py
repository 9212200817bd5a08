"""Every component id of the screens; the live layer (layouts/assets/*.js) uses the same words."""

from __future__ import annotations

from typing import Any

# shared by all pages
URL = "url"  # dcc.Location: the state of a page is its address
MESSAGE = "message"  # the one slot for what the user must be told
OUTSIDE = "outside"  # what of a link the user may not see
BANNER = "blind-banner"  # "am I blind?": filled by the live layer
SIGHT = "sight"  # dcc.Store: the part of the address that figures are about: area and tab
# dcc.Stores: seq of the newest fact of a sort; the live layer bumps them (live/pulses.mjs)
PULSE = "pulse"  # any fact
PULSE_CASES = "pulse-cases"  # of a case or task
PULSE_CHOSEN = "pulse-chosen"  # of what is selected
CALM = "calm-pulse"  # any fact, but never more often than figures need it
CALM_CASES = "calm-cases"
PULSES = (PULSE, PULSE_CASES, PULSE_CHOSEN, CALM, CALM_CASES)
SETTLED = "settled"  # dcc.Store: set when what is live is on the screen, or after 5 s
ME = "me"  # dcc.Store: who is signed in and where his city starts
SIGN_OUT = "sign-out"

# the live layer (docs/live-layer.md)
LIVE_CONFIG = "live-config"  # html.Div with data-config: its presence starts the live layer
LIVE_VIEW = "live-view"  # html.Div with data-view: what is looked at now, written by callbacks
CLOCK = "wall-clock"
CLOCK_DATE = "wall-date"
LINK = "light-link"
FEED_AGE = "light-feed"
SOUND = "light-sound"

# actions: an element with data-action="NAME" sets the store act-NAME {"id", "value", "at"}
ACT_TAB = "act-tab"
ACT_AREA = "act-area"  # also set by the live layer: a click on the map hit an area and no mark
ACT_UP = "act-up"
ACT_BESIDE = "act-beside"  # id = "1" or "-1": the next or the last area of the same parent
ACT_ALERT = "act-select-alert"
ACT_CASE = "act-select-case"
ACT_ACKNOWLEDGE = "act-acknowledge"
ACT_DISPATCH = "act-dispatch"
ACT_MOVE = "act-case-move"  # id = case id, value = CaseMove
ACT_SEND = "act-send"  # id = case id: send the chosen workers
ACT_SEARCH = "act-search"  # id = the words that are looked for
ACT_FOUND = "act-found"  # id = what was found, value = its kind
ACT_FIGURE = "act-figure"  # id = what the areas are coloured by
ACT_THING = "act-thing"  # id = "<resource, worker>:<id>", None closes; with a value it flies there
ACT_COMPONENT_REPORT = "act-component-report"  # id = a component, value = what is wrong with it
ACT_NEARBY = "act-nearby"  # value = "lon,lat" or "lon,lat,metres,group"; None closes
ACT_MUSTER = "act-muster"  # send the chosen of those inside a drawn shape
ACT_EXPORT_INSIDE = "act-export-inside"
ACT_DEVICE = "act-device"  # id = device code or "n:<number>"
# The stores that lead somewhere else (layouts.address.choose)
WAYS = (ACT_TAB, ACT_AREA, ACT_ALERT, ACT_CASE, ACT_FOUND, ACT_DEVICE, ACT_FIGURE)
ACTIONS = (
    ACT_TAB,
    ACT_AREA,
    ACT_UP,
    ACT_BESIDE,
    ACT_ALERT,
    ACT_CASE,
    ACT_ACKNOWLEDGE,
    ACT_DISPATCH,
    ACT_MOVE,
    ACT_SEND,
    ACT_SEARCH,
    ACT_FOUND,
    ACT_DEVICE,
    ACT_FIGURE,
    ACT_THING,
    ACT_COMPONENT_REPORT,
    ACT_NEARBY,
    ACT_MUSTER,
    ACT_EXPORT_INSIDE,
)

# actions of the administration pages
ACT_LETTER = "act-letter"  # id = a dead letter that is to be shown
ACT_CHOOSE = "act-choose"  # id = a dead letter that is chosen, or no longer
ACT_LETTERS = "act-letters"  # value = "replay" or "drop"; id = "one", "chosen" or "pile"
ACT_AGAIN = "act-again"  # read the list anew
ACT_STRANGER = "act-stranger"  # id = code of an unknown device
ACT_ADOPT = "act-adopt"  # id = its code; what it becomes stands in the form
ACT_IGNORE = "act-ignore"  # id = its code
ACT_HEED = "act-heed"  # id = the code of one that was ignored
ACT_ISSUE = "act-issue"
ACT_REVOKE = "act-revoke"  # id = a token
ADMIN_ACTIONS = (
    ACT_LETTER,
    ACT_CHOOSE,
    ACT_LETTERS,
    ACT_AGAIN,
    ACT_STRANGER,
    ACT_ADOPT,
    ACT_IGNORE,
    ACT_HEED,
    ACT_ISSUE,
    ACT_REVOKE,
)

# left column
TILES = "tiles"
LEVELS = "levels"
LEVELS_NOTE = "levels-note"
TREND_BODY = "trend-body"
TREND = "trend"
TREND_HOURS = "trend-hours"
TREND_NOTE = "trend-note"
HOTLINE = "hotline"
HOTLINE_NOTE = "hotline-note"
TILES_NOTE = "tiles-note"

# the one map
MAP = "map"
AREAS = "areas"  # dl.GeoJSON of the children of the current area
OUTLINE = "outline"  # dl.GeoJSON of the current area itself
PLACE = "place"  # dcc.Store: code of the area on the map; changes only with the area
MAP_CLICK = "map-click"  # dcc.Store: {"hits": [{"type", "n" or "id"}, …], …} by the live layer
TABS = "tabs"
BREADCRUMB = "breadcrumb"
LAYERS = "layers"
LAYER_COUNTS = "layer-counts"  # html.Div: data-counts of the layers, data-ground: the legend
THING = "thing"  # the card of a resource or worker; its data-thing says which
NEARBY = "nearby"  # what is near a place; its data-near says where and how far
SEARCH = "map-search"  # the field, which the live layer makes
SEARCH_BOX = "map-search-box"  # where it makes it
FOUND = "found"
SELECTION = "selection"  # dcc.Store: {"shape": text, "at"} of a drawn shape, None without one
INSIDE = "inside"
INSIDE_BODY = "inside-body"
INSIDE_COUNT = "inside-count"
INSIDE_WORKERS = "inside-workers"
INSIDE_WHERE = "inside-where"
INSIDE_NOTE = "inside-note"
INSIDE_SAID = "inside-said"
INSIDE_FILE = "inside-file"
STRIP = "strip"
REPLAY_HANDLE = "replay-handle"
REPLAY_SPEED = "replay-speed"
REPLAY_DATE = "replay-date"
REPLAY_WINDOW = "replay-window"  # dcc.Store: {"until": epoch ms or None}, the end of the strip
CARD = "alert-card"
CARD_CURVE = "alert-card-curve"

# right column
ALERTS = "alerts"
ALERTS_NOTE = "alerts-note"
DUE = "due"
DUE_NOTE = "due-note"
DISPATCH = "dispatch"
DISPATCH_TITLE = "dispatch-title"
DISPATCH_UNIT = "dispatch-unit"
DISPATCH_WORKERS = "dispatch-workers"
DISPATCH_NOTE = "dispatch-note"
DISPATCH_SEND = "dispatch-send"
DISPATCH_RESULT = "dispatch-result"

# cockpit
COCKPIT_AT = "cockpit-at"
FIGURES = "figures"
EXCEPTIONS = "exceptions"
DOMAINS = "domains"
STREETS = "streets"
ROWS = "rows"

# administration
BEAT = "beat"  # dcc.Store: epoch ms; the live layer sets it every few seconds, with the pulse
ADMIN_NAV = "admin-nav"
ADMIN_BODY = "admin-body"
FEEDS = "feeds"
FEEDS_HEAD = "feeds-head"
PILES = "piles"  # dead letters by source and reason
LETTERS = "letters"
LETTERS_CHOSEN = "letters-chosen"  # dcc.Store: the ids of the chosen ones
LETTERS_HEAD = "letters-head"
LETTERS_TOOLS = "letters-tools"
LETTERS_DROPS = "letters-drops"
LETTERS_FOOT = "letters-foot"
LETTERS_SEARCH = "letters-search"
LETTERS_NOTE = "letters-note"
LETTER = "letter"
STRANGERS = "strangers"
STRANGERS_IGNORED = "strangers-ignored"
STRANGERS_HEAD = "strangers-head"
STRANGERS_SEARCH = "strangers-search"
ADOPT = "adopt"
ADOPT_FORM = "adopt-form"
ADOPT_KIND = "adopt-kind"
ADOPT_NAME = "adopt-name"
ADOPT_LON = "adopt-lon"
ADOPT_LAT = "adopt-lat"
ADOPT_MAP = "adopt-map"
ADOPT_MARK = "adopt-mark"
ADOPT_NOTE = "adopt-note"
ADOPT_SEND = "adopt-send"
TOKENS = "tokens"
TOKENS_HEAD = "tokens-head"
TOKEN_SOURCE = "token-source"
TOKEN_SCOPES = "token-scopes"
TOKEN_RATE = "token-rate"
TOKEN_DAYS = "token-days"
TOKEN_SECRET = "token-secret"
AUDIT = "audit"
AUDIT_HEAD = "audit-head"
AUDIT_SEARCH = "audit-search"


def dispatch_worker(code: Any) -> dict[str, Any]:
    """The box of one worker in the dispatch panel; ALL for every one."""
    return {"type": "dispatch-worker", "worker": code}
