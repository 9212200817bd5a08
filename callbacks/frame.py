"""The calm pulse: figures and curves need not be repainted with every single fact."""

from __future__ import annotations

from collections.abc import Callable

from dash import Dash, Input, Output

from app.city import City
from app.domain.people import User
from layouts import frame, ids


def register(wall: Dash, city: City, whoami: Callable[[], User]) -> None:
    """Register the calming in the browser; nothing of it comes to the server."""
    register_in_browser: Callable[..., object] = wall.clientside_callback
    register_in_browser(
        frame.CALM_DOWN,
        Output(ids.CALM, "data"),
        Input(ids.PULSE, "data"),
        prevent_initial_call=True,
    )
