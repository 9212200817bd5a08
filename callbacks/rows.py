"""The rows behind a figure of the cockpit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dash import Dash, Input, Output

from app.city import City
from app.domain.people import User
from app.services import views
from layouts import ids, rows


def register(wall: Dash, city: City, whoami: Callable[[], User]) -> None:
    """Register the table of rows."""

    @wall.callback(Output(ids.ROWS, "children"), Input(ids.URL, "search"), Input(ids.CALM, "data"))
    def show(query: str, _: Any) -> Any:
        what, which = rows.read(query)
        return rows.table(views.rows(city, whoami(), what, **which)) if what else None
