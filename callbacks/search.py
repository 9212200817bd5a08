"""Search, and the pick list when several marks lie under one click."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dash import Dash, Input, Output

from app.city import City
from app.domain.people import User
from app.services import places_search, views
from layouts import ids, search


def register(wall: Dash, city: City, whoami: Callable[[], User]) -> None:
    """Register the search and the pick list."""

    @wall.callback(
        Output(ids.FOUND, "children"), Input(ids.ACT_SEARCH, "data"), prevent_initial_call=True
    )
    def find(done: dict[str, Any]) -> Any:
        words = places_search.readable(str(done["id"] or ""))
        return search.found(words, places_search.search(city, whoami(), words) if words else [])

    @wall.callback(
        Output(ids.FOUND, "children", allow_duplicate=True),
        Input(ids.MAP_CLICK, "data"),
        prevent_initial_call=True,
    )
    def pick(click: dict[str, Any] | None) -> Any:
        if not search.asks(click):
            return []
        return search.picks(views.named(city, whoami(), search.marks(click)))

    @wall.callback(
        Output(ids.FOUND, "children", allow_duplicate=True),
        Input(ids.ACT_FOUND, "data"),
        Input(ids.ACT_AREA, "data"),
        Input(ids.ACT_THING, "data"),
        prevent_initial_call=True,
    )
    def clear(*_: Any) -> Any:
        return []
