"""Search over everything on the map; "/" goes there, the arrows move through what is found."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from dash import html

from layouts import ids, parts, text

Hit = dict[str, Any]
METRES = 10  # an inexact place is not said more exactly than this


def panel() -> html.Div:
    """The places for the field and for what is found; the live layer makes a combobox of them.

    The field is not Dash's: with a debounce that one moves the cursor while somebody types.
    """
    words = text.say("search")
    box = html.Span(id=ids.SEARCH_BOX, **parts.attrs(data_words=words))
    label = [html.Span(words, className="said"), box, html.Kbd("/")]
    listed = parts.attrs(aria_label=text.say("found"))
    return html.Div(
        [
            html.Label(label, title=words),
            html.Div(id=ids.FOUND, className="found", role="listbox", **listed),
        ],
        className="search",
        role="search",
    )


def found(words: str, hits: list[Hit]) -> list[html.Div]:
    """What was found, by kind; nothing at all while nothing is asked."""
    if not words:
        return []
    if not hits:
        return [_nothing(text.say("found.none", words=words))]
    numbered = enumerate(hits)
    groups = groupby(numbered, key=lambda one: one[1]["kind"])
    # Enter takes the first one, once what stands here answers the words in the field
    return [_group(kind, list(them), words) for kind, them in groups]


def _nothing(words: str, **marks: Any) -> html.Div:
    """A line that cannot be chosen; a list box may hold nothing but options."""
    return html.Div(
        words, className="nothing", role="option", **parts.attrs(aria_disabled="true"), **marks
    )


def _group(kind: str, hits: list[tuple[int, Hit]], words: str) -> html.Div:
    name = text.say(f"found.{kind}")
    if hits[0][1].get("heard"):
        name = text.say("found.heard", name=name)
    head = html.Span(name, className="head", **parts.attrs(aria_hidden="true"))
    marks = parts.attrs(data_words=words, aria_label=name)
    return html.Div([head, *(_hit(n, one) for n, one in hits)], role="group", **marks)


def _hit(n: int, one: Hit) -> html.Div:
    """One option; what a click on it does is its action (docs/live-layer.md)."""
    action, thing, value = _way(one)
    marks = parts.attrs(data_action=action, data_id=thing, data_value=value, aria_selected="false")
    inside = [html.B(one["name"]), html.Span(_where(one), className="c-2")]
    return html.Div(inside, id=f"{ids.FOUND}-{n}", role="option", className="hit", **marks)


def _where(one: Hit) -> str:
    if one["kind"] == "address":
        about = text.say("found.about", m=_metres(one), sure=f"{one['confidence']:.0%}")
        return " · ".join(filter(None, (one["place"], about)))
    if one["kind"] == "worker" and one["lon"] is None:
        return " · ".join(filter(None, (one["place"], text.say("found.no_place"))))
    return str(one["place"])


def _metres(one: Hit) -> int:
    return max(METRES, round(float(one["within_m"]) / METRES) * METRES)


def _way(one: Hit) -> tuple[str, str, str]:
    """The action, its id and its value: an address is a pin, a worker has a card of his own."""
    spot = f"{one['lon']},{one['lat']}"
    if one.get("action"):  # what a part of the map opens by itself
        return one["action"], one["code"], spot
    if one["kind"] == "address":
        return "pin", f"{spot},{_metres(one)},{one['confidence']:.2f}", one["name"]
    if one["kind"] == "worker" and one["lon"] is None:
        return "area", one["area"], one["kind"]
    if one["kind"] in ("worker", "component", "resource"):  # a card of its own, and it flies there
        return "thing", f"{one['kind']}:{one['code']}", spot
    return "found", one["code"], one["kind"]


def picks(things: list[Hit]) -> list[Any]:
    """The pick list when a click hit several marks."""
    if not things:
        return []
    head = _nothing(text.say("pick", n=len(things)), **parts.attrs(data_head=""))
    return [head, *(_pick(n, one) for n, one in enumerate(things))]


def _pick(n: int, one: Hit) -> html.Div:
    action, thing, value = _way(one)
    marks = parts.attrs(data_action=action, data_id=thing, data_value=value, aria_selected="false")
    kind = html.Span(text.say(f"found.{one['kind']}"), className="c-3")
    inside = [kind, html.B(one["name"]), html.Span(one["place"], className="c-2")]
    return html.Div(inside, id=f"{ids.FOUND}-{n}", role="option", className="hit", **marks)


def marks(click: dict[str, Any] | None) -> list[dict[str, Any]]:
    """What a click on the map hit; one alone opens by itself, several are picked from a list."""
    return list((click or {}).get("hits") or [])


def asks(click: dict[str, Any] | None) -> bool:
    """Whether a click is answered by a list."""
    return len(marks(click)) > 1
