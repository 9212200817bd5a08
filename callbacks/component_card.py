"""上报 on the card of a component: what is wrong with it becomes a case, and is looked at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dash import Dash, Input, Output, State

from app.city import City
from app.domain.people import User
from app.services import components_report
from layouts import address, ids


def register(wall: Dash, city: City, whoami: Callable[[], User]) -> None:
    """Register the report; the card itself is shown by resource_card, as every thing's."""

    @wall.callback(
        Output(ids.URL, "search", allow_duplicate=True),
        Input(ids.ACT_COMPONENT_REPORT, "data"),
        State(ids.URL, "search"),
        prevent_initial_call=True,
    )
    def report(done: dict[str, Any], query: str) -> str:
        case = components_report.report(city, done["id"], done["value"], by=whoami())
        return address.read(query).to(case=case.id, alert=None, device=None).query()
