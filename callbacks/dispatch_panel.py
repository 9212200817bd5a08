"""派单: from an alert or a case to a worker, and the other moves of a case."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dash import ALL, Dash, Input, Output, State

from app.city import City
from app.domain.people import User
from app.services import alerts, cases, tasks, views
from app.web.bodies import short
from layouts import address, ids
from layouts import dispatch_panel as panel


def _open(city: City, alert_id: str, *, by: User, note: str) -> Any:
    return alerts.open_case(city, alert_id, by=by)


# what a button of the panel does; an alert is opened as a case, the rest moves a case
MOVES: dict[str, Callable[..., Any]] = {
    "open": _open,
    "register": cases.register,
    "void": cases.void,
    "close": cases.close,
    "rework": cases.rework,
}


def register(wall: Dash, city: City, whoami: Callable[[], User]) -> None:
    """Register the panel, the sending and the moves."""
    _register_panel(wall, city, whoami)
    _register_verbs(wall, city, whoami)


def _register_panel(wall: Dash, city: City, whoami: Callable[[], User]) -> None:
    @wall.callback(
        Output(ids.DISPATCH_TITLE, "children"),
        Output(ids.DISPATCH_UNIT, "children"),
        Output(ids.DISPATCH, "children"),
        Output(ids.DISPATCH_WORKERS, "children"),
        Output(ids.DISPATCH_SEND, "children"),
        Input(ids.URL, "search"),
        Input(ids.PULSE_CHOSEN, "data"),
        State(ids.dispatch_worker(ALL), "value"),
    )
    def show(query: str, _: Any, before: list[list[str]]) -> Any:
        here, data = address.read(query), None
        if here.alert or here.case:
            data = views.dispatch_panel(city, whoami(), here.case, here.alert)
        return panel.painted(data, panel.chosen(before))

    @wall.callback(
        Output(ids.DISPATCH_RESULT, "children"),
        Output(ids.DISPATCH_NOTE, "value"),
        Input(ids.URL, "search"),
    )
    def start_anew(_: str) -> Any:
        return None, ""


def _register_verbs(wall: Dash, city: City, whoami: Callable[[], User]) -> None:
    @wall.callback(
        Output(ids.DISPATCH_RESULT, "children", allow_duplicate=True),
        Output(ids.DISPATCH_NOTE, "value", allow_duplicate=True),
        Input(ids.ACT_SEND, "data"),
        State(ids.dispatch_worker(ALL), "value"),
        State(ids.DISPATCH_NOTE, "value"),
        prevent_initial_call=True,
    )
    def send(done: dict[str, Any], boxes: list[list[str]], note: str | None) -> Any:
        chosen, said = panel.chosen(boxes), short(note)
        sent = tasks.dispatch(city, done["id"], workers=chosen, note=said, by=whoami())
        return panel.sent(views.worker_names(city, [task.worker for task in sent])), ""

    @wall.callback(
        Output(ids.DISPATCH_RESULT, "children", allow_duplicate=True),
        Output(ids.DISPATCH_NOTE, "value", allow_duplicate=True),
        Input(ids.ACT_MOVE, "data"),
        State(ids.DISPATCH_NOTE, "value"),
        prevent_initial_call=True,
    )
    def move(done: dict[str, Any], note: str | None) -> Any:
        MOVES[done["value"]](city, done["id"], by=whoami(), note=short(note))
        return panel.moved(done["value"]), ""

    @wall.callback(Input(ids.ACT_DISPATCH, "data"), prevent_initial_call=True)
    def prepare(done: dict[str, Any]) -> None:
        user = whoami()
        if done["value"] == "alert" and panel.lacks_case(
            views.dispatch_panel(city, user, None, done["id"])
        ):
            alerts.open_case(city, done["id"], by=user)
