"""一张图: the map with its areas, tabs and breadcrumb; marks are the live layer's."""

from __future__ import annotations

import json
from typing import Any

import dash_leaflet as dl
from dash import dcc, html, no_update

from layouts import (
    duty,
    ids,
    layer_tree,
    nearby,
    parts,
    resource_card,
    search,
    selection,
    strip,
    text,
)
from layouts.address import DOMAINS, Address, map_view

ROOM = (0.14, 0.10)  # of the height: left free below and above for what lies on the map
MARGIN = 0.03  # of the width, on both sides: marks at the border stay whole
CLOSE = 14.5  # zoom at which a device stands with its neighbours
WHOLE = {6: 12, 9: 13, 12: 14}  # zoom that shows an area whole, by the digits of its code
OUTLINE_STYLE = {
    "color": "#3fb4ea",
    "weight": 3,
    "fill": False,
    "className": "outline",
    "interactive": False,  # dl.GeoJSON hands an option of this name to nobody
}


def panel(data: dict[str, Any]) -> html.Section:
    """The map where it is to stand, and what lies on it; the callbacks fill the parts.

    `data` is views.page with "ground", that of the address, and "query", the address itself.
    """
    path = parts.attrs(aria_label=text.say("path"))
    return html.Section(
        [
            _map(data["ground"], map_view(data["query"])),
            html.Div(id=ids.TABS, className="tabs", role="tablist"),
            html.Nav(breadcrumb(data["ground"]), id=ids.BREADCRUMB, className="crumb", **path),
            search.panel(),
            layer_tree.panel(data["layers"]),
            html.Div([resource_card.panel(), nearby.panel()], className="things"),
            html.Div(id=ids.CARD, className="card-slot"),
            selection.panel(),
            strip.panel(),
        ],
        className="map",
        **parts.attrs(aria_label=text.say("map")),
    )


def _map(ground: dict[str, Any], view: tuple[float, float, float] | None = None) -> dl.MapContainer:
    """The map stands where it should from the start: nothing is fetched for another place."""
    style = {"variable": "chengyun.fn.areaStyle"}
    return dl.MapContainer(
        [
            dl.GeoJSON(
                id=ids.AREAS,
                data=ground["children"],
                style=style,
                onEachFeature={"variable": "chengyun.fn.areaLabel"},
                hideout={"fills": {}, "texts": {}, "selected": None},
            ),
            dl.GeoJSON(id=ids.OUTLINE, data=ground["outline"], style=OUTLINE_STYLE),
            dl.ScaleControl(position="bottomleft", imperial=False),
        ],
        id=ids.MAP,
        **_stands(ground, view),
        trackViewport=False,  # nobody asks Dash where the map is
        zoomSnap=0.05,  # the outline fills its room; a turn of the wheel is still a whole step
        zoomControl=False,
        attributionControl=False,
        keyboard=False,
        className="ground",
    )


def _stands(ground: dict[str, Any], view: tuple[float, float, float] | None) -> dict[str, Any]:
    there = viewport(ground, view)
    return {name: there[name] for name in ("bounds", "center", "zoom") if name in there}


def tabs(chosen: str | None) -> list[html.Button]:
    """The five tabs; `chosen` is a domain or None for all."""
    return [_tab(domain, (domain or None) == chosen) for domain in ("", *DOMAINS)]


def _tab(domain: str, on: bool) -> html.Button:
    selected = str(on).lower()
    marks = parts.attrs(data_action="tab", data_id=domain or "all", aria_selected=selected)
    name = "on" if on else ""
    words = text.say(f"domain.{domain or 'all'}")
    return html.Button(words, type="button", role="tab", className=name, **marks)


def breadcrumb(ground: dict[str, Any]) -> list[Any]:
    """市 › 区 › 街道 › 社区 › 网格: every step but the last leads up."""
    steps: list[Any] = []
    for step in ground["path"][:-1]:
        marks = parts.attrs(data_action="area", data_id=step["code"])
        steps += [html.Button(step["name"], type="button", **marks), html.I("›")]
    steps.append(html.B(ground["area"]["name"], **parts.attrs(aria_current="page")))
    generated = ground["area"]["generated"] or any(
        feature["properties"].get("generated") for feature in ground["children"]["features"]
    )
    if generated:
        steps.append(html.Span(text.say("generated"), className="c-3"))
    return steps + duty.crumb(ground.get("duty"))


def parent(ground: dict[str, Any]) -> str | None:
    """The area one level up within what the user may see, or None at his root."""
    return ground["path"][-2]["code"] if len(ground["path"]) > 1 else None


def looked_at(ground: dict[str, Any], here: Address, device: str | None = None) -> str:
    """What the live layer must know of the address, as JSON (data-view); device is "n:<number>"."""
    view = {
        "area": ground["area"]["code"],
        "tab": here.tab or "all",
        "alert": here.alert,
        "case": here.case,
        "device": device,
        "parent": parent(ground),
        "grids": ground["grids"],
        "layers": ["devices", "cases", "alerts", "workers"],
        "kinds": None,
    }
    return json.dumps(view)


def stores(area: str) -> list[dcc.Store]:
    """The stores that the live layer sets, and the area that the map shows."""
    return [
        dcc.Store(id=ids.PLACE, data=area),
        *(dcc.Store(id=name) for name in (ids.MAP_CLICK, *ids.ACTIONS)),
    ]


def viewport(
    ground: dict[str, Any], view: tuple[float, float, float] | None = None
) -> dict[str, Any]:
    """Where the map goes when the area changes: one move, then still; a link may say where."""
    if view:
        lon, lat, zoom = view
        still = {"animate": False}
        return {"center": [lat, lon], "zoom": zoom, "transition": "setView", "options": still}
    (south, west), (north, east) = ground["bounds"]
    below, above = ((north - south) * share for share in ROOM)
    side = (east - west) * MARGIN
    bounds = [[south - below, west - side], [north + above, east + side]]
    return {"bounds": bounds, "transition": "fitBounds"}


def close_up(thing: dict[str, Any], view: tuple[float, float, float] | None = None) -> Any:
    """Where the map goes when somebody selects a thing; it stays when the thing has no place.

    `view` is where it stands: whoever is nearer already stays as near.
    """
    if thing["lon"] is None or thing["lat"] is None:
        return no_update
    centre = [thing["lat"], thing["lon"]]
    near = max(CLOSE, view[2]) if view else CLOSE
    zoom = WHOLE.get(len(thing["area"]), CLOSE) if thing.get("warning") else near
    return {"center": centre, "zoom": zoom, "transition": "setView", "options": {"animate": False}}
