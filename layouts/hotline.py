"""12345 热点: what citizens call about most in the last 24 hours."""

from __future__ import annotations

from typing import Any

from dash import html

from layouts import ids, parts, text


def panel() -> html.Section:
    """The empty panel; the callback fills it."""
    body = html.Ul(id=ids.HOTLINE, className="b hot5")
    note = html.Span(id=ids.HOTLINE_NOTE)
    return parts.panel(text.say("hotline"), body, note=note, name="hotwords")


def topics(data: dict[str, Any]) -> list[Any]:
    """The most frequent topics, the longest bar for the most frequent."""
    most = max((row["count"] for row in data["rows"]), default=0)
    if not most:
        return [html.Li(text.why("no_data"), className="nothing")]
    return [_topic(row, most) for row in data["rows"]]


def _topic(row: dict[str, Any], most: int) -> html.Li:
    bar = html.I(html.B(style={"width": f"{100 * row['count'] / most:.0f}%"}))
    name = " · ".join(filter(None, (row["topic"], row["place"])))
    count = html.Span(parts.number(row["count"]), className="num")
    return html.Li([html.Span(name, title=name), bar, count, _ratio(row["ratio"])])


def _ratio(ratio: float | None) -> html.Span:
    if ratio is None:
        return html.Span(text.say("none"), className="num c-3", title=text.why("no_history"))
    arrow = "▲" if ratio > 1 else "▼" if ratio < 1 else "＝"
    tone = "c-orange" if ratio >= 1.5 else "c-3"
    return html.Span(f"{arrow}{ratio:.1f}×", className=f"num {tone}")


def note(data: dict[str, Any]) -> str:
    """How many orders there were in 24 hours."""
    return text.say("hotline.note", n=parts.number(data["total"]))
