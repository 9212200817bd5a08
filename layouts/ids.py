"""Every component id of the screens; the live layer (layouts/assets/*.js) uses the same words."""

from __future__ import annotations

# shared by all pages
URL = "url"  # dcc.Location: the state of a page is its address
MESSAGE = "message"  # the one slot for what the user must be told
BANNER = "blind-banner"  # "am I blind?": filled by the live layer
CALM = "calm-pulse"  # dcc.Store: the pulse, but never more often than figures need it
PULSE = "pulse"  # dcc.Store: seq of the newest fact; the live layer bumps it
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
ACT_ALERT = "act-select-alert"
ACT_CASE = "act-select-case"
ACT_ACKNOWLEDGE = "act-acknowledge"
ACT_DISPATCH = "act-dispatch"
ACT_MOVE = "act-case-move"  # id = case id, value = CaseMove
ACT_SEND = "act-send"  # id = case id: send the chosen workers
ACT_FOUND = "act-found"  # id = what was found, value = its kind
ACT_DEVICE = "act-device"  # id = device code or "n:<number>"
# The stores that lead somewhere else (layouts.address.choose)
WAYS = (ACT_TAB, ACT_AREA, ACT_ALERT, ACT_CASE, ACT_FOUND, ACT_DEVICE)
ACTIONS = (
    ACT_TAB,
    ACT_AREA,
    ACT_UP,
    ACT_ALERT,
    ACT_CASE,
    ACT_ACKNOWLEDGE,
    ACT_DISPATCH,
    ACT_MOVE,
    ACT_SEND,
    ACT_FOUND,
    ACT_DEVICE,
)

# left column
TILES = "tiles"
LEVELS = "levels"
LEVELS_NOTE = "levels-note"
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
SEARCH = "map-search"
FOUND = "found"
STRIP = "strip"
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
