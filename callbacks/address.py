"""Where clicks and keys lead: each way is a new address, which everything else follows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dash import Dash, Input, Output, State, ctx, no_update

from app.city import City
from app.domain.people import User
from app.services import views, views_links
from layouts import address, ids, one_map


def register(wall: Dash, city: City, whoami: Callable[[], User]) -> None:
    """Register the ways from one address to the next."""

    @wall.callback(
        Output(ids.URL, "search"),
        [Input(name, "data") for name in ids.WAYS],
        State(ids.URL, "search"),
        prevent_initial_call=True,
    )
    def go(*asked: Any) -> Any:
        *done, query = asked
        action = str(ctx.triggered_id)
        there = address.choose(address.read(query), action, done[ids.WAYS.index(action)] or {})
        return there.query()

    @wall.callback(
        Output(ids.URL, "search", allow_duplicate=True),
        Input(ids.ACT_UP, "data"),
        State(ids.URL, "search"),
        prevent_initial_call=True,
    )
    def go_up(done: dict[str, Any], query: str) -> str:
        here = address.read(query)
        ground = views.ground(city, whoami(), here.area)
        return address.up(here, done["id"], one_map.parent(ground)).query()

    @wall.callback(
        Output(ids.URL, "search", allow_duplicate=True),
        Input(ids.ACT_BESIDE, "data"),
        State(ids.URL, "search"),
        prevent_initial_call=True,
    )
    def go_beside(done: dict[str, Any], query: str) -> str:
        here, step = address.read(query), -1 if done["id"] == "-1" else 1
        return here.to(area=views_links.beside(city, whoami(), here.area, step)).query()

    @wall.callback(
        Output(ids.URL, "search", allow_duplicate=True),
        Input(ids.MAP_CLICK, "data"),
        State(ids.URL, "search"),
        prevent_initial_call=True,
    )
    def hit(click: dict[str, Any] | None, query: str) -> Any:
        here = address.read(query)
        there = address.hit(here, click or {})
        return no_update if there == here else there.query()
