"""What and who is near a place, by distance: workers, cameras, resources, devices, open cases.

Distances are those on the ellipsoid, straight; nobody knows of streets here. Without a live store
workers and devices are missing, the rest is told.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from app.city import City
from app.domain.distances import box_around, metres_from
from app.domain.kinds import KINDS
from app.domain.people import User
from app.domain.readings import Device
from app.domain.resources import Sort
from app.errors import Invalid
from app.services import resources
from app.services.figures import grids_inside
from app.services.views_scope import live_or, place, scope_in
from app.store import near
from app.store.points import unpack

WITHIN_M, WIDEST_M = 3_000, 50_000  # defaults
EACH, MOST_EACH = 8, 100  # defaults
GROUPS = ("workers", "cameras", "resources", "devices", "cases")
WORKERS, CAMERAS, RESOURCES, DEVICES, CASES = GROUPS
CLOSE_BY_M = 2_000  # default: a camera farther off does not show what happens
FEW = 3  # cameras on an alert's card
Row = dict[str, Any]
Spot = tuple[float, float, float]  # lon, lat, metres around


def nearby(
    city: City,
    user: User,
    lon: float,
    lat: float,
    *,
    within_m: float = WITHIN_M,
    sorts: Collection[str] = (),
    each: int = EACH,
) -> Row:
    """Return {group: [{"type", "id", "name", "what", "lon", "lat", "distance_m", …}]} by distance.

    `sorts` are groups (workers, devices, cases, cameras, resources) or sorts of resources (team …);
    none means all. Each group has at most `each`; "totals" says how many there are within. A group
    that was not asked for is empty. Raises Invalid and NotAllowed.
    """
    scope = scope_in(city, user, None)
    groups, chosen = _asked(lon, lat, within_m, sorts, each)
    spot = (lon, lat, within_m)
    found: dict[str, tuple[list[Row], int]] = {group: ([], 0) for group in GROUPS}
    if WORKERS in groups:
        found[WORKERS] = _workers(city, scope, spot, each)
    if DEVICES in groups:
        found[DEVICES] = _devices(city, scope, spot, each)
    if CASES in groups:
        found[CASES] = _cases(city, scope, spot, each)
    if CAMERAS in groups:
        found[CAMERAS] = _resources(city, scope, spot, each, [Sort.CAMERA])
    if chosen:
        found[RESOURCES] = _resources(city, scope, spot, each, chosen)
    totals = {group: total for group, (_, total) in found.items()}
    about = {"lon": lon, "lat": lat, "within_m": within_m, "totals": totals}
    return {group: rows for group, (rows, _) in found.items()} | about


def _asked(
    lon: float, lat: float, within_m: float, sorts: Collection[str], each: int
) -> tuple[set[str], list[Sort]]:
    """The groups and the sorts of resources that are asked for."""
    if not (isfinite(lon) and isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 90):
        raise Invalid("参数不正确。", fields={"lon": "请填写经纬度（度，WGS-84）"})
    if not 0 < within_m <= WIDEST_M:
        raise Invalid("参数不正确。", fields={"within": f"请填写 1 到 {WIDEST_M} 之间的米数"})
    if not 1 <= each <= MOST_EACH:
        raise Invalid("参数不正确。", fields={"each": f"请填写 1 到 {MOST_EACH} 之间的整数"})
    groups = {name for name in sorts if name in GROUPS} if sorts else set(GROUPS)
    named = [name for name in sorts if name not in GROUPS]
    chosen = set(resources.sorts_of(named)) if named else set[Sort]()
    if Sort.CAMERA in chosen:
        groups.add(CAMERAS)
    if RESOURCES in groups:
        chosen |= set(Sort)
    return groups, sorted(chosen - {Sort.CAMERA})


def _nearest(spot: Spot, lons: ArrayLike, lats: ArrayLike) -> tuple[Any, NDArray[np.float64]]:
    """The positions of the places within reach, nearest first, and all distances in metres."""
    lon, lat, within_m = spot
    metres = metres_from(lon, lat, lons, lats)
    reached = np.flatnonzero(metres <= within_m)
    return reached[np.argsort(metres[reached], kind="stable")], metres


def _row(type_: str, id_: str, name: str, what: str, place_: tuple[float, float, float]) -> Row:
    lon, lat, metres = place_
    return {
        "type": type_,
        "id": id_,
        "name": name,
        "what": what,
        "lon": lon,
        "lat": lat,
        "distance_m": round(metres),
    }


def _resources(
    city: City, scope: str, spot: Spot, each: int, sorts: Collection[Sort]
) -> tuple[list[Row], int]:
    found = resources.index(city)
    chosen = found.chosen(scope, sorts, box_around(*spot))
    order, metres = _nearest(spot, found.lons[chosen], found.lats[chosen])
    rows = []
    for at in order[:each]:
        one = found.things[chosen[at]]
        type_ = "camera" if one.sort is Sort.CAMERA else "resource"
        shown = resources.shown(city, one)
        rows.append(shown | _row(type_, one.id, one.name, shown["what"], _at(one, metres[at])))
    return rows, len(order)


def _at(thing: Any, metres: float) -> tuple[float, float, float]:
    return thing.lon, thing.lat, float(metres)


def _workers(city: City, scope: str, spot: Spot, each: int) -> tuple[list[Row], int]:
    """Workers on duty whose place is known, with its age (`at`, epoch ms) and their open tasks."""
    places: dict[str, tuple[float, float, int]] = live_or(city.live.workers, {})
    ids = list(places)
    lons, lats = ([places[id_][axis] for id_ in ids] for axis in (0, 1))
    order, metres = _nearest(spot, lons, lats)
    with city.ledger.read() as tx:
        known = near.workers(tx, [ids[n] for n in order], scope)
        here = [n for n in order if ids[n] in known and known[ids[n]].on_duty]
        load = near.in_hand(tx, [ids[n] for n in here[:each]])
        units = {unit.id: unit.name for unit in tx.units()}
    rows = []
    for n in here[:each]:
        worker, (lon, lat, at) = known[ids[n]], places[ids[n]]
        unit = units.get(worker.unit, worker.unit)
        row = _row("worker", worker.id, worker.name, unit, (lon, lat, float(metres[n])))
        more = {"at": at, "tasks": load.get(worker.id, 0), "skills": list(worker.skills)}
        rows.append(row | more | {"place": place(city, worker.grid), "on_duty": True})
    return rows, len(here)


def _devices(city: City, scope: str, spot: Spot, each: int) -> tuple[list[Row], int]:
    """Devices from the packed points; `what` is the code of their kind."""
    points = unpack(live_or(city.live.points, b""))
    lons, lats = points["lon"] / 1e7, points["lat"] / 1e7
    order, metres = _nearest(spot, lons, lats)
    inside = grids_inside(city.areas, scope)
    order = order[inside[np.minimum(points["area"][order], len(inside) - 1)]]
    numbers = [int(n) for n in order[:each]]
    known = devices_numbered(city, numbers)
    rows = []
    for n in (n for n in numbers if n in known):
        device, point = known[n], points[n]
        kind = KINDS[point["kind"]].code if point["kind"] < len(KINDS) else device.kind
        row = _row("device", device.code, device.name, kind, _at(device, metres[n]))
        state = {"n": n, "level": int(point["level"]), "presence": int(point["presence"])}
        rows.append(
            row | state | {"at": int(point["at"]) * 1000, "place": place(city, device.area)}
        )
    return rows, len(order)


def devices_numbered(city: City, numbers: Sequence[int]) -> dict[int, Device]:
    """Return the devices of some numbers, by number; none without a live store."""
    codes = live_or(lambda: city.live.codes(numbers), list[str]())
    known = live_or(lambda: city.live.devices(codes), dict[str, Device]())
    return {device.n: device for device in known.values()}


def _cases(city: City, scope: str, spot: Spot, each: int) -> tuple[list[Row], int]:
    """Open cases; `what` is their status."""
    with city.ledger.read() as tx:
        found = near.cases(tx, scope, box_around(*spot))
        order, metres = _nearest(spot, [row.lon for row in found], [row.lat for row in found])
        wanted = {found[n].id: float(metres[n]) for n in order[:each]}
        cases = {case.id: case for case in tx.cases(id=set(wanted))} if wanted else {}
    rows = []
    for id_, far in wanted.items():
        case = cases[id_]
        row = _row("case", id_, case.title, case.status.value, _at(case, far))
        more = {"level": int(case.level), "overdue": case.overdue, "place": place(city, case.area)}
        rows.append(row | more)
    return rows, len(order)


def cameras(city: City, user: User, lon: float, lat: float, each: int = FEW) -> Row:
    """Return the cameras close to a place, and whether there is a platform that shows them."""
    found = nearby(city, user, lon, lat, within_m=CLOSE_BY_M, sorts=[CAMERAS], each=each)
    return {"near": found[CAMERAS], "platform": bool(city.settings.camera_url)}
