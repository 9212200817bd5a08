"""Search over devices, cases, alerts and areas; "/" goes there."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from layouts import ids, parts, text


def panel() -> html.Div:
    """The field and the place for what is found."""
    words = text.say("search")
    field = dcc.Input(
        id=ids.SEARCH, type="search", debounce=0.25, placeholder=words, maxLength=60, value=""
    )
    return html.Div(
        [html.Label([field, html.Kbd("/")], title=words), html.Ul(id=ids.FOUND, className="found")],
        className="search",
        role="search",
    )


def found(words: str, hits: list[dict[str, Any]]) -> list[html.Li]:
    """The list of what was found; nothing at all while nothing is asked."""
    if not words:
        return []
    if not hits:
        return [html.Li(text.say("found.none", words=words), className="nothing")]
    return [html.Li(_hit(one)) for one in hits]


def _hit(one: dict[str, Any]) -> Any:
    kind = html.Span(text.say(f"found.{one['kind']}"), className="c-3")
    place = html.Span(one["place"], className="c-2")
    name = html.B(one["name"])
    return parts.action("found", kind, name, place, thing=one["code"], value=one["kind"])


def picks(devices: list[dict[str, Any]]) -> list[Any]:
    """The pick list when a click on the map hit several marks."""
    head = html.Li(text.say("pick", n=len(devices)), className="nothing")
    return [head, *(html.Li(_hit(one)) for one in devices)]
