"""The tab that the address names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dash import Dash, Input, Output, State, no_update

from app.city import City
from app.domain.people import User
from layouts import admin_page, ids


def register(wall: Dash, city: City, whoami: Callable[[], User]) -> None:
    """Register the change from tab to tab; a new query on the same tab leaves it standing."""

    @wall.callback(
        Output(ids.ADMIN_NAV, "children"),
        Output(ids.ADMIN_BODY, "children"),
        Output(ids.ADMIN_BODY, "className"),
        Input(ids.URL, "pathname"),
        State(ids.ADMIN_BODY, "className"),
    )
    def show(path: str, before: str | None) -> Any:
        tab = admin_page.tab_of(path)
        body = no_update if before == tab else admin_page.body(path)
        return admin_page.tabs(path), body, tab
