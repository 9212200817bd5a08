"""The card of a resource, a camera or a worker: what it is, who keeps it, what is near it.

`data-thing` and `data-place` tell the live layer which one is open and where (live/things.mjs).
"""

from __future__ import annotations

from typing import Any

from dash import html

from app.domain.resources import FIELDS, Form, Sort
from layouts import ids, nearby, parts, text

Row = dict[str, Any]
MOST_TASKS = 4
TYPES = ("resource", "worker", "component")


def panel() -> html.Div:
    """The place of the card; empty while none is open."""
    return html.Div(id=ids.THING, className="thing-slot")


def wanted(done: Row | None) -> tuple[str, str] | None:
    """Return type and id of what an action asks for ("worker:W001"), None when it closes."""
    type_, colon, id_ = str((done or {}).get("id") or "").partition(":")
    return (type_, id_) if colon and id_ and type_ in TYPES else None


def clicked(click: Row | None) -> tuple[str, str] | None:
    """Return type and id of the one resource or worker that a click on the map has hit."""
    hits = (click or {}).get("hits") or []
    if len(hits) != 1 or hits[0].get("type") not in ("resource", "worker"):
        return None
    return hits[0]["type"], str(hits[0]["id"])


def _frame(head: list[Any], body: list[Any], thing: str, one: Row, **more: str) -> html.Article:
    words = text.say("close")
    close = parts.action("thing", "×", thing="", className="close", title=words)
    place = "" if one["lon"] is None else f"{one['lon']},{one['lat']}"
    marks = parts.attrs(data_thing=thing, data_place=place, **more)
    inside = [html.H3([*head, close]), html.Div([row for row in body if row], className="cb")]
    return html.Article(inside, className="card thing", **marks)


def flight(done: Row | None) -> str:
    """Return the moment at which an action asked to fly to its thing, "" when it did not."""
    return str(done.get("at") or "") if done and done.get("value") else ""


def resource(one: Row, *, go: str, platform: bool) -> html.Article:
    """A resource or a camera."""
    level = int(one["level"])
    head = [
        html.I(className=f"glyph glyph-{one['sort']} tone-{parts.LEVELS[level]}"),
        html.Span(one["name"]),
        parts.badge(text.say(f"sort.{one['sort']}"), "ack"),
    ]
    if one["state"] == "out":
        head.append(parts.badge(text.say("resource.out"), "stale"))
    body = [
        _grade(one),
        *_fields(one),
        _line("resource.unit", one["unit"]),
        _line("resource.place", one["place"]),
        _video(one, platform=platform) if one["sort"] == Sort.CAMERA else None,
        html.Div(nearby.button(one["lon"], one["lat"]), className="btns"),
    ]
    return _frame(head, body, f"resource:{one['id']}", one, data_go=go)


def _line(key: str, value: Any) -> html.Div | None:
    if value in ("", None):
        return None
    return html.Div([html.Span(text.say(key)), html.B(value)], className="kv")


def _grade(one: Row) -> html.Div | None:
    """The grade of a risk: colour, shape and word."""
    if not one["level"]:
        return None
    value = html.B([parts.level_mark(one["level"]), " ", one["body"]["grade"]])
    return html.Div([html.Span(text.say("field.grade")), value], className="kv")


def _fields(one: Row) -> list[Any]:
    """The fields of its sort; a supply's amount stands in one line with its measure."""
    kind = _line("resource.kind", one["kind"]) if one["kind"] else None
    shown = [kind]
    for field in FIELDS[Sort(one["sort"])]:
        value = one["body"].get(field.name)
        if value is None or field.form is Form.GRADE or field.name == "measure":
            continue
        if field.name == "quantity":
            value = f"{value:,} {one['body'].get('measure', '')}"
        elif field.form is Form.COUNT:
            value = f"{value:,}"
        shown.append(_line(f"field.{field.name}", value))
    return shown


def _video(one: Row, *, platform: bool) -> Any:
    if not one["links"]:
        return None if platform else parts.nothing(text.say("resource.no_platform"))
    words = text.say("resource.watch")
    return html.Div([watch(link, words) for link in one["links"]], className="btns")


def watch(link: str, words: str) -> html.A:
    """A way to the video platform, in a window of its own that learns nothing of ours."""
    return html.A(words, href=link, target="_blank", rel="noopener noreferrer", className="btn go")


def worker(one: Row, *, go: str) -> html.Article:
    """A worker: his grid, whether he is on duty, what he has in hand, how old his place is."""
    duty = "who.on_duty" if one["on_duty"] else "who.off_duty"
    head = [
        html.I(className="glyph glyph-worker"),
        html.Span(one["name"]),
        parts.badge(text.say(duty), "go" if one["on_duty"] else "stale"),
    ]
    load = text.say("who.load", n=one["load"]) if one["load"] else text.say("who.free")
    near = None if one["lon"] is None else nearby.button(one["lon"], one["lat"])
    track = html.Div(text.say("who.track"), className="more c-3") if one["track"] else None
    body = [
        _line("who.grid", one["grid"]),
        _line("who.unit", one["unit"]),
        _age(one),
        html.Div(html.Span(load), className="kv"),
        *(_task(task) for task in one["tasks"][:MOST_TASKS]),
        track,
        html.Div(near, className="btns") if near else None,
    ]
    more = {"data_track": "1" if one["track"] else "", "data_go": go}
    return _frame(head, body, f"worker:{one['id']}", one, **more)


def _age(one: Row) -> html.Div:
    if one["at"] is None:
        return html.Div(text.say("who.no_place"), className="kv c-3")
    age = parts.age(one["at"], nearby.OLD_S)
    return html.Div([html.Span(text.say("who.place_age")), age], className="kv")


def _task(task: Row) -> Any:
    status = parts.badge(text.say(f"task.{task['status']}"), "go")
    marks = parts.attrs(
        data_due=str(parts.milliseconds(task["due_at"])),
        data_from=str(parts.milliseconds(task["sent_at"])),
    )
    line = [html.Span(task["title"]), status, html.Span("", className="num due", **marks)]
    return parts.action("select-case", *line, thing=task["case"], className="in-hand")
