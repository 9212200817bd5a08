"""附近: what and who is near a place, in groups by distance; a click goes there.

`data-near` tells the live layer the place and the reach (live/things.mjs).
"""

from __future__ import annotations

from math import isfinite
from typing import Any

import msgspec
from dash import html

from app.domain.resources import Sort
from layouts import ids, parts, text

Row = dict[str, Any]
OLD_S = 180  # a worker's place older than this says so, as on the map
REACHES = (500, 1_000, 3_000, 5_000)  # metres to choose from
WITHIN_M = 3_000
SORTS = tuple(sort.value for sort in Sort if sort is not Sort.CAMERA)
GROUPS = ("workers", "cameras", *SORTS, "devices", "cases")
FEW, MANY = 3, 20  # lines of a group among all, and alone
SHOWN = ("workers", "cameras", "resources", "devices", "cases")


class Asked(msgspec.Struct, frozen=True):
    """What is asked for: a place, metres around it, and a group or "" for all."""

    lon: float
    lat: float
    within: int = WITHIN_M
    group: str = ""

    def value(self, **changes: Any) -> str:
        """Return it as an action's value, with some parts changed."""
        one = msgspec.structs.replace(self, **changes)
        return f"{one.lon:.6f},{one.lat:.6f},{one.within},{one.group}"

    @property
    def each(self) -> int:
        """How many of a group are shown."""
        return MANY if self.group else FEW


def asked(done: Row | None) -> Asked | None:
    """Read an action's value "lon,lat[,metres[,group]]"; None closes, and so does nonsense."""
    words = str((done or {}).get("value") or "").split(",")
    try:
        lon, lat = (float(word) for word in words[:2])
        within = int(words[2]) if len(words) > 2 and words[2] else WITHIN_M
    except ValueError:
        return None
    if not (isfinite(lon) and isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 90):
        return None
    group = words[3] if len(words) > 3 and words[3] in GROUPS else ""
    return Asked(round(lon, 6), round(lat, 6), within if within in REACHES else WITHIN_M, group)


def panel() -> html.Div:
    """The place of the list; empty while none is open."""
    return html.Div(id=ids.NEARBY, className="nearby-slot")


def button(lon: float, lat: float, *, group: str = "", words: str = "", name: str = "small") -> Any:
    """A button that opens the list around a place."""
    value = Asked(lon, lat, WITHIN_M, group).value()
    said = words or text.say("near")
    return parts.action("nearby", said, thing="", value=value, className=name)


def found(data: Row, one: Asked, *, platform: bool) -> html.Section:
    """The list; `data` is services.nearby for what was asked."""
    title = html.Span(text.say("near"))
    close = parts.action("nearby", "×", thing="", className="close", title=text.say("close"))
    groups = [
        _group(data, name, one)
        for name in SHOWN
        if not one.group or one.group == name or data[name]
    ]
    body: list[Any] = [group for group in groups if group is not None]
    if not body:
        said = text.say("near.none", distance=parts.distance(one.within))
        body = [parts.nothing(said)]
    if data["cameras"] and not platform:
        body.append(parts.nothing(text.say("resource.no_platform")))
    return html.Section(
        [
            html.H3([title, _reaches(one), close]),
            _chips(one),
            html.Div(body, className="near-list"),
        ],
        className="card near",
        **parts.attrs(data_near=one.value(), aria_label=text.say("near")),
    )


def _reaches(one: Asked) -> html.Span:
    """How far around: the chosen reach is pressed."""
    return html.Span(
        [_choice(_reach(m), one, m == one.within, within=m) for m in REACHES],
        className="reaches",
        role="group",
    )


def _reach(metres: int) -> str:
    return f"{metres} m" if metres < 1000 else f"{metres / 1000:g} km"


def _choice(words: str, one: Asked, on: bool, **changes: Any) -> Any:
    value = one.value(**changes)
    button_ = parts.action("nearby", words, thing="", value=value, className="on" if on else "")
    setattr(button_, "aria-pressed", str(on).lower())
    return button_


def _chips(one: Asked) -> html.Div:
    chips = [
        _choice(text.say(f"near.group.{name or 'all'}"), one, name == one.group, group=name)
        for name in ("", *GROUPS)
    ]
    return html.Div(chips, className="near-chips", role="group")


def _group(data: Row, name: str, one: Asked) -> html.Div | None:
    """A group among all, or alone; one that has nothing is left out among all."""
    rows = data[name]
    if not rows:
        return None
    heading = one.group if name == "resources" and one.group else name
    total = data["totals"][name]
    head = html.H4([text.say(f"near.group.{heading}"), html.Small(text.say("near.more", n=total))])
    return html.Div([head, html.Ul([html.Li(_line(row)) for row in rows])])


WAYS = {"device": "device", "case": "case"}  # what the search's way leads to


def _line(row: Row) -> list[Any]:
    """One thing: its mark, name, what it is, how far; a camera with its way to the picture."""
    far = html.Span(parts.distance(row["distance_m"]), className="num far")
    name = html.Span([html.B(row["name"]), html.Small(_what(row))], className="who")
    inside = [_mark(row), name, *_more(row), far]
    if row["type"] in WAYS:
        line = parts.action("found", *inside, thing=row["id"], value=WAYS[row["type"]])
    else:
        type_ = "worker" if row["type"] == "worker" else "resource"
        spot = f"{row['lon']},{row['lat']}"
        line = parts.action("thing", *inside, thing=f"{type_}:{row['id']}", value=spot)
    links = [
        html.A("▶", href=link, target="_blank", rel="noopener noreferrer", title=_watch())
        for link in row.get("links", ())
    ]
    return [line, *links]


def _watch() -> str:
    return text.say("resource.watch")


def _mark(row: Row) -> html.I:
    sort = row.get("sort") or row["type"]
    tone = parts.LEVELS[int(row.get("level") or 0)]
    return html.I(className=f"glyph glyph-{sort} tone-{tone}")


def _what(row: Row) -> str:
    """What it is, in words of the screen where it is a code."""
    if row["type"] == "device":
        return text.kind(row["what"])
    if row["type"] == "case":
        return text.say(f"case.{row['what']}")
    if row["type"] == "worker":
        return str(row["what"])
    out = text.say("resource.out") if row.get("state") == "out" else ""
    return " · ".join(filter(None, (str(row["what"]), out)))


def _more(row: Row) -> list[Any]:
    """A worker's load, and the age of his place."""
    if row["type"] != "worker":
        return []
    words = text.say("near.tasks", n=row["tasks"]) if row["tasks"] else text.say("near.free")
    load = html.Span(words, className="c-2" if row["tasks"] else "c-good")
    return [load, parts.age(row["at"], OLD_S)]
