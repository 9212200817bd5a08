"""What is looked at, without what is selected there: figures need not follow each click."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dash import Dash, Input, Output, State

from app.city import City
from app.domain.people import User
from layouts import address, frame, ids


def register(wall: Dash, city: City, whoami: Callable[[], User]) -> None:
    """Register the reading of the address in the browser; nothing of it comes to the server."""
    register_in_browser: Callable[..., object] = wall.clientside_callback
    register_in_browser(
        frame.SIGHT,
        Output(ids.SIGHT, "data"),
        Input(ids.URL, "search"),
        State(ids.SIGHT, "data"),
    )

    @wall.callback(Output(ids.OUTSIDE, "children"), Input(ids.URL, "search"))
    def tell_outside(query: str) -> Any:
        return frame.outside(address.read(query).outside)
