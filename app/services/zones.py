"""Functional zones (功能区): imported from a file, shown over the areas, bound to nobody's scope.

A zone is no area: nothing is counted or permitted by it. Imported zones replace those with their
codes, and every 示意 one.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

import shapely
from shapely.geometry.base import BaseGeometry

from app.city import City
from app.domain.facts import Fact
from app.domain.people import User
from app.domain.zones import Zone
from app.errors import Conflict, Invalid
from app.services.views_scope import scope_in
from app.store import zones as store
from app.store.ledger import Ledger
from geodata import zone_review
from geodata.areas import AreaTree
from geodata.importing import Finding, Sheet
from geodata.tiling import polygons

SLIVER = 0.001  # default: of a zone; less of it in a scope is not shown
DIGITS = 6  # decimals of a coordinate: 0.1 m


@dataclass(frozen=True)
class Trial:
    """What an import would do; nothing has been done. `gone` are 示意 zones that it replaces."""

    zones: list[Zone]
    findings: list[Finding]
    gone: list[Zone]

    @property
    def faults(self) -> list[Finding]:
        """What must be mended in the file first."""
        return [finding for finding in self.findings if finding.fault]


@dataclass(frozen=True)
class Drawn:
    """The zones of one edition, and for each scope that has asked how it sees them."""

    edition: int
    areas: AreaTree
    zones: list[Zone]
    features: dict[str, list[dict[str, Any]]] = field(default_factory=dict)


_drawn: WeakKeyDictionary[Ledger, Drawn] = WeakKeyDictionary()


def attempt(city: City, sheet: Sheet, kind: str, source: str) -> Trial:
    """Hold zones as read from a file against the city; Invalid when none of them fit."""
    fits, found = zone_review.review(city.areas, sheet.drawn)
    findings = [*sheet.findings, *found]
    if not fits:
        why = {f.code or f.kind: f.detail for f in findings[:5]}
        raise Invalid("文件中没有可用的功能区。", fields=why)
    zones = [
        Zone(
            code=one.code,
            name=one.name,
            kind=kind,
            shape=one.polygon.wkb,
            source=source,
            taken_at=city.now(),
        )
        for one in fits
    ]
    with city.ledger.read() as tx:
        gone = [zone for zone in store.listed(tx) if zone.schematic]
    return Trial(zones, findings, gone)


def take(city: City, trial: Trial, who: str) -> None:
    """Write the zones and drop the 示意 ones, in one transaction; Conflict with faults."""
    if trial.faults:
        raise Conflict(f"功能区文件有 {len(trial.faults)} 处错误，请修正后再导入。")
    body = {"codes": [zone.code for zone in trial.zones], "gone": [z.code for z in trial.gone]}
    root = city.areas.city.code
    with city.ledger.begin() as tx:
        store.drop(tx, [zone.code for zone in trial.gone])
        store.put(tx, trial.zones)
        tx.record(Fact(kind="zones.taken", thing=root, area="", at=city.now(), who=who, body=body))
    city.feed.publish(city.ledger)


def drop(city: City, codes: Sequence[str], who: str) -> int:
    """Drop zones by their codes; returns how many there were."""
    root, body = city.areas.city.code, {"codes": list(codes)}
    with city.ledger.begin() as tx:
        count = store.drop(tx, codes)
        tx.record(
            Fact(kind="zones.dropped", thing=root, area="", at=city.now(), who=who, body=body)
        )
    city.feed.publish(city.ledger)
    return count


def listed(city: City, user: User) -> dict[str, Any]:
    """The zones as GeoJSON, each cut to what the user may see (`cut` says so).

    Within a scope lie also small zones whose code says nothing of it: the shape decides.
    """
    scope = scope_in(city, user, None)
    with city.ledger.read() as tx:
        edition = store.edition(tx)
        drawn = _drawn.get(city.ledger)
        if drawn is None or drawn.edition != edition or drawn.areas is not city.areas:
            drawn = _drawn[city.ledger] = Drawn(edition, city.areas, store.listed(tx))
    if scope not in drawn.features:
        ground = _ground(city, scope)
        found = (_feature(zone, ground) for zone in drawn.zones)
        drawn.features[scope] = [one for one in found if one]
    return {"type": "FeatureCollection", "features": drawn.features[scope]}


def _ground(city: City, scope: str) -> BaseGeometry | None:
    """The shape of a scope; None is no limit, an empty shape for a scope that is not here."""
    if city.areas.city.code.startswith(scope):
        return None
    return city.areas.area(scope).polygon if scope in city.areas else shapely.Polygon()


def _feature(zone: Zone, ground: BaseGeometry | None) -> dict[str, Any] | None:
    whole = shapely.from_wkb(zone.shape)
    shape = whole if ground is None else polygons(shapely.intersection(whole, ground))
    if shape.area < SLIVER * whole.area:
        return None  # a neighbour whose border is drawn a little over ours
    widest = max(shapely.get_parts(shape), key=lambda part: float(part.area))
    label = shapely.maximum_inscribed_circle(widest, tolerance=1e-4).coords[0]
    rounded = shapely.transform(shape, lambda xy: xy.round(DIGITS))
    return {
        "type": "Feature",
        "id": zone.code,
        "geometry": json.loads(shapely.to_geojson(rounded)),
        "properties": {
            "code": zone.code,
            "name": zone.name,
            "kind": zone.kind,
            "schematic": zone.schematic,
            "cut": bool(shape.area < whole.area * 0.999),
            "label": [round(label[0], DIGITS), round(label[1], DIGITS)],
        },
    }
