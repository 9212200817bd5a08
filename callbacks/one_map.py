"""The map: its ground changes with the area, its colours with the facts, its marks alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dash import Dash, Input, Output, State, ctx, no_update

from app.city import City
from app.domain.people import User
from app.errors import NotAllowed, NotFound
from app.services import views
from layouts import address, ground_legend, ids, layer_tree, one_map


def _device(city: City, user: User, code: str) -> Any:
    return views.device(city, user, code)["device"]


# where a thing stands that search or a pick list has found
FOUND: dict[str, Callable[..., Any]] = {
    "alert": views.alert_card,
    "case": views.case,
    "device": _device,
}


def register(wall: Dash, city: City, whoami: Callable[[], User]) -> None:
    """Register the place, the ground, the colours and the way to what is selected."""
    _register_place(wall, city, whoami)
    _register_sights(wall, city, whoami)
    _register_goings(wall, city, whoami)


def _register_place(wall: Dash, city: City, whoami: Callable[[], User]) -> None:
    @wall.callback(
        Output(ids.TABS, "children"),
        Output(ids.BREADCRUMB, "children"),
        Output(ids.LIVE_VIEW, "data-view"),
        Output(ids.PLACE, "data"),
        Input(ids.URL, "search"),
        State(ids.PLACE, "data"),
    )
    def place(query: str, before: str | None) -> Any:
        here = address.read(query)
        ground = views.ground(city, whoami(), here.area)
        code = ground["area"]["code"]
        view = one_map.looked_at(ground, here, _number(city, whoami(), here.device))
        moved = no_update if code == before else code
        return one_map.tabs(here.tab), one_map.breadcrumb(ground), view, moved

    @wall.callback(
        Output(ids.AREAS, "data"),
        Output(ids.OUTLINE, "data"),
        Output(ids.MAP, "viewport"),
        Input(ids.PLACE, "data"),
        State(ids.URL, "search"),
        prevent_initial_call=True,
    )
    def ground(code: str, query: str | None = None) -> Any:
        found, view = views.ground(city, whoami(), code), address.map_view(query)
        return found["children"], found["outline"], one_map.viewport(found, view)


def _number(city: City, user: User, device: str | None) -> str | None:
    """The device of the address as the live layer knows it; None for one that cannot be seen."""
    if device is None or device.startswith("n:"):
        return device
    try:
        return f"n:{views.device(city, user, device)['device']['n']}"
    except (NotFound, NotAllowed):
        return None  # the card says so


def _register_sights(wall: Dash, city: City, whoami: Callable[[], User]) -> None:
    @wall.callback(
        Output(ids.AREAS, "hideout"),
        Output(ids.LAYER_COUNTS, "data-ground"),
        Input(ids.SIGHT, "data"),
        Input(ids.AREAS, "data"),
        Input(ids.PULSE_CASES, "data"),
    )
    def colours(query: str, *_: Any) -> Any:
        here = address.read(query)
        ground = views.choropleth(city, whoami(), here.area, here.tab, here.figure)
        return ground_legend.hideout(ground), ground_legend.legend(ground)

    @wall.callback(
        Output(ids.LAYER_COUNTS, "data-counts"),
        Input(ids.SIGHT, "data"),
        Input(ids.CALM, "data"),
    )
    def counts(query: str, _: Any = None) -> Any:
        here = address.read(query)
        return layer_tree.counts(views.layers(city, whoami(), here.area, here.tab))


def _register_goings(wall: Dash, city: City, whoami: Callable[[], User]) -> None:
    @wall.callback(
        Output(ids.MAP, "viewport", allow_duplicate=True),
        Input(ids.ACT_ALERT, "data"),
        Input(ids.ACT_CASE, "data"),
        State(ids.URL, "search"),
        prevent_initial_call=True,
    )
    def go_there(alert: dict[str, Any] | None, case: dict[str, Any] | None, query: str = "") -> Any:
        view = address.map_view(query)
        if ctx.triggered_id == ids.ACT_CASE and case:
            return one_map.close_up(views.case(city, whoami(), case["id"]), view)
        if alert is None or alert.get("value") == "auto":
            return no_update  # the live layer flies by itself
        return one_map.close_up(views.alert_card(city, whoami(), alert["id"]), view)

    @wall.callback(
        Output(ids.MAP, "viewport", allow_duplicate=True),
        Input(ids.ACT_FOUND, "data"),
        State(ids.URL, "search"),
        prevent_initial_call=True,
    )
    def go_to_found(done: dict[str, Any] | None, query: str = "") -> Any:
        see = FOUND.get(str((done or {}).get("value")))
        if not see or not done:
            return no_update
        return one_map.close_up(see(city, whoami(), done["id"]), address.map_view(query))
