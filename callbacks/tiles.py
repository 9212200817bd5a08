"""The vital signs; their numbers move without Python, see docs/live-layer.md."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dash import Dash, Input, Output

from app.city import City
from app.domain.people import User
from app.services import views
from layouts import address, ids, tiles


def register(wall: Dash, city: City, whoami: Callable[[], User]) -> None:
    """Register the repaint of the tiles."""

    @wall.callback(
        Output(ids.TILES, "children"),
        Output(ids.TILES_NOTE, "children"),
        Input(ids.SIGHT, "data"),
        Input(ids.CALM_CASES, "data"),
    )
    def show(query: str, _: Any) -> Any:
        here = address.read(query)
        data = views.tiles(city, whoami(), here.area, here.tab)
        return tiles.tiles(data), tiles.note(data)
