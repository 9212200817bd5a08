"""网格+警格: the unit grid of a place, and who answers for its responsibility grid."""

from __future__ import annotations

from typing import Any

from dash import html

from layouts import text

Row = dict[str, Any]


def lines(ground: Row | None) -> list[html.Div]:
    """Two lines of a card: the unit grid, and the responsibility grid with its people."""
    if not ground:
        return []
    found = []
    if ground["unit"]:
        code = html.B(ground["unit"], className="num")
        found.append(html.Div([text.say("grid.unit"), " ", code], className="kv unit"))
    if ground["duty"]:
        duty = ground["duty"]
        name = html.B(duty["name"])
        words = " · ".join(people(duty))
        line = [html.Span([text.say("grid.duty"), " ", name]), html.Span(words, className="c-2")]
        found.append(html.Div([*line, *_mark(duty)], className="kv duty"))
    return found


def crumb(duty: Row | None) -> list[Any]:
    """Beside the breadcrumb, when the area looked at is a responsibility grid."""
    if not duty:
        return []
    words = people(duty)
    if duty["units"] is not None:
        words.append(text.say("grid.units", n=duty["units"]))
    return [html.Span([" · ".join(words), *_mark(duty)], className="duty c-2")]


def people(duty: Row) -> list[str]:
    """Worker, officer with masked phone, police station; or that there is nobody."""
    if not duty["worker"]:
        return [text.say("grid.nobody")]
    return [
        text.say("grid.worker", name=duty["worker_name"]),
        text.say("grid.officer", name=duty["officer"], phone=duty["phone"]).strip(),
        duty["station"],
    ]


def _mark(duty: Row) -> list[html.Small]:
    if not duty.get("simulated"):
        return []
    return [html.Small(text.say("grid.simulated"), className="c-3")]
