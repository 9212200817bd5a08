"""The card of a resource, a camera or a worker: a click on the map or on a list opens it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dash import Dash, Input, Output, State, ctx, no_update

from app.city import City
from app.domain.people import User
from app.services import components, resources, tracks
from layouts import component_card, ids
from layouts import resource_card as card


def register(wall: Dash, city: City, whoami: Callable[[], User]) -> None:
    """Register the card."""

    @wall.callback(
        Output(ids.THING, "children"),
        Output(ids.ACT_THING, "data"),
        Input(ids.ACT_THING, "data"),
        Input(ids.MAP_CLICK, "data"),
        Input(ids.PULSE_CHOSEN, "data"),
        State(ids.THING, "children"),
        prevent_initial_call=True,
    )
    def show(done: Any, click: Any, _: Any, before: Any) -> Any:
        hit = card.clicked(click) if ctx.triggered_id == ids.MAP_CLICK else None
        nothing_new = ctx.triggered_id == ids.PULSE_CHOSEN and before is None
        if nothing_new or (ctx.triggered_id == ids.MAP_CLICK and hit is None):
            return no_update, no_update
        wanted = hit or card.wanted(done)
        went = card.flight(done) if ctx.triggered_id == ids.ACT_THING else ""
        kept = {"id": ":".join(hit)} if hit else no_update
        return _card(city, whoami(), wanted, went), kept


def _card(city: City, user: User, wanted: tuple[str, str] | None, go: str) -> Any:
    if wanted is None:
        return None
    type_, id_ = wanted
    if type_ == "worker":
        return card.worker(tracks.worker(city, user, id_), go=go)
    if type_ == "component":
        return component_card.card(components.one(city, user, id_), go=go)
    one = resources.resource(city, user, id_)
    return card.resource(one, go=go, platform=bool(city.settings.camera_url))
