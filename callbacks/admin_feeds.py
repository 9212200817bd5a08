"""接入源: the table of sources, anew with every beat."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dash import Dash, Input, Output

from app.city import City
from app.domain.people import User
from app.services import views_feeds
from layouts import admin_feeds, ids


def register(wall: Dash, city: City, whoami: Callable[[], User]) -> None:
    """Register the repaint of the table."""

    @wall.callback(
        Output(ids.FEEDS_HEAD, "children"),
        Output(ids.FEEDS, "children"),
        Input(ids.BEAT, "data"),
    )
    def show(_: Any) -> Any:
        data = views_feeds.feeds(city, whoami())
        return admin_feeds.head(data), admin_feeds.table(data)
