"""The two curves of the wall as Plotly figures: quiet, transparent, without tools."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import plotly.graph_objects as go
from dash import html

from layouts import text
from layouts.parts import clock

CONFIG: Any = {"displayModeBar": False, "staticPlot": True, "responsive": True, "locale": "zh-CN"}
TONES = {0: "#3fd0ff", 1: "#4da3ff", 2: "#ffd24a", 3: "#ff8a3d", 4: "#ff5a5f"}
LIGHT = "#0068b0"
GRID, TICK, BEFORE = "#12263f", "#89a4c2", "#89a4c2"


def _bare(**more: Any) -> dict[str, Any]:
    axis = {"gridcolor": GRID, "zeroline": False, "fixedrange": True}
    inside = {"ticklabelposition": "inside top", "tickfont": {"color": TICK}}
    base: dict[str, Any] = {
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "margin": {"l": 0, "r": 6, "t": 6, "b": 4},
        "font": {"color": TICK, "size": 14},
        "showlegend": False,
        "xaxis": {**axis, "showgrid": False, "showticklabels": False},
        "yaxis": {**axis, **inside, "nticks": 4},
    }
    return base | more


def scale(moments: list[int], steps: int = 5) -> html.Div:
    """Moments below a curve, evenly from its first to its last; none is said twice.

    They are words of the page, so that they grow with the wall.
    """
    first, last = (moments[0], moments[-1]) if moments else (0, 0)
    form = "%H:%M:%S" if last - first < 10 * 60_000 else "%H:%M"
    even = [first + round(i * (last - first) / (steps - 1)) for i in range(steps)]
    words = [word for word, _ in groupby(clock(ms, form) for ms in even)] if last > first else []
    return html.Div([html.Span(word) for word in words], className="scale-x num")


def _filled(tone: str) -> str:
    red, green, blue = (int(tone[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.13)"


def trend(data: dict[str, Any], *, light: bool = False) -> go.Figure:
    """Cases per hour of the last 24 h against the same hours a week before, where recorded."""
    axis = list(range(len(data["hours"])))
    figure = go.Figure(layout=_bare())
    if data["last_week"] is not None:
        line = {"color": BEFORE, "width": 1.5, "dash": "dot"}
        figure.add_scatter(x=axis, y=data["last_week"], mode="lines", line=line)
    line = {"color": TONES[0], "width": 2.2}
    fill = {"fill": "tozeroy", "fillcolor": _filled(TONES[0])}
    figure.add_scatter(x=axis, y=data["now"], mode="lines", line=line, **fill)
    top = max([4, *data["now"], *(data["last_week"] or [])])
    figure.update_yaxes(range=[0, top * 1.1])
    figure.update_xaxes(range=[-0.5, len(axis) - 0.5])  # an hour is drawn in its middle
    if light:
        figure.update_yaxes(gridcolor="#e6edf5", tickfont_color="#5c6f85")
        figure.update_traces(line_color=LIGHT, selector={"fill": "tozeroy"})
    return figure


def curve(points: list[list[float]], level: int, lines: list[dict[str, Any]]) -> go.Figure:
    """One hour of one metric with the limits crossed; `points` are [epoch ms, value]."""
    when = [clock(int(ms), "%Y-%m-%d %H:%M:%S") for ms, _ in points]
    tone = TONES[int(level)]
    figure = go.Figure(layout=_bare())
    fill = {"fill": "tozeroy", "fillcolor": _filled(tone)}
    values = [value for _, value in points]
    figure.add_scatter(x=when, y=values, mode="lines", line={"color": tone, "width": 2}, **fill)
    figure.add_scatter(
        x=when[-1:],
        y=values[-1:],
        mode="markers",
        marker={"color": tone, "size": 8},
        cliponaxis=False,
    )
    if when[:1] < when[-1:]:
        figure.update_xaxes(range=[when[0], when[-1]])  # as the moments below it
    for line in lines:
        _limit(figure, line)
    seen = [*values, *(line["value"] for line in lines)]
    low, high = min(seen, default=0.0), max(seen, default=1.0)
    room = (high - low) * 0.15 or 1.0
    figure.update_yaxes(
        range=[min(0.0, low) if low < 0.4 * high else low - room, high + room], showticklabels=False
    )
    return figure


def _limit(figure: go.Figure, line: dict[str, Any]) -> None:
    tone = TONES[int(line["level"])]
    word = text.say(f"level.{int(line['level'])}")
    figure.add_hline(
        y=line["value"],
        line={"color": tone, "width": 1.2, "dash": "dash"},
        annotation={"text": f"{word} {line['value']:g}", "font": {"color": tone, "size": 14}},
        annotation_position="top left",
        annotation_x=0.02,
    )
