"""The card of the alert or device that is looked at, and its 确认."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dash import Dash, Input, Output

from app.city import City
from app.domain.people import User
from app.services import alerts, views
from layouts import address, card, ids


def register(wall: Dash, city: City, whoami: Callable[[], User]) -> None:
    """Register the card and the confirmation of an alert."""

    @wall.callback(
        Output(ids.CARD, "children"), Input(ids.URL, "search"), Input(ids.PULSE_CHOSEN, "data")
    )
    def show(query: str, _: Any) -> Any:
        here, user = address.read(query), whoami()
        if here.alert:
            return card.alert(views.alert_card(city, user, here.alert))
        if not here.device:
            return None
        device = views.device(city, user, here.device)
        curve = views.curve(city, user, device["device"]["code"], None, 1)
        return card.device(device, curve)

    @wall.callback(Input(ids.ACT_ACKNOWLEDGE, "data"), prevent_initial_call=True)
    def acknowledge(done: dict[str, Any]) -> None:
        alerts.acknowledge(city, done["id"], by=whoami())
