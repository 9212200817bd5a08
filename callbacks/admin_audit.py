"""审计: who has read what is masked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dash import Dash, Input, Output

from app.city import City
from app.domain.people import User
from app.services import views_audit
from layouts import admin_audit as page
from layouts import ids


def register(wall: Dash, city: City, whoami: Callable[[], User]) -> None:
    """Register the table."""

    @wall.callback(
        Output(ids.AUDIT_HEAD, "children"),
        Output(ids.AUDIT, "children"),
        Input(ids.AUDIT_SEARCH, "value"),
        Input(ids.ACT_AGAIN, "data"),
    )
    def show(words: str | None, _: Any) -> Any:
        found = views_audit.readings(city, whoami(), words or "")
        return page.head(found), page.table(found)
