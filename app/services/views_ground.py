"""Views of the ground: the page, the area looked at, its children and what lies in it."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

from app.city import City
from app.domain.people import User
from app.services import basemaps, duties
from app.services.views_layers import presets
from app.services.views_scope import (
    allowed_area,
    builtins,
    prefix,
    root,
)

BEIJING = timezone(timedelta(hours=8))  # no summer time since 1992
DAY_FROM, NIGHT_FROM = 8, 20  # shifts change at 08:00 and 20:00 (*default*)
CONSTANT_FEEDS = ("telemetry",)  # reports and orders come when they come; sensors never pause


def page(city: City, user: User) -> dict[str, Any]:
    """Return what a page needs once: city, root, who asks, shift, layers, feeds never silent."""
    where = root(city, user)
    quiet = city.settings.feed_quiet_s
    return {
        "city": {"code": city.areas.home.code, "name": city.areas.home.name},
        "root": where,
        "me": builtins(user),
        "bases": basemaps.told(city),
        "shift": _shift(city.now()),
        "feeds": dict.fromkeys(CONSTANT_FEEDS, quiet),
        "layers": presets(city, user),
    }


def _shift(now: datetime) -> dict[str, Any]:
    local = now.astimezone(BEIJING)
    day = DAY_FROM <= local.hour < NIGHT_FROM
    end = local.replace(hour=NIGHT_FROM if day else DAY_FROM, minute=0, second=0, microsecond=0)
    if end <= local:
        end += timedelta(days=1)
    return {"name": "day" if day else "night", "until": end.isoformat()}


def ground(city: City, user: User, area: str | None = None) -> dict[str, Any]:
    """Return what changes only with the area: name, path, bounds, outline, children, grids."""
    code = allowed_area(city, user, area)
    found = city.areas.area(code)
    west, south, east, north = found.polygon.bounds
    path = [{"code": step.code, "name": step.name} for step in city.areas.path(code)]
    features = city.areas.geojson(code)["features"]
    return {
        "area": {
            "code": code,
            "name": found.name,
            "level": found.level.value,
            "generated": found.schematic,
        },
        "path": [step for step in path if _in_reach(city, user, step["code"])],
        "bounds": [[south, west], [north, east]],
        "duty": duties.of_grid(city, code),
        "grids": _ranges(city, prefix(city, code)),
        "outline": _collection([city.areas.outline(code)]),
        "children": _collection(features),
    }


def _in_reach(city: City, user: User, code: str) -> bool:
    """Whether a step of the breadcrumb can be clicked by this user."""
    return code.startswith(user.scope) or code == city.areas.city.code and len(user.scope) <= 4


def _collection(features: list[dict[str, Any]]) -> dict[str, Any]:
    """Features as dash-leaflet wants them: ids from 1, since it replaces a falsy id."""
    return {
        "type": "FeatureCollection",
        "features": [_feature(n, feature) for n, feature in enumerate(features, 1)],
    }


def _feature(n: int, feature: dict[str, Any]) -> dict[str, Any]:
    given = feature["properties"]
    properties = {
        "code": given["code"],
        "parent": given["parent"],
        "name": given["name"],
        "generated": given["schematic"],
        "label": [given["label"][1], given["label"][0]],
    }
    return {"type": "Feature", "id": n, "geometry": feature["geometry"], "properties": properties}


def _ranges(city: City, scope: str) -> list[list[int]] | None:
    """Return the inclusive ranges of grid indexes inside a scope; None when that is all of them."""
    inside = [i for i, grid in enumerate(city.areas.grids) if grid.code.startswith(scope)]
    if len(inside) == len(city.areas.grids):
        return None
    ranges: list[list[int]] = []
    for i in inside:
        if ranges and ranges[-1][1] == i - 1:
            ranges[-1][1] = i
        else:
            ranges.append([i, i])
    return ranges
