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
    # Enter takes the first one, once what stands there answers the words in the field
    return [html.Li(_hit(one), **parts.attrs(data_words=words)) for one in hits]


def _hit(one: dict[str, Any]) -> Any:
    kind = html.Span(text.say(f"found.{one['kind']}"), className="c-3")
    place = html.Span(one["place"], className="c-2")
    name = html.B(one["name"])
    return parts.action("found", kind, name, place, thing=one["code"], value=one["kind"])


def picks(things: list[dict[str, Any]], workers: list[str] | None = None) -> list[Any]:
    """The pick list when a click hit several marks, or a worker, who has only a name to show."""
    names = workers or []
    if not things and not names:
        return []
    head = html.Li(text.say("pick", n=len(things) + len(names)), className="nothing")
    return [head, *(html.Li(_hit(one)) for one in things), *(_worker(name) for name in names)]


def _worker(name: str) -> html.Li:
    kind = html.Span(text.say("worker"), className="c-3")
    return html.Li([kind, html.B(name)], className="who")


def marks(click: dict[str, Any] | None) -> tuple[list[dict[str, Any]], list[str]]:
    """What a click hit: the marks that can be opened, and the names of the workers."""
    hits = (click or {}).get("hits") or []
    workers = [str(hit.get("name") or hit.get("id")) for hit in hits if hit["type"] == "worker"]
    return [hit for hit in hits if hit["type"] != "worker"], workers


def asks(click: dict[str, Any] | None) -> bool:
    """Whether a click is answered by a list: several marks that can be opened, or only workers."""
    things, workers = marks(click)
    return len(things) > 1 or bool(workers and not things)
