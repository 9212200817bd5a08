"""What is near a place: asked for by a button or a key, kept true while the list is open."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dash import Dash, Input, Output

from app.city import City
from app.domain.people import User
from app.services import nearby as service
from layouts import ids, nearby


def register(wall: Dash, city: City, whoami: Callable[[], User]) -> None:
    """Register the list of what is near."""

    @wall.callback(
        Output(ids.NEARBY, "children"),
        Input(ids.ACT_NEARBY, "data"),
        Input(ids.PULSE_CHOSEN, "data"),
        prevent_initial_call=True,
    )
    def near(done: dict[str, Any] | None, _: Any) -> Any:
        one = nearby.asked(done)
        if one is None:
            return None
        sorts = [one.group] if one.group else []
        where: Any = {"within_m": one.within, "sorts": sorts, "each": one.each}
        found = service.nearby(city, whoami(), one.lon, one.lat, **where)
        return nearby.found(found, one, platform=bool(city.settings.camera_url))
