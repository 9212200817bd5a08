"""The strip below the map: twelve hours of alerts, five minutes to a bar, and the time slider."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from layouts import ids, parts, text

SPEEDS = (1, 2, 5, 10, 30, 60)  # as live/replay.mjs


def panel() -> html.Div:
    """The strip without its bars; the callback fills those, live/replay_strip.mjs does the rest."""
    slider = parts.attrs(aria_label=text.say("replay.slider"))
    return html.Div(
        [
            _button("replay-live", text.say("replay.live"), "replay.live.title", "live"),
            html.Div(
                [
                    html.Div(id=ids.STRIP, className="bars"),
                    html.Div(
                        id=ids.REPLAY_HANDLE,
                        className="handle",
                        role="slider",
                        tabIndex=0,
                        **slider,
                    ),
                ],
                className="track",
            ),
            _controls(),
            dcc.Store(id=ids.REPLAY_WINDOW),
        ],
        className="time",
        role="group",
        **parts.attrs(aria_label=text.say("strip")),
    )


def _controls() -> html.Div:
    speeds = [html.Option(text.say("replay.times", n=n), value=str(n)) for n in SPEEDS]
    return html.Div(
        [
            _button("replay-step", "‹", "replay.back", "step", "-1"),
            _button("replay-toggle", "", "replay.toggle", "toggle"),
            _button("replay-step", "›", "replay.on", "step", "1"),
            html.Select(
                speeds,
                id=ids.REPLAY_SPEED,
                className="num",
                **parts.attrs(aria_label=text.say("replay.speed")),
            ),
            # a date and a time of day: dash.html has no input, the browser code makes it
            html.Span(id=ids.REPLAY_DATE, title=text.say("replay.date")),
        ],
        className="replay-controls",
    )


def _button(name: str, words: str, title: str, look: str, thing: str | None = None) -> html.Button:
    marks = parts.attrs(data_action=name, aria_label=text.say(title))
    marks |= parts.attrs(data_id=thing) if thing else {}
    return html.Button(words, type="button", className=look, title=text.say(title), **marks)


def bars(data: dict[str, Any], refused: int | None = None, *, dated: bool = False) -> list[Any]:
    """The bars between their first and last moment; the tallest is the fullest five minutes.

    `refused` messages of the last hour are told at its end when they are too many; `dated` hours
    are not the last ones and say their day.
    """
    form = "%Y-%m-%d %H:%M" if dated else "%H:%M"
    most = max((bar["n"] for bar in data["bars"]), default=0)
    count = max(len(data["bars"]), 1)
    step = (data["until"] - data["since"]) / count
    marks = [_bar(bar, most, int(data["since"] + i * step)) for i, bar in enumerate(data["bars"])]
    return [
        html.Span(parts.clock(data["since"], form), className="num"),
        html.Div(marks, className="bar", role="img", **_ends(data)),
        html.Span(parts.clock(data["until"], form), className="num"),
        *([] if refused is None else [_refused(refused)]),
    ]


def _ends(data: dict[str, Any]) -> Any:
    since, until = str(data["since"]), str(data["until"])
    return parts.attrs(aria_label=text.say("strip"), data_since=since, data_until=until)


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
