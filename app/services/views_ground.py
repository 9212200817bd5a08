"""Views of the ground: the page, the area looked at, its children and what lies in it."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

from app.city import City
from app.domain.cases import Case
from app.domain.kinds import KINDS
from app.domain.people import User
from app.services.figures import points_in
from app.services.views_scope import (
    allowed_area,
    as_hit,
    builtins,
    live_or,
    prefix,
    root,
    scope_in,
)
from app.store import counts, finding
from geodata.areas import Area

BEIJING = timezone(timedelta(hours=8))  # no summer time since 1992
DAY_FROM, NIGHT_FROM = 8, 20  # shifts change at 08:00 and 20:00 (*default*)
CONSTANT_FEEDS = ("telemetry",)  # reports and orders come when they come; sensors never pause


def page(city: City, user: User) -> dict[str, Any]:
    """Return what a page needs once: city, root, who asks, shift, feeds that must not be silent."""
    where = root(city, user)
    quiet = city.settings.feed_quiet_s
    return {
        "city": {"code": city.areas.home.code, "name": city.areas.home.name},
        "root": where,
        "me": builtins(user),
        "shift": _shift(city.now()),
        "feeds": dict.fromkeys(CONSTANT_FEEDS, quiet),
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


def choropleth(
    city: City, user: User, area: str | None = None, domain: str | None = None
) -> dict[str, Any]:
    """Return the open cases of each child area; with what lies in no child they sum to all."""
    code = allowed_area(city, user, area)
    children = [child.code for child in city.areas.children(code)]
    digits = len(children[0]) if children else 0
    with city.ledger.read() as tx:
        found = counts.open_cases_in(tx, digits, scope=prefix(city, code), domain=domain)
    return {"counts": {child: found.get(child, 0) for child in children}}


def layers(
    city: City, user: User, area: str | None = None, domain: str | None = None
) -> dict[str, Any]:
    """Return the legend: devices, silent devices, open cases, workers on duty."""
    scope = scope_in(city, user, area or root(city, user))
    points = live_or(lambda: points_in(city, scope, domain), None)
    with city.ledger.read() as tx:
        cases = tx.count(Case, scope=scope, open=True, domain=domain)
        workers = sum(worker.on_duty for worker in tx.workers(scope))
    total = 0 if points is None else len(points)
    silent = 0 if points is None else int((points["presence"] == 2).sum())
    return {"devices": total, "offline": silent, "cases": cases, "workers": workers}


def search(city: City, user: User, words: str, limit: int = 12) -> list[dict[str, Any]]:
    """Return areas, cases, alerts and devices whose code or name contains the words."""
    scope = scope_in(city, user, None)
    wanted = words.strip().lower()[:60]
    if not wanted:
        return []
    found = _areas(city, scope, wanted, limit)
    with city.ledger.read() as tx:
        cases = finding.open_cases(tx, wanted, scope, limit)
        alerts = finding.open_alerts(tx, wanted, scope, limit)
        kinds = [kind.code for kind in KINDS if wanted in kind.name.lower()]
        devices = finding.devices(tx, wanted, kinds, scope, limit)
    found += [as_hit(city, "case", case.id, case.title, case) for case in cases]
    found += [as_hit(city, "alert", alert.id, alert.title, alert) for alert in alerts]
    found += [as_hit(city, "device", d.code, d.name or d.code, d) for d in devices]
    return found[:limit]


def _areas(city: City, scope: str, wanted: str, limit: int) -> list[dict[str, Any]]:
    inside = [area for area in _all_areas(city) if area.code.startswith(scope)]
    hits = [a for a in inside if wanted in a.name.lower() or a.code.startswith(wanted)]
    return [_found_area(city, area) for area in hits[: limit // 2]]


def _found_area(city: City, area: Area) -> dict[str, Any]:
    point = area.polygon.representative_point()
    return {
        "kind": "area",
        "code": area.code,
        "name": area.name,
        "place": city.areas.name(area.parent) if area.parent else "",
        "area": area.code,
        "lon": point.x,
        "lat": point.y,
    }


def _all_areas(city: City) -> list[Area]:
    """Every area above the grids, widest first."""
    rows, found = [city.areas.city], list[Area]()
    while rows:
        found += rows
        rows = [child for area in rows for child in city.areas.children(area.code)]
        rows = [area for area in rows if len(area.code) < 15]
    return found
