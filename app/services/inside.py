"""What and who lies inside a shape that somebody has drawn on the map (圈选)."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from app.city import City
from app.domain.alerts import Alert
from app.domain.drawn import Drawn
from app.domain.facts import Fact
from app.domain.kinds import KINDS
from app.domain.people import User
from app.domain.readings import Device
from app.domain.resources import Sort
from app.services import components, resources
from app.services.figures import grids_inside
from app.services.nearby import devices_numbered
from app.services.views_scope import live_or, place, scope_in
from app.store import near
from app.store.points import unpack
from geodata import covering

EACH, MOST_EACH = 12, 5_000  # of a group on the screen, and in a file; defaults
GROUPS = ("alerts", "cases", "workers", "devices", "resources")
OFFLINE = 2
Row = dict[str, Any]
Group = tuple[list[Row], int]


class Asked(NamedTuple):
    """Whose city is looked at, the shape and its box, and how many of a group are told."""

    city: City
    scope: str
    shape: BaseGeometry
    box: tuple[float, float, float, float]
    each: int

    def holds(self, lons: Any, lats: Any) -> Any:
        """Which of many places lie inside."""
        return shapely.contains_xy(self.shape, np.asarray(lons), np.asarray(lats))

    def of(self, spots: list[Any]) -> list[str]:
        """The ids of those spots (id, lon, lat) that lie inside, in their order."""
        within = self.holds([spot.lon for spot in spots], [spot.lat for spot in spots])
        return [spot.id for spot, here in zip(spots, within, strict=True) if here]


def inside(city: City, user: User, drawn: Drawn, each: int = EACH) -> Row:
    """Return {group: rows}, "totals", and how many "components", "faulty" ones.

    Groups are alerts, cases, workers on duty, devices and resources, the worst or nearest to their
    deadline first, at most `each` of a group; only what the user's scope covers. NotAllowed.
    """
    shape = shape_of(drawn)
    asked = Asked(city, scope_in(city, user, None), shape, shape.bounds, each)
    found: dict[str, Group] = {
        "alerts": _alerts(asked),
        "cases": _cases(asked),
        "workers": _workers(asked),
        "devices": _devices(asked),
        "resources": _resources(asked),
    }
    totals = {group: total for group, (_, total) in found.items()}
    parts = components.inside(city, user, shape, limit=0)
    more = {"totals": totals, "components": parts["total"], "faulty": parts["faulty"]}
    return {group: rows for group, (rows, _) in found.items()} | more


def export(city: City, user: User, drawn: Drawn) -> Row:
    """Return `inside` for a file, MOST_EACH of a group; the audit hears of it. NotAllowed."""
    found = inside(city, user, drawn, each=MOST_EACH)
    body = {"rows": sum(len(found[group]) for group in GROUPS), "middle": list(drawn.middle)}
    fact = Fact(
        kind="selection.exported",
        thing=user.id,
        area=user.scope,
        at=city.now(),
        who=user.id,
        body=body,
    )
    with city.ledger.begin() as tx:
        tx.record(fact)
    city.feed.publish(city.ledger)
    return found


def shape_of(drawn: Drawn) -> BaseGeometry:
    """A drawn shape in degrees; a ring that crosses itself is mended."""
    if drawn.is_circle:
        return covering.circle(*drawn.points[0], drawn.radius_m)
    return shapely.make_valid(shapely.Polygon(drawn.points))


def _row(type_: str, id_: str, name: str, what: str, level: int, where: str) -> Row:
    return {
        "type": type_,
        "id": id_,
        "name": name,
        "what": what,
        "level": level,
        "place": where,
    }


def _alerts(asked: Asked) -> Group:
    """Open alerts, the worst and newest first; `what` is the status."""
    with asked.city.ledger.read() as tx:
        ids = asked.of(near.alerts(tx, asked.scope, asked.box))
        known = {one.id: one for one in tx.alerts(id=ids[: asked.each])} if ids else {}
    return [_alert(asked, known[id_]) for id_ in ids[: asked.each]], len(ids)


def _alert(asked: Asked, one: Alert) -> Row:
    where = place(asked.city, one.area)
    return _row("alert", one.id, one.title, one.status.value, int(one.level), where)


def _cases(asked: Asked) -> Group:
    """Open cases, the next deadline first; `what` is the status."""
    with asked.city.ledger.read() as tx:
        ids = asked.of(near.cases(tx, asked.scope, asked.box))
        known = {one.id: one for one in tx.cases(id=ids[: asked.each])} if ids else {}
    rows = []
    for case in (known[id_] for id_ in ids[: asked.each]):
        where = place(asked.city, case.area)
        row = _row("case", case.id, case.title, case.status.value, int(case.level), where)
        rows.append(row | {"overdue": case.overdue})
    return rows, len(ids)


def _workers(asked: Asked) -> Group:
    """Workers on duty whose place is known, the least busy first; `what` is their unit."""
    places: dict[str, tuple[float, float, int]] = live_or(asked.city.live.workers, {})
    ids = list(places)
    within = asked.holds([places[i][0] for i in ids], [places[i][1] for i in ids])
    here = [i for i, inside_ in zip(ids, within, strict=True) if inside_]
    with asked.city.ledger.read() as tx:
        known = near.workers(tx, here, asked.scope)
        load = near.in_hand(tx, here)
        units = {unit.id: unit.name for unit in tx.units()}
    there = [known[i] for i in here if i in known and known[i].on_duty]
    there.sort(key=lambda w: (load.get(w.id, 0), w.name))
    rows = []
    for one in there[: asked.each]:
        unit = units.get(one.unit, one.unit)
        row = _row("worker", one.id, one.name, unit, 0, place(asked.city, one.grid))
        rows.append(row | {"tasks": load.get(one.id, 0), "at": places[one.id][2]})
    return rows, len(there)


def _devices(asked: Asked) -> Group:
    """Devices, alerting ones first, then silent ones; `what` is the code of their kind."""
    city = asked.city
    points = unpack(live_or(city.live.points, b""))
    numbers = np.flatnonzero(asked.holds(points["lon"] / 1e7, points["lat"] / 1e7))
    mine = grids_inside(city.areas, asked.scope)
    numbers = numbers[mine[np.minimum(points["area"][numbers], len(mine) - 1)]]
    chosen = points[numbers]
    order = np.lexsort((numbers, -chosen["presence"].astype(int), -chosen["level"].astype(int)))
    first = [int(n) for n in numbers[order[: asked.each]]]
    known = devices_numbered(city, first)
    rows = [_device(city, known[n], points[n]) for n in first if n in known]
    return rows, len(numbers)


def _device(city: City, one: Device, point: Any) -> Row:
    kind = KINDS[point["kind"]].code if point["kind"] < len(KINDS) else one.kind
    row = _row("device", one.code, one.name, kind, int(point["level"]), place(city, one.area))
    return row | {"offline": int(point["presence"]) == OFFLINE}


def _resources(asked: Asked) -> Group:
    """Rescue teams, supplies, shelters, hazards, protected objects, cameras; `what` their sort."""
    found = resources.index(asked.city)
    chosen = found.chosen(asked.scope, set(Sort), asked.box)
    chosen = chosen[asked.holds(found.lons[chosen], found.lats[chosen])]
    things = sorted((found.things[n] for n in chosen), key=lambda t: (t.sort.value, t.name))
    rows = [
        _row("resource", t.id, t.name, t.sort.value, 0, place(asked.city, t.area))
        for t in things[: asked.each]
    ]
    return rows, len(things)
