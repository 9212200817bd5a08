"""派单: who can be sent to a case, best first, with the reasons; and what was sent already."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from app.domain.kinds import BY_CODE
from layouts import duty, ids, nearby, parts, text

Row = dict[str, Any]


def panel() -> html.Section:
    """The panel; chosen workers and the note stay when the rest is repainted."""
    note = dcc.Input(
        id=ids.DISPATCH_NOTE,
        type="text",
        maxLength=200,
        placeholder=text.say("dispatch.note"),
        className="note",
        value="",
    )
    body = [
        html.Div(id=ids.DISPATCH),
        html.Div([], id=ids.DISPATCH_WORKERS, className="workers"),
        html.Div([note, html.Div(id=ids.DISPATCH_SEND)], className="send"),
        html.Div(id=ids.DISPATCH_RESULT, className="result", role="status"),
    ]
    title = html.Span(text.say("dispatch"), id=ids.DISPATCH_TITLE)
    return parts.panel(
        title, html.Div(body, className="b"), note=html.Span(id=ids.DISPATCH_UNIT), name="dispatch"
    )


def title(data: Row | None) -> str:
    """What is dispatched."""
    if data is None:
        return text.say("dispatch")
    return text.say("dispatch.of", title=data["title"])


def unit(data: Row | None) -> str:
    """The unit that answers for it."""
    return text.say("dispatch.unit", name=data["unit_name"]) if data and data["unit_name"] else ""


def about(data: Row | None) -> list[Any]:
    """The case, its moves and its tasks, or what must be done first."""
    if data is None:
        return [parts.nothing(text.say("dispatch.empty"))]
    case = data["case"]
    if case is None:
        words: Any = html.Span(text.say("dispatch.no_case"), className="c-2")
    else:
        status = parts.badge(text.say(f"case.{case['status']}"), "go")
        words = html.Span([html.Span(case["id"], className="num c-2"), " ", status])
    thing = case["id"] if case else data["alert_id"]
    moves = [_move(move, thing) for move in data["moves"] if move != "dispatch"]
    if case and case["lon"] is not None:
        moves.append(nearby.button(case["lon"], case["lat"]))
    moves += [_masked(what, thing) for what in data["unmask"]]
    line = html.Div([words, html.Span(moves, className="moves")], className="kv")
    return [line, *duty.lines(data.get("ground")), *[_task(task) for task in data["tasks"][:4]]]


def _move(move: str, thing: str) -> Any:
    words = text.say(f"move.{move}")
    return parts.action("case-move", words, thing=thing, value=move, className="small")


def _masked(what: str, thing: str) -> Any:
    """What is masked here may be read for a minute (live/unmask.mjs); the audit hears of it."""
    words, title = text.say(f"unmask.{what}"), text.say("unmask.title")
    return parts.action("unmask", words, thing=thing, value=what, className="small", title=title)


def _task(task: Row) -> html.Div:
    state = parts.badge(text.say(f"task.{task['status']}"), "go")
    since = parts.age(parts.milliseconds(task["changed_at"]))
    return html.Div([html.B(task["worker_name"]), state, since], className="sent")


def offered(data: Row | None) -> list[Row]:
    """The workers to choose from, best first."""
    return data["candidates"][:6] if data and "dispatch" in data["moves"] else []


def workers(data: Row | None, before: list[str]) -> list[dcc.Checklist]:
    """A box for each worker; who was chosen stays so where still possible, nobody is unasked.

    Each is a list of its own: Dash's renderer fails when a list with such labels shrinks.
    """
    return [
        dcc.Checklist(
            id=ids.dispatch_worker(one["worker"]),
            options=[{"label": _worker(one), "value": one["worker"]}],
            value=[one["worker"]] if one["worker"] in before else [],
        )
        for one in offered(data)
    ]


def _worker(one: Row) -> html.Div:
    name = " · ".join(filter(None, (one["name"], one["worker"], one["unit_name"])))
    minutes = None if one["eta_s"] is None else max(1, round(one["eta_s"] / 60))
    eta = text.say("none") if minutes is None else text.say("eta", minutes=minutes)
    reasons = " · ".join(reason(r) for r in one["reasons"])
    tone = "num c-good" if minutes is not None and minutes <= 10 else "num"
    return html.Div(
        [html.B(name), html.Span(eta, className=tone), html.Em(reasons, title=reasons)],
        className="wk",
    )


def reason(one: Row) -> str:
    """Say why a worker stands where he stands."""
    code, value = one["code"], one.get("value")
    if code in ("near", "far"):
        value = parts.distance(value)
    elif code == "position_old" and value is not None:
        value = text.say("minutes", n=round(value / 60))
    elif code in ("skilled", "unskilled") and value in BY_CODE:
        code, value = f"{code}_in", text.kind(value)
    key = f"reason.{code}"
    return text.say(key, value=value) if key in text.WORDS else str(code)


def chosen(boxes: list[list[str]]) -> list[str]:
    """Who is chosen in the boxes, in the order in which they are offered; the first leads."""
    return [worker for box in boxes for worker in box]


def send(data: Row | None) -> Any:
    """The button where somebody can be sent; an empty place where only a note can be given."""
    if not offered(data) or data is None:
        return html.Span() if data and {"void", "rework"} & set(data["moves"]) else None
    words = text.say("move.dispatch")
    return parts.action("send", words, thing=data["case"]["id"], className="btn go")


def sent(names: list[str]) -> html.Span:
    """Say plainly to whom it went."""
    told = [text.say("dispatch.lead", name=names[0]), *names[1:]] if len(names) > 1 else names
    return html.Span("✓ " + text.say("dispatch.sent", names="、".join(told)), className="c-good")


def moved(move: str) -> html.Span:
    """Say plainly that a case was moved."""
    words = text.say("dispatch.moved", move=text.say(f"move.{move}"))
    return html.Span("✓ " + words, className="c-good")


def lacks_case(data: Row) -> bool:
    """Whether an alert must first become a case."""
    return data["case"] is None


def painted(data: Row | None, before: list[str]) -> tuple[Any, ...]:
    """Everything of the panel that follows from the data, in the order of its outputs."""
    return title(data), unit(data), about(data), workers(data, before), send(data)
