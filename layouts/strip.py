"""The strip below the map: the alerts of the last 12 hours, five minutes to a bar."""

from __future__ import annotations

from typing import Any

from dash import html

from layouts import ids, parts, text


def panel() -> html.Div:
    """The empty strip; the callback fills it."""
    return html.Div(id=ids.STRIP, className="time", **parts.attrs(aria_label=text.say("strip")))


def bars(data: dict[str, Any], refused: int | None = None) -> list[Any]:
    """The bars between their first and last moment; the tallest is the fullest five minutes.

    `refused` messages of the last hour are told at its end when they are too many.
    """
    most = max((bar["n"] for bar in data["bars"]), default=0)
    count = max(len(data["bars"]), 1)
    step = (data["until"] - data["since"]) / count
    marks = [_bar(bar, most, int(data["since"] + i * step)) for i, bar in enumerate(data["bars"])]
    return [
        html.Span(text.say("strip"), className="live"),
        html.Span(parts.clock(data["since"]), className="num"),
        html.Div(marks, className="bar", role="img", **parts.attrs(aria_label=text.say("strip"))),
        html.Span(parts.clock(data["until"]), className="num"),
        *([] if refused is None else [_refused(refused)]),
    ]


def _refused(n: int) -> html.Span:
    words = text.say("refused.growing", n=parts.number(n))
    return html.Span(words, className="refused num", title=text.say("refused.title"))


def _bar(bar: dict[str, int], most: int, at: int) -> html.I:
    if not bar["n"]:
        return html.I(className="none")
    level = int(bar["level"])
    says = text.say("strip.bar", at=parts.clock(at), n=bar["n"], level=text.say(f"level.{level}"))
    height = f"{20 + 80 * bar['n'] / most:.0f}%"
    return html.I(className=parts.LEVELS[level], style={"height": height}, title=says)
