"""Where a report or an order belongs: by its point, its address, or its reporter's own area."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.city import City
from app.domain.reports import HotlineOrder, Report
from app.errors import NotFound
from app.services import places_words as words
from app.services.places_known import gazetteer
from app.store.tx import Tx
from geodata.gazetteer import Doubt, Match
from geodata.gazetteer_names import AREAS, PlaceKind, reach

USABLE = 0.6  # a reading less sure than this places nothing by itself; default, as all here
POINT, POINT_M = 0.8, 150.0  # as sure and as near as a thing must be to be drawn as a point
TELLING = 0.7  # what is left of a name that stands in the title or text, not in the address
RIVAL = 0.4  # a reading that is at least so sure beside the best is a candidate too
COMMUNITY = 12  # digits of a community's code: finer is not looked for in the text
_WRONG = {Doubt.AMBIGUOUS, Doubt.CONTRADICTION, Doubt.ELSEWHERE, Doubt.SIMILAR, Doubt.NUMBER}
_WRONG |= {Doubt.SOUND}
_COARSE = {PlaceKind.ADDRESS, PlaceKind.BUILDING}
_LINES = {PlaceKind.ROAD, PlaceKind.ESTATE}


@dataclass(frozen=True)
class Placed:
    """Where a thing belongs. `about` goes behind its address and `note` explains ("" for a point).

    lon/lat are None where only the area is known: an area is not drawn as a point. `spot` is the
    point that the address itself tells, uncoarsened: it is personal, for who may read the address.
    """

    area: str
    lon: float | None = None
    lat: float | None = None
    confidence: float = 1.0
    note: str = ""
    about: str = ""
    spot: tuple[float, float] | None = None


def settle(city: City, tx: Tx, thing: Report | HotlineOrder) -> Placed:
    """Return where a thing belongs: by its point the grid or "" outside the city.

    Without a point what its address, title or text names, else the reporter's grid, else the code
    of the city shown with confidence 0.
    """
    if thing.lon is not None and thing.lat is not None:
        return Placed(city.areas.locate_one(thing.lon, thing.lat), thing.lon, thing.lat)
    named = by_texts(city, thing)
    if named.confidence:
        return named
    worker = thing.worker if isinstance(thing, Report) else None
    if worker:
        try:
            return Placed(tx.worker(worker).grid, confidence=0.0)
        except NotFound:
            return named
    return named


def place(city: City, tx: Tx, thing: Report | HotlineOrder) -> str:
    """Return the finest area code known, see `settle`."""
    return settle(city, tx, thing).area


def by_address(city: City, address: str) -> str:
    """Return the finest area under the city shown that the address names, "" for none."""
    found = _decided(city, gazetteer(city).find(address))
    return found.area if found.confidence else ""


def by_texts(city: City, thing: Report | HotlineOrder) -> Placed:
    """Where the address says, or inside that the title or the text; confidence 0 for nowhere."""
    known = gazetteer(city)
    best = _decided(city, known.find(thing.address))
    told = thing.content if isinstance(thing, HotlineOrder) else thing.description
    for text in (thing.title, told):
        if len(best.area) >= COMMUNITY:
            break
        told_of = [_weaker(match) for match in known.find(text)]
        finer = _decided(city, [m for m in told_of if m.area.startswith(_scope(city, best.area))])
        if len(finer.area) > len(best.area) or finer.confidence and not best.confidence:
            best = finer
    return best


def _scope(city: City, area: str) -> str:
    return city.areas.area(area).scope if area in city.areas else area


def _weaker(match: Match) -> Match:
    return replace(match, confidence=round(match.confidence * TELLING, 3))


def _decided(city: City, found: Sequence[Match]) -> Placed:
    """The best reading if it is sure enough, else the area that holds all that are possible."""
    shown = city.settings.city
    if not found:
        return Placed(shown, confidence=0.0, note=words.UNKNOWN)
    scope = _scope(city, shown)
    best = found[0]
    wide = scope.startswith(_scope(city, best.area))  # the area shown, a road through it
    if best.confidence >= USABLE and not wide and not best.area.startswith(scope):
        return Placed(shown, confidence=0.0, note=words.outside(best))
    if best.confidence >= USABLE and wide:
        finer = [m for m in found if m.area.startswith(scope) and m.area != shown]
        return _between(city, finer) if finer else Placed(shown, confidence=0.0, note=words.WIDE)
    if best.confidence >= USABLE:
        return _on(city, best)
    return _between(city, [match for match in found if match.area.startswith(scope)])


def _on(city: City, best: Match) -> Placed:
    point = (
        best.confidence >= POINT
        and best.within_m <= POINT_M
        and best.place.kind not in AREAS | _LINES
        and not _WRONG.intersection(best.doubts)
    )
    area = best.area if point or best.place.kind in AREAS else _around(city, best)
    placed = Placed(
        area,
        confidence=best.confidence,
        note=words.explained(best),
        about=words.about(words.said(best), best.within_m),
    )
    if not point:
        return placed
    # the point of a house would tell the number that is masked: about 100 m coarser
    digits = 3 if best.place.kind in _COARSE else 6
    lon, lat = best.place.lon, best.place.lat
    return replace(placed, lon=round(lon, digits), lat=round(lat, digits), spot=(lon, lat))


def _around(city: City, best: Match) -> str:
    """The finest area that is as wide as the place is inexact."""
    wide = [a for a in city.areas.path(best.area) if reach(a.polygon) >= best.within_m]
    return wide[-1].code if wide else best.area


def _between(city: City, found: list[Match]) -> Placed:
    """The finest area that holds all readings about as good as the best, if that says anything."""
    shown = city.settings.city
    if not found:
        return Placed(shown, confidence=0.0, note=words.UNKNOWN)
    near = [match for match in found if match.confidence >= found[0].confidence * RIVAL]
    steps = [city.areas.path(m.area) if m.area in city.areas else () for m in near]
    held = [s for s, *rest in zip(*steps, strict=False) if all(r.code == s.code for r in rest)]
    area = held[-1] if held else city.areas.area(shown)
    doubted = {Doubt.ELSEWHERE, Doubt.SIMILAR}
    sure = 0.0 if any(doubted & set(m.doubts) for m in near) else sum(m.confidence for m in near)
    note = words.undecided(near, area.name)
    if sure < USABLE or not area.code.startswith(_scope(city, shown)) or area.code == shown:
        return Placed(shown, confidence=0.0, note=note)
    about = words.about(area.name)
    return Placed(area.code, confidence=min(round(sure, 3), 0.95), note=note, about=about)
