"""The alerts of the last 12 hours, or of those that a replay is about."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dash import Dash, Input, Output

from app.city import City
from app.domain.people import User
from app.services import views, views_feeds
from layouts import address, ids, strip


def register(wall: Dash, city: City, whoami: Callable[[], User]) -> None:
    """Register the repaint of the strip."""

    @wall.callback(
        Output(ids.STRIP, "children"),
        Input(ids.SIGHT, "data"),
        Input(ids.CALM, "data"),
        Input(ids.REPLAY_WINDOW, "data"),
    )
    def show(query: str, _: Any, window: dict[str, Any] | None) -> Any:
        here = address.read(query)
        until = (window or {}).get("until")
        data = views.strip(city, whoami(), here.area, here.tab, until)
        return strip.bars(data, views_feeds.growing(city), dated=bool(until))
