"""What citizens call 12345 about."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dash import Dash, Input, Output

from app.city import City
from app.domain.people import User
from app.services import views
from layouts import address, hotline, ids


def register(wall: Dash, city: City, whoami: Callable[[], User]) -> None:
    """Register the repaint of the topics."""

    @wall.callback(
        Output(ids.HOTLINE, "children"),
        Output(ids.HOTLINE_NOTE, "children"),
        Input(ids.SIGHT, "data"),
        Input(ids.CALM_CASES, "data"),
    )
    def show(query: str, _: Any) -> Any:
        data = views.hotline(city, whoami(), address.read(query).area)
        return hotline.topics(data), hotline.note(data)
