"""临期与超期: the cases whose time runs out next, each with a ring that fills."""

from __future__ import annotations

from typing import Any

from dash import html

from layouts import ids, parts, text

Row = dict[str, Any]
MOST = 4  # the list of alerts above needs the room


def panel() -> html.Section:
    """The empty panel; the callback fills it."""
    note = html.Span(id=ids.DUE_NOTE)
    return parts.panel(
        text.say("due"), html.Ul(id=ids.DUE, className="b dues"), note=note, name="due"
    )


def cases(data: dict[str, Any], selected: str | None) -> list[Any]:
    """The rows, soonest first."""
    if not data["cases"]:
        return [html.Li(parts.nothing(text.say("due.none")))]
    return [row(one, one["id"] == selected) for one in data["cases"]]


def tone(share: float) -> str:
    """The colour of a share of the time that has gone: it warns in the last quarter."""
    if share >= 1:
        return "red"
    return "orange" if share >= 0.9 else "yellow" if share >= 0.75 else "good"


def row(one: Row, selected: bool) -> html.Li:
    """One case: a button that selects it; the rest of its time ticks in the browser."""
    colour = tone(one["share"])
    below = " · ".join(filter(None, (one["id"], one["place"], one["who"])))
    words = html.Div([html.B(one["title"]), html.Span(below, className="c-3 num", title=below)])
    due = html.Span(
        parts.clock(one["due_at"]),
        className=f"num due c-{colour}",
        **parts.attrs(
            data_due=str(parts.milliseconds(one["due_at"])),
            data_from=str(parts.milliseconds(one["opened_at"])),
        ),
    )
    name = "du" + (" sel" if selected else "")
    ring = parts.ring(one["share"], colour)
    return html.Li(parts.action("select-case", ring, words, due, thing=one["id"], className=name))


def note(data: dict[str, Any]) -> str:
    """How many of the open cases are due."""
    return text.say("due.note", due=parts.number(data["due"]), open=parts.number(data["open"]))
