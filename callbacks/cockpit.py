"""The cockpit's figures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dash import Dash, Input, Output

from app.city import City
from app.domain.people import User
from app.services import views
from layouts import address, cockpit, ids


def register(wall: Dash, city: City, whoami: Callable[[], User]) -> None:
    """Register the repaint of all figures."""

    @wall.callback(
        Output(ids.FIGURES, "children"),
        Output(ids.EXCEPTIONS, "children"),
        Output(ids.DOMAINS, "children"),
        Output(ids.STREETS, "children"),
        Output(ids.COCKPIT_AT, "children"),
        Input(ids.URL, "search"),
        Input(ids.CALM, "data"),
    )
    def show(query: str, _: Any) -> Any:
        data = views.cockpit(city, whoami(), address.read(query).area)
        lists = cockpit.exceptions(data), cockpit.domains(data), cockpit.streets(data)
        return cockpit.figures(data), *lists, cockpit.at(data)
