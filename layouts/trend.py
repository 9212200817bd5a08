"""案件趋势: cases of the last 24 hours against the same hours a week before."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from layouts import charts, ids, parts, text

HOUR_MS = 3_600_000


def panel() -> html.Section:
    """The empty panel; its body comes when the page has settled."""
    body = html.Div(id=ids.TREND_BODY, className="b grow")
    return parts.panel(text.say("trend"), body, note=text.say("trend.note"), name="trend")


def body() -> list[Any]:
    """The places that the callback fills; Plotly's script (4.8 MB) comes with them."""
    graph = dcc.Graph(id=ids.TREND, config=charts.CONFIG, className="chart", responsive=True)
    return [html.Div(id=ids.TREND_NOTE, className="lg"), graph, html.Div(id=ids.TREND_HOURS)]


def legend(data: dict[str, Any]) -> list[html.Span]:
    """The sums of both lines, or that nothing that old is recorded."""
    now = text.say("trend.now", n=parts.number(data["total"]))
    if data["last_week"] is None:
        before = text.say("trend.none")
    else:
        before = text.say("trend.before", n=parts.number(data["total_last_week"]))
    return [html.Span([html.I(), now]), html.Span([html.I(className="d"), before])]


def hours(data: dict[str, Any]) -> html.Div:
    """The hours below the lines."""
    return charts.scale([data["hours"][0], data["hours"][0] + 24 * HOUR_MS], steps=7)


def same(figure: dict[str, Any] | None, data: dict[str, Any]) -> bool:
    """Whether the figure on the screen already shows this data, so that nothing is redrawn."""
    if not figure:
        return False
    drawn = figure["layout"].get("meta")
    return bool(drawn == mark(data))


def mark(data: dict[str, Any]) -> str:
    """What tells one trend from another."""
    return f"{data['hours'][-1:]}{data['now']}{data['last_week']}"


def figure(data: dict[str, Any], *, light: bool = False) -> Any:
    """The two lines, marked with what they show."""
    return charts.trend(data, light=light).update_layout(meta=mark(data))
