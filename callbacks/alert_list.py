"""The list of open alerts and the counts by level."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dash import Dash, Input, Output

from app.city import City
from app.domain.people import User
from app.services import views
from layouts import address, alert_list, ids


def register(wall: Dash, city: City, whoami: Callable[[], User]) -> None:
    """Register the repaint of the list with every pulse and every new address."""

    @wall.callback(
        Output(ids.ALERTS, "children"),
        Output(ids.ALERTS_NOTE, "children"),
        Output(ids.LEVELS, "children"),
        Output(ids.LEVELS_NOTE, "children"),
        Input(ids.URL, "search"),
        Input(ids.PULSE, "data"),
    )
    def show(query: str, _: Any) -> Any:
        here = address.read(query)
        data = views.alerts_panel(city, whoami(), here.area, here.tab)
        rows = alert_list.alerts(data, here.alert)
        counts = alert_list.levels(data)
        return rows, alert_list.note(data), counts, alert_list.levels_note(data)
