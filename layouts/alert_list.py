"""实时预警 and 当前预警: the open alerts as a list, and how many there are of each level."""

from __future__ import annotations

from typing import Any

from dash import html

from layouts import ids, parts, text, units

Row = dict[str, Any]


def panel() -> html.Section:
    """The empty list; the callback fills it."""
    body = html.Ul(id=ids.ALERTS, className="list", **parts.attrs(aria_live="polite"))
    note = html.Span(id=ids.ALERTS_NOTE)
    return parts.panel(text.say("alerts"), body, note=note, name="alerts")


def levels_panel() -> html.Section:
    """The empty counts by level."""
    body = html.Div(id=ids.LEVELS, className="b levels")
    note = html.Span(id=ids.LEVELS_NOTE)
    return parts.panel(text.say("levels"), body, note=note, name="level-counts")


def levels(data: dict[str, Any]) -> list[html.Div]:
    """One box for each level, red first."""
    return [_level(level, data["levels"][str(level)]) for level in (4, 3, 2, 1)]


def _level(level: int, counts: dict[str, int]) -> html.Div:
    tone = parts.LEVELS[level]
    below = [
        html.Span(text.say("levels.raised", n=counts["unacknowledged"])),
        html.Span(text.say("levels.handling", n=counts["handling"])),
    ]
    count = html.B(parts.number(counts["open"]), className=f"num c-{tone}")
    word = html.Span(text.say(f"level.{level}"), className="w")
    box = [parts.level_mark(level), count, word, html.Span(below, className="n")]
    return html.Div(box, className="quiet" if not counts["open"] else "")


def alerts(data: dict[str, Any], selected: str | None) -> list[Any]:
    """The rows of the list; what does not fit is said in one last line."""
    if not data["alerts"]:
        return [html.Li(parts.nothing(text.say("alerts.none")))]
    rows: list[Any] = [row(one, one["id"] == selected) for one in data["alerts"]]
    rest = data["total"] + data["around"] - len(data["alerts"])
    if rest > 0:
        rows.append(html.Li(parts.nothing(text.say("alerts.more", n=rest))))
    return rows


def row(one: Row, selected: bool) -> html.Li:
    """One alert: a button that selects it."""
    name = f"al lv-{parts.LEVELS[int(one['level'])]}" + (" sel" if selected else "")
    since = parts.age(parts.milliseconds(one["raised_at"]))
    title = html.Div([html.B(one["title"]), state(one), affected(one), since], className="at")
    where = " · ".join(filter(None, (one["place"], named(one))))
    place = html.Div(
        [html.Span(where, title=where), html.Span(crossed(one), className="num")], className="ap"
    )
    body = html.Div([title, place], className="am")
    current: Any = parts.attrs(aria_current="true") if selected else {}
    button = parts.action(
        "select-alert",
        parts.level_mark(one["level"]),
        body,
        thing=one["id"],
        className=name,
        **current,
    )
    return html.Li(button)


def state(one: Row) -> html.Span:
    """Where the alert stands: the state of its case once somebody works on it."""
    if one["case_status"] not in (None, "pending_register", "pending_dispatch"):
        return parts.badge(text.say(f"case.{one['case_status']}"), "go")
    tone = "new" if one["status"] == "raised" else "ack"
    return parts.badge(text.say(f"alert.{one['status']}"), tone)


def named(one: Row) -> str:
    """The device, or who has issued the warning."""
    return str(one["device_name"] or ("" if one["warning"] else one["device"]))


def affected(one: Row) -> html.Span | None:
    """How many devices an alert of a gateway stands for, or sources that of a whole line."""
    if one["affected"] < 2:
        return None
    said = "card.affected.source" if one["kind"] == "source" else "card.affected"
    return html.Span(text.say(said, n=one["affected"]), className="c-2")


def crossed(one: Row) -> str:
    """The value and the limit that it has crossed ("58 %LEL ≥ 50"), or how long a warning holds."""
    if one["warning"]:
        return text.say("warning.until", at=parts.clock(one["warning"]["expires"], "%m-%d %H:%M"))
    sense = "≥" if one["value"] >= one["threshold"] else "≤"
    unit = f" {units.said(one['unit'])}" if one["unit"] else ""
    digits = one["digits"]
    return f"{one['value']:.{digits}f}{unit} {sense} {one['threshold']:g}"


def note(data: dict[str, Any]) -> list[Any]:
    """How many alerts are open, and a way to the red ones that lie outside the area shown."""
    count = text.say("alerts.note", n=parts.number(data["total"]))
    if data["around"]:
        count += text.say("alerts.around", n=parts.number(data["around"]))
    red, area = data["elsewhere"]["red"], data["elsewhere"]["area"]
    if red < 1:
        return [count]
    words = text.say("alerts.elsewhere", n=red)
    return [parts.action("area", words, thing=area, className="elsewhere c-red"), count]


def levels_note(data: dict[str, Any]) -> str:
    """How many came in the last hour."""
    return text.say("levels.note", n=parts.number(data["last_hour"]))
