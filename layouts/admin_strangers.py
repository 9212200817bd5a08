"""未知设备: what speaks and stands in no register; it is adopted with kind, name and place."""

from __future__ import annotations

from typing import Any

import dash_leaflet as dl
from dash import dcc, html

from app.domain.kinds import BY_CODE, KINDS
from layouts import ids, parts, text

Row = dict[str, Any]
MOST_NAME, MOST_NOTE = 60, 200  # characters
METRICS_SHOWN = 4
PACE_MS = 600_000  # heard for less, a pace per hour says nothing (*default*)
AREA_STYLE = {"color": "#2f6f9f", "weight": 1, "fillColor": "#2a86c8", "fillOpacity": 0.08}


def panel() -> list[Any]:
    """The empty page: who is unknown, and the form to adopt one; the callbacks fill it."""
    search = dcc.Input(
        id=ids.STRANGERS_SEARCH,
        type="text",
        value="",
        maxLength=100,
        debounce=True,
        placeholder=text.say("strangers.search"),
        className="field",
    )
    again = parts.action("again", text.say("admin.again"), thing="strangers", className="small")
    bar = html.Div([search, again], className="bar-line")
    lists = [html.Div(id=i, className="scroll") for i in (ids.STRANGERS, ids.STRANGERS_IGNORED)]
    table = html.Div([bar, *lists], className="b grow")
    note = html.Span(id=ids.STRANGERS_HEAD)
    left = parts.panel(text.say("admin.strangers"), table, note=note, name="strangers-p")
    right = parts.panel(text.say("adopt"), html.Div(_form(), className="b grow"), name="adopt-p")
    return [html.Div([left, right], className="two")]


def _form() -> list[Any]:
    kinds = [{"label": text.kind(kind.code), "value": kind.code} for kind in KINDS]
    kind = dcc.Dropdown(
        id=ids.ADOPT_KIND,
        options=kinds,
        placeholder=text.say("adopt.kind"),
        className="choice",
    )
    name = dcc.Input(
        id=ids.ADOPT_NAME, type="text", value="", maxLength=MOST_NAME, className="field"
    )
    lon, lat = (
        dcc.Input(id=i, type="number", step="any", className="field")
        for i in (ids.ADOPT_LON, ids.ADOPT_LAT)
    )
    note = dcc.Input(
        id=ids.ADOPT_NOTE, type="text", value="", maxLength=MOST_NOTE, className="field"
    )
    fields = [
        _field("adopt.kind", ids.ADOPT_KIND, kind),
        _field("adopt.name", ids.ADOPT_NAME, name),
        _field("adopt.lon", ids.ADOPT_LON, lon),
        _field("adopt.lat", ids.ADOPT_LAT, lat),
    ]
    return [
        html.Div(id=ids.ADOPT, className="letter"),
        html.Div(fields, className="fields"),
        _map(),
        html.Div(id=ids.ADOPT_SEND, className="btns"),
        _field("adopt.note", ids.ADOPT_NOTE, note),
    ]


def _field(words: str, name: str, field: Any) -> html.Div:
    return html.Div([html.Label(text.say(words), htmlFor=name), field], className="named")


def _map() -> dl.MapContainer:
    marker = dl.CircleMarker(
        id=ids.ADOPT_MARK, center=[0, 0], radius=8, color="#3fd0ff", fillOpacity=0.6
    )
    return dl.MapContainer(
        [dl.GeoJSON(id=ids.ADOPT_FORM, data=None, style=AREA_STYLE, interactive=False), marker],
        id=ids.ADOPT_MAP,
        center=[31.78, 119.95],
        zoom=11,
        zoomSnap=0.25,
        attributionControl=False,
        className="ground pick",
    )


def head(rows: list[Row]) -> str:
    """How many are waiting."""
    return text.say("strangers.waiting", n=parts.number(len(rows)))


def table(rows: list[Row]) -> Any:
    """Who is unknown: where it says to be, what it says, how often."""
    if not rows:
        return parts.nothing(text.say("strangers.none"))
    names = ("device", "source", "says", "place", "n", "first", "last", "do")
    head = html.Tr([html.Th(text.say(f"strangers.col.{name}")) for name in names])
    return html.Table([html.Thead(head), html.Tbody([_row(row) for row in rows])])


def ignored(rows: list[Row]) -> Any:
    """Who is left out, with the reason, and the way back; nothing while there is nobody."""
    if not rows:
        return []
    lines = [html.Tr(_left_out(row)) for row in rows]
    title = html.Summary(text.say("strangers.ignored", n=parts.number(len(rows))))
    return html.Details([title, html.Table(html.Tbody(lines))])


def _left_out(row: Row) -> list[html.Td]:
    back = parts.action("heed", text.say("strangers.heed"), thing=row["device"], className="small")
    told = (html.B(row["device"]), row["note"], row["who"], parts.age(row["at"]), back)
    return [html.Td(cell) for cell in told]


def _row(row: Row) -> html.Tr:
    words = text.say("strangers.choose")
    choose = parts.action("stranger", words, thing=row["device"], className="small")
    kind = text.kind(row["kind"]) if row["kind"] else text.say("none")
    cells = [
        html.Td([html.B(row["device"]), html.Small(kind)], className="source"),
        html.Td(row["source"]),
        html.Td(_says(row), className="says"),
        html.Td([place(row), html.Small(row["place"])], className="place"),
        html.Td(_often(row), className="num"),
        html.Td(parts.age(row["first"])),
        html.Td(parts.age(row["last"])),
        html.Td(choose),
    ]
    return html.Tr(cells)


def _often(row: Row) -> Any:
    if row["count"] < 2 or row["last"] - row["first"] < PACE_MS:
        return parts.number(row["count"])
    pace = text.say(
        "strangers.pace", n=parts.number(row["per_hour"], 0 if row["per_hour"] >= 10 else 1)
    )
    return [parts.number(row["count"]), html.Small(pace)]


def _says(row: Row) -> str:
    shown = list((row["metrics"] or {}).items())[:METRICS_SHOWN]
    kind = row["kind"] if row["kind_known"] else ""
    return " · ".join(_metric(kind, name, value) for name, value in shown) or text.say("none")


def _metric(kind: str, name: str, value: float) -> str:
    """A value under the name and in the unit of our kind, or as it was sent."""
    known = BY_CODE[kind].metrics if kind in BY_CODE else ()
    ours = next((metric for metric in known if metric.code == name), None)
    return f"{ours.name} {value:g} {ours.unit}".strip() if ours else f"{name} {value:g}"


def place(row: Row) -> str:
    """Where it says to be, as degrees."""
    if row["lon"] is None or row["lat"] is None:
        return text.say("strangers.nowhere")
    return f"{row['lon']:.5f}, {row['lat']:.5f}"


def about(row: Row | None) -> list[Any]:
    """Who is being adopted."""
    if row is None:
        return [parts.nothing(text.say("adopt.choose"))]
    kind = text.kind(row["kind"]) if row["kind"] else text.say("none")
    facts = [
        ("strangers.col.device", row["device"]),
        ("feeds.col.source", row["source"]),
        ("adopt.says", f"{kind} · {_says(row)}"),
    ]
    return [html.Dl([html.Div([html.Dt(text.say(n)), html.Dd(said)]) for n, said in facts])]


def buttons(row: Row | None) -> list[Any]:
    """Adopt it, or leave it out for good with a reason."""
    if row is None:
        return []
    adopt = parts.action("adopt", text.say("adopt.do"), thing=row["device"], className="btn go")
    ignore = parts.action("ignore", text.say("adopt.ignore"), thing=row["device"], className="btn")
    return [adopt, ignore]


def filled(row: Row | None) -> tuple[Any, ...]:
    """The form as the device fills it: about, buttons, kind, name, lon, lat."""
    if row is None:
        return about(None), buttons(None), None, "", None, None
    name = (row["name"] or row["device"])[:MOST_NAME]
    kind = row["kind"] if row["kind_known"] else None
    return about(row), buttons(row), kind, name, row["lon"], row["lat"]


def viewport(ground: Row) -> Row:
    """The map shows the whole city."""
    return {"bounds": ground["bounds"], "transition": "fitBounds"}


def mark(lon: float | None, lat: float | None) -> tuple[list[float], int]:
    """Where the mark stands on the map, and its size (0 hides it)."""
    if lon is None or lat is None or not (-180 <= lon <= 180 and -90 <= lat <= 90):
        return [0, 0], 0
    return [lat, lon], 8
