"""The card on the map: the alert or the device that is looked at, with its last hour."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from layouts import alert_list, charts, ids, nearby, parts, text, warning_text

Row = dict[str, Any]
CURVE = {"height": "6.5rem"}


def alert(one: Row) -> html.Article:
    """An alert: its value now and when raised, limits, curve, place, who is near, what to do."""
    level = int(one["level"])
    head = [
        parts.level_mark(level),
        html.Span(one["title"]),
        alert_list.state(one),
        _close(),
    ]
    told = [_value(one, level), _curve(one, level), _place(one), _advice(one)]
    if one["warning"]:
        told = warning_text.said(one)
    near = None if one["warning"] or one["lon"] is None else _near(one)
    body = [*told, _case(one), near, _escalation(one)]
    inside = [html.H3(head), html.Div([*body, _buttons(one)], className="cb")]
    return html.Article(inside, className=f"card lv-{parts.LEVELS[level]}")


def _close() -> Any:
    words = text.say("close")
    marks = parts.attrs(data_action="up", data_id="card", aria_label=words)
    return html.Button("×", type="button", className="close", title=words, **marks)


def _value(one: Row, level: int) -> html.Div:
    """What the device says now, large; small below it what it said when the alert was raised."""
    limits: list[Any] = []
    for line in one["thresholds"][:2]:
        name = text.say("card.threshold", level=text.say(f"level.{int(line['level'])}"))
        told: list[Any] = [f"{name} ", html.B(f"{line['value']:g}", className="num")]
        limits.append(html.Span(told, className="one"))
    raised = f"{parts.number(one['value'], one['digits'])} {one['unit']}"
    at = parts.clock(one["raised_at"], "%H:%M:%S")
    tone = f"num c-{parts.LEVELS[level]}"
    below: list[Any] = [one["metric_name"]]
    if one["hold_s"]:
        below.append(text.say("card.hold", s=f"{one['hold_s']:g}"))
    if one["quality"] is not None:
        below += [text.say(f"quality.{int(one['quality'])}"), *_doubts(one)]
    more = html.Div(" · ".join(filter(None, below)), className="c-3 more num")
    first = html.Div(text.say("card.raised", value=raised, at=at), className=f"more {tone}")
    return html.Div([html.Div([_now(one), html.Span(limits)], className="kv"), first, more])


def _now(one: Row) -> html.Span:
    """The newest value with its age; the live layer keeps both true (data-live-n)."""
    now = one["now"]
    if now is None:
        return html.Span(html.B(text.say("none"), className="big now num"))
    marks = parts.attrs(data_fresh="", data_digits=str(one["digits"]))
    if now["n"] is not None:
        marks |= parts.attrs(
            data_live_n=str(now["n"]), data_live_at=str(now["at"]), data_value=str(now["value"])
        )
    figure = parts.number(now["value"], one["digits"])
    big = html.B(figure, className="big now num live-number", **parts.attrs(data_live_text=""))
    age = parts.age(now["at"], now["stale_after_s"])
    return html.Span([big, f" {one['unit']} ", age], **marks)


def _curve(one: Row, level: int) -> Any:
    lines = [line for line in one["thresholds"] if int(line["level"]) == level][:1]
    return _drawn(one["curve"], level, lines)


def _drawn(points: list[list[float]], level: int, lines: list[Row]) -> Any:
    """The curve, or a sentence where there are not two points."""
    if len(points) < 2:
        return parts.nothing(text.say("card.no_curve"))
    figure = charts.curve(points, level, lines)
    graph = dcc.Graph(
        id=ids.CARD_CURVE, figure=figure, config=charts.CONFIG, style=CURVE, responsive=True
    )
    return html.Div([graph, charts.scale([int(ms) for ms, _ in points], steps=4)])


def _place(one: Row) -> html.Div:
    name = one["device_name"] or one["device"]
    words: list[Any] = [html.Span(f"{name} · {one['place']}")]
    words.append(alert_list.affected(one))
    if one["lon"] is not None:
        words.append(nearby.button(one["lon"], one["lat"]))
    return html.Div(words, className="kv")


def _advice(one: Row) -> html.Div | None:
    """What the rule tells whoever goes there."""
    if not one["advice"]:
        return None
    return html.Div(text.say("card.advice", advice=one["advice"]), className="kv advice")


def _case(one: Row) -> html.Div | None:
    """The case that the alert has opened, one click away."""
    if not one["case_id"]:
        return None
    status = text.say(f"case.{one['case_status']}") if one["case_status"] else ""
    words = text.say("card.case", id=one["case_id"], status=status)
    link = parts.action("select-case", words, thing=one["case_id"], className="link")
    return html.Div(link, className="kv")


def _near(one: Row) -> html.Div:
    worker = one["worker"]
    if worker is None:
        return html.Div(
            [html.Span(text.say("card.nobody"), className="c-3"), _cameras(one)], className="kv"
        )
    words = text.say(
        "card.nearest", name=worker["name"], distance=parts.distance(worker["distance_m"])
    )
    return html.Div([html.Span(words), _cameras(one)], className="kv")


def _cameras(one: Row) -> Any:
    """How many cameras look at the place; a click lists them with the ways to their pictures."""
    near = one["cameras"]["near"]
    if not near:
        return html.Span(text.say("near.no_camera"), className="c-3")
    words = text.say("near.cameras", n=len(near))
    return nearby.button(one["lon"], one["lat"], group="cameras", words=words, name="link")


def _escalation(one: Row) -> html.Div | None:
    """The countdown to the next step of escalation, while nobody has confirmed."""
    if one["status"] != "raised" or not one["escalates_at"]:
        return None
    due = str(parts.milliseconds(one["escalates_at"]))
    since = str(parts.milliseconds(one["escalates_from"] or one["raised_at"]))
    marks = parts.attrs(data_due=due, data_from=since)
    return html.Div(
        [
            html.Span(text.say("card.escalates")),
            html.I(className="left", **marks, **parts.attrs(data_due_bar="")),
            html.Span("", className="num", **marks),
        ],
        className="esc",
    )


def _buttons(one: Row) -> html.Div | None:
    buttons = []
    if "acknowledge" in one["may"]:
        words = text.say("move.acknowledge")
        buttons.append(
            parts.action("acknowledge", words, html.Kbd("A"), thing=one["id"], className="btn")
        )
    if "dispatch" in one["may"]:
        words = text.say("move.dispatch")
        go = parts.action(
            "dispatch", words, html.Kbd("D"), thing=one["id"], value="alert", className="btn go"
        )
        buttons.append(go)
    return html.Div(buttons, className="btns") if buttons else None


def device(one: Row, curve: Row) -> html.Article:
    """A device: what it says now, whether it is heard, and its primary metric's last hour."""
    level = int(one["level"])
    known = one["device"]
    head = [
        html.Span(known["name"] or known["code"]),
        html.Span(text.say(f"presence.{int(one['presence'])}"), className="st s-ack"),
        _close(),
    ]
    place = " · ".join(filter(None, (text.kind(known["kind"]), known["code"], one["place"])))
    body = [
        html.Div(place, className="kv"),
        html.Div(_readings(one), className="readings"),
        _drawn(curve["points"], level, []),
    ]
    inside = [html.H3(head), html.Div(body, className="cb")]
    return html.Article(inside, className=f"card lv-{parts.LEVELS[level]}")


def _readings(one: Row) -> list[Any]:
    """Every metric of the device's newest message, with its age."""
    last = one["last"]
    if last is None:
        return [parts.nothing(text.why("no_data"))]
    rows = [_reading(metric) for metric in one["metrics"]]
    return [
        *rows,
        html.Div([parts.age(last["at"], one["device"]["period_s"] * 3), *_quality(last)]),
    ]


def _quality(last: Row) -> list[Any]:
    """What speaks against the newest message, nothing when it is good."""
    why = _doubts(last)
    if not last["quality"] and not why:
        return []
    said = " · ".join([text.say(f"quality.{int(last['quality'])}"), *why])
    return [html.Span(said, className="more c-orange" if last["quality"] else "more c-3")]


def _doubts(said: Row) -> list[str]:
    """The reasons why a reading is doubted, in words."""
    return [
        text.say(f"doubt.{each['doubt']}", metric=each["metric"], unit=each["unit"])
        for each in said.get("doubts", ())
    ]


def _reading(metric: Row) -> html.Div:
    value = html.B(parts.number(metric["value"], metric["digits"]), className="num live-number")
    return html.Div([html.Span(metric["name"]), html.Span([value, f" {metric['unit']}"])])
