"""The gazetteer: an address becomes places with a confidence and the reasons, without internet.

`confidence` (0..1) is how sure the place is the one that is meant, `within_m` how far from the
point it may be: a community that is certainly meant is sure and wide. The factors are defaults.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

from geodata.areas import AreaTree
from geodata.gazetteer_names import AREAS, Place, PlaceKind, apart_m, of_areas
from geodata.gazetteer_roads import GUESSED, crossing, of_number
from geodata.gazetteer_scan import HEARD, Hit, Names
from geodata.gazetteer_text import (
    CROSSING,
    HOUSE,
    NEAR,
    ROAD,
    SIDE,
    STRETCH,
    TOWARDS,
    Prefix,
    normal,
    prefix,
)

CONFIRMED = 0.4  # of the doubt that is left, a name that fits takes this away; default
CONFIRMED_WIDE = 0.15  # a district has many places of that name; default
CONTRADICTED = 0.5  # default, as all below
ELSEWHERE = 0.15  # another city, or a district this city does not have
UNKNOWN_NUMBER = 0.9  # the estate is sure, its fourth village is not in the list
BY_SOUND = 0.8  # what is left of a name that only sounds so
ABOUT = 1.5  # a generated border (示意) says no more than that its area lies about here
FEWEST = 0.1  # less sure than this is not told
NEAR_M, SIDE_M = 100.0, 100.0
SURE = 0.97  # nothing that people say is surer


class Doubt(StrEnum):
    """What was guessed or stays open about a match."""

    AMBIGUOUS = "ambiguous"  # the name means several places
    CONTRADICTION = "contradiction"  # another name in the address lies elsewhere
    ELSEWHERE = "elsewhere"  # the address begins with another city or an unknown district
    SIMILAR = "similar"  # the name is part of the name of something else
    SOUND = "sound"  # written otherwise, but it sounds like the name
    NEAR = "near"  # 附近, 对面, 东侧
    HOUSE = "house"  # the building or house number was not looked up, or is not known
    NUMBER = "number"  # the house number was guessed from a neighbour's
    ROAD = "road"  # a road is named that no place-name file knows
    CROSSING = "crossing"  # the crossing was computed from the courses of its roads
    DRAWN = "drawn"  # the area's border is generated (示意)


@dataclass(frozen=True)
class Match:
    """One reading of an address. `area` is the code of the area, or of the one it lies in."""

    place: Place
    confidence: float
    within_m: float
    doubts: tuple[Doubt, ...] = ()
    heard: tuple[str, ...] = ()

    @property
    def area(self) -> str:
        """The finest area code that follows."""
        return self.place.area


class Gazetteer:
    """All names of a city; read-only, safe to share between threads."""

    def __init__(
        self, tree: AreaTree, *more: Iterable[Place], sound: Callable[[str], str] | None = None
    ) -> None:
        """`more` are places from a place-name file, components, devices; `sound` see `Names`."""
        areas = tuple(of_areas(tree))
        self._tree, self._city = tree, areas[0]
        self._districts = {normal(p.name) for p in areas if p.kind is PlaceKind.DISTRICT}
        every = (*areas, *(place for places in more for place in places))
        self.names = Names(every)
        self._sounds = Names(every, sound) if sound else None

    def find(self, address: str, limit: int = 5) -> list[Match]:
        """The readings of an address, the best first: sure ones before unsure, then the finest.

        Empty when no name is known, whatever the text: this never fails.
        """
        spoken = normal(address[: HEARD * 2])
        hits = self._hits(spoken)
        hits = _of_numbers(self.names, spoken, hits)
        found = [match for hit in hits for match in _readings(hit, hits, spoken)]
        found += self._crossing(spoken, hits, found)
        if self._elsewhere(prefix(spoken)):
            found = [_doubted(match, ELSEWHERE, Doubt.ELSEWHERE) for match in found]
        sure = [match for match in found if match.confidence >= FEWEST]
        return sorted(_each_once(sure), key=_rank)[:limit]

    def _hits(self, spoken: str) -> list[Hit]:
        """The names as they are written, and where none is, those that sound so."""
        hits = self.names.scan(spoken)
        if self._sounds is None:
            return hits
        more = (
            hit
            for hit in self._sounds.scan(spoken)
            if all(hit.end <= other.start or hit.start >= other.end for other in hits)
        )
        return sorted([*hits, *more], key=lambda hit: hit.start)

    def _crossing(self, spoken: str, hits: Sequence[Hit], found: Sequence[Match]) -> list[Match]:
        """Where two of the roads meet, as sure as the less sure of them and confirmed by it."""
        if not CROSSING.search(spoken) and not _meet(spoken, hits):
            return []
        place = crossing([place for hit in hits for place, _ in hit.meanings], self._tree)
        if place is None:
            return []
        sure = min(match.confidence for match in found if match.place.line is not None)
        sure += (SURE - sure) * CONFIRMED
        return [Match(place, round(sure, 3), place.within_m, (Doubt.CROSSING,), (place.name,))]

    def _elsewhere(self, said: Prefix) -> bool:
        """Whether an address begins with a city or a district that is none of ours."""
        city = self._city.name.removesuffix("市")
        own_city = not said.city or said.city == city or f"{said.city}市" in self._districts
        return not own_city or bool(said.district and said.district not in self._districts)


def _meet(spoken: str, hits: Sequence[Hit]) -> bool:
    """Whether two roads are said in one breath: 长江中路星港路, 长江中路近星港路."""
    return any(
        one.meanings[0][0].kind is other.meanings[0][0].kind is PlaceKind.ROAD
        and spoken[one.end : other.start] in ("", "近", "靠近")
        and not STRETCH.match(spoken[other.end :])
        for one, other in pairwise(hits)
    )


def _rank(match: Match) -> tuple[float, float, float, str]:
    """Sure before unsure in steps, inside a step the finest first."""
    step = 0 if match.confidence >= 0.6 else 1 if match.confidence >= 0.3 else 2
    return step, match.within_m, -match.confidence, match.place.area + match.place.name


def _each_once(matches: Sequence[Match]) -> list[Match]:
    best: dict[Place, Match] = {}
    for match in matches:
        if match.place not in best or best[match.place].confidence < match.confidence:
            best[match.place] = match
    return list(best.values())


def _of_numbers(names: Names, spoken: str, hits: list[Hit]) -> list[Hit]:
    """The hits, with a numbered address beside its road where one nearby is known."""
    more = []
    for hit in hits:
        house = HOUSE.match(spoken[hit.end :])
        if house and house[2] == "号":
            road = spoken[hit.start : hit.end]
            near = of_number(names, road, int(house[1]))
            if near:
                more.append(Hit(hit.start, hit.end, ((near, 0.75),)))
    return [*hits, *more]


def _readings(hit: Hit, hits: Sequence[Hit], spoken: str) -> list[Match]:
    """What one name may mean, judged by the other names of the address."""
    others = [other for other in hits if other.start != hit.start]
    judged = [(place, sure, _fits(place, others)) for place, sure in hit.meanings]
    fewest = min(len(fits[1]) for _, _, fits in judged)
    left = [one for one in judged if len(one[2][1]) == fewest]
    return [_reading(hit, *one, left, spoken) for one in left]


Fits = tuple[list[Place], list[Place]]  # the names that confirm a place, and that contradict it


def _fits(place: Place, others: Sequence[Hit]) -> Fits:
    yes, no = list[Place](), list[Place]()
    for other in others:
        if place.kind is PlaceKind.ROAD and other.meanings[0][0].kind is PlaceKind.ROAD:
            continue  # each says nothing against the other
        joined = [p for p, _ in other.meanings if _related(p, place)]
        if joined:
            yes.append(joined[0])
        elif max(sure for _, sure in other.meanings) >= 0.5 and not _about(place, other):
            no.append(other.meanings[0][0])
    return yes, no


def _about(place: Place, other: Hit) -> bool:
    """Whether one is a generated area and the other, which is real, may well lie in it."""
    return any(
        place.drawn != p.drawn
        and apart_m(place, p) <= ABOUT * max(one.within_m for one in (place, p) if one.drawn)
        for p, _ in other.meanings
    )


def _related(one: Place, other: Place) -> bool:
    """Whether one lies in the other, as far as their codes say."""
    if PlaceKind.CITY in (one.kind, other.kind):
        return True
    short, long = sorted((one.area, other.area), key=len)
    return bool(short) and long.startswith(short)


def _reading(
    hit: Hit,
    place: Place,
    sure: float,
    fits: Fits,
    left: list[tuple[Place, float, Fits]],
    spoken: str,
) -> Match:
    yes, no = fits
    doubts = list[Doubt]()
    weights = [other * CONTRADICTED ** len(f[1]) for p, other, f in left if p != place]
    confidence = min(sure, SURE)
    if hit.by_sound:
        confidence *= BY_SOUND
        doubts.append(Doubt.SOUND)
    for other in yes:
        wide = other.kind in (PlaceKind.CITY, PlaceKind.DISTRICT)
        confidence += (SURE - confidence) * (CONFIRMED_WIDE if wide else CONFIRMED)
    if weights:
        confidence *= sure / (sure + sum(weights))
        doubts.append(Doubt.AMBIGUOUS)
    if no:
        confidence *= CONTRADICTED ** len(no)
        doubts.append(Doubt.CONTRADICTION)
    if hit.similar:
        confidence = min(confidence, sure)
        doubts.append(Doubt.SIMILAR)
    heard = tuple(dict.fromkeys(other.name for other in (*yes, place)))
    match = Match(place, round(confidence, 3), place.within_m, tuple(doubts), heard)
    return _around(match, hit, spoken)


def _around(match: Match, hit: Hit, spoken: str) -> Match:
    """The match with what the words behind the name leave open."""
    rest = spoken[hit.end :]
    doubts, within = list(match.doubts), match.within_m
    if NEAR.search(rest) or SIDE.search(rest) or TOWARDS.search(spoken[: hit.start]):
        doubts.append(Doubt.NEAR)
        within += NEAR_M
    if HOUSE.search(rest) and match.place.kind not in (PlaceKind.ADDRESS, PlaceKind.BUILDING):
        doubts.append(Doubt.HOUSE)
    guessed = match.place.kind is PlaceKind.ADDRESS and match.place.code == GUESSED
    if guessed:
        doubts.append(Doubt.NUMBER)
    unknown = ROAD.search(rest)
    if unknown and match.place.line is None and match.place.kind in AREAS:
        doubts.append(Doubt.ROAD)
    if match.place.drawn:
        doubts.append(Doubt.DRAWN)
    return replace(match, within_m=within, doubts=tuple(doubts))


def _doubted(match: Match, factor: float, doubt: Doubt) -> Match:
    sure = round(match.confidence * factor, 3)
    return replace(match, confidence=sure, doubts=(*match.doubts, doubt))
