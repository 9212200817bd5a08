"""圈选: what is inside a drawn shape, sending its people, calling out an exercise, a file of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dash import Dash, Input, Output, State

from app.city import City
from app.domain import drawn
from app.domain.people import User
from app.services import exercises, tasks, views
from app.services import inside as service
from app.web.bodies import short
from layouts import ids, selection


def register(wall: Dash, city: City, whoami: Callable[[], User]) -> None:
    """Register the list, the two ways to send people, and the file."""
    _register_list(wall, city, whoami)
    _register_verbs(wall, city, whoami)


def _register_list(wall: Dash, city: City, whoami: Callable[[], User]) -> None:
    @wall.callback(
        Output(ids.INSIDE, "hidden"),
        Output(ids.INSIDE_BODY, "children"),
        Output(ids.INSIDE_COUNT, "children"),
        Output(ids.INSIDE_WORKERS, "options"),
        Output(ids.INSIDE_WORKERS, "value"),
        Output(ids.INSIDE_WHERE, "options"),
        Output(ids.INSIDE_WHERE, "value"),
        Input(ids.SELECTION, "data"),
        State(ids.INSIDE_WORKERS, "value"),
        State(ids.INSIDE_WHERE, "value"),
        State(ids.INSIDE_WORKERS, "options"),
        prevent_initial_call=True,
    )
    def show(asked: dict[str, Any] | None, chosen: list[str], where: str, boxes: Any = None) -> Any:
        if not asked:
            return selection.shown(None, None, None)
        found = service.inside(city, whoami(), drawn.read(asked["shape"]))
        return selection.shown(found, chosen, where, boxes)

    @wall.callback(
        Output(ids.INSIDE_FILE, "data"),
        Input(ids.ACT_EXPORT_INSIDE, "data"),
        State(ids.SELECTION, "data"),
        prevent_initial_call=True,
    )
    def export(_: Any, asked: dict[str, Any]) -> Any:
        found = service.export(city, whoami(), drawn.read(asked["shape"]))
        return {"content": selection.table(found), "filename": "inside.csv", "type": "text/csv"}


def _register_verbs(wall: Dash, city: City, whoami: Callable[[], User]) -> None:
    @wall.callback(
        Output(ids.INSIDE_SAID, "children"),
        Input(ids.ACT_MUSTER, "data"),
        State(ids.SELECTION, "data"),
        State(ids.INSIDE_WHERE, "value"),
        State(ids.INSIDE_WORKERS, "value"),
        State(ids.INSIDE_NOTE, "value"),
        prevent_initial_call=True,
    )
    def muster(_: Any, asked: dict[str, Any], where: str, workers: list[str], note: str) -> Any:
        drill, by, said = where == selection.DRILL, whoami(), short(note)
        if drill:
            shape = drawn.read(asked["shape"])
            _, sent = exercises.call_out(city, shape, name=said, workers=workers, by=by)
        else:
            sent = tasks.dispatch(city, where, workers=workers, note=said, by=by)
        names = views.worker_names(city, [task.worker for task in sent])
        return selection.sent(names, drill=drill)

    @wall.callback(
        Output(ids.INSIDE_SAID, "children", allow_duplicate=True),
        Input(ids.INSIDE_WORKERS, "value"),
        prevent_initial_call=True,
    )
    def start_anew(_: Any) -> None:
        """What was said of the last sending does not stand beside another choice."""
