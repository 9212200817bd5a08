"""The cases whose time runs out next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dash import Dash, Input, Output

from app.city import City
from app.domain.people import User
from app.services import views
from layouts import address, due_cases, ids


def register(wall: Dash, city: City, whoami: Callable[[], User]) -> None:
    """Register the repaint of the list."""

    @wall.callback(
        Output(ids.DUE, "children"),
        Output(ids.DUE_NOTE, "children"),
        Input(ids.URL, "search"),
        Input(ids.PULSE_CASES, "data"),
    )
    def show(query: str, _: Any) -> Any:
        here = address.read(query)
        data = views.due_cases(city, whoami(), here.area, here.tab, due_cases.MOST)
        return due_cases.cases(data, here.case), due_cases.note(data)
