"""Cases per hour."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dash import Dash, Input, Output, State
from dash.exceptions import PreventUpdate

from app.city import City
from app.domain.people import User
from app.services import views
from layouts import address, cockpit, ids, trend


def register(wall: Dash, city: City, whoami: Callable[[], User]) -> None:
    """Register the body of the panel and its repaint, left out while nothing has changed."""

    @wall.callback(
        Output(ids.TREND_BODY, "children"), Input(ids.SETTLED, "data"), prevent_initial_call=True
    )
    def body(_: Any) -> Any:
        return trend.body()

    light = cockpit.served_by(wall.config.routes_pathname_prefix)

    @wall.callback(
        Output(ids.TREND, "figure"),
        Output(ids.TREND_NOTE, "children"),
        Output(ids.TREND_HOURS, "children"),
        Input(ids.SIGHT, "data"),
        Input(ids.CALM_CASES, "data"),
        State(ids.TREND, "figure"),
    )
    def show(query: str, _: Any, drawn: dict[str, Any] | None) -> Any:
        here = address.read(query)
        data = views.trend(city, whoami(), here.area, here.tab)
        if trend.same(drawn, data):
            raise PreventUpdate
        return trend.figure(data, light=light), trend.legend(data), trend.hours(data)
