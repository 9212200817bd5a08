"""Search of the map: areas, addresses, devices, cases, alerts and workers.

By name, code, pinyin and its initials; several words have to fit all. What is written otherwise
than any name (紅梅, 清谭) is found by its sound. Every hit lies in the scope of whoever asks.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any, TypeVar

from app.city import City
from app.domain.kinds import BY_CODE
from app.domain.people import User, Worker, covers
from app.domain.readings import Device
from app.errors import NotFound
from app.services import components, places_pinyin, places_words
from app.services.places_devices import device_texts
from app.services.places_kept import resource_text, worker_text
from app.services.places_known import gazetteer
from app.services.places_lines import Lines
from app.services.places_open import open_texts
from app.services.views_scope import as_hit, live_or, place, scope_in
from app.store.finding import Known
from geodata.areas import Area
from geodata.gazetteer import Match
from geodata.gazetteer_names import AREAS

T = TypeVar("T")
Said = Callable[[T], tuple[str, ...]]
Hit = dict[str, Any]
LONGEST = 60  # characters that are looked for
MOST_WORDS = 5  # that a name has to fit all
SURE = 0.25  # an address less sure is not offered; default
GROUPS = ("area", "address", "device", "case", "alert", "worker", "component", "resource")


@dataclass(frozen=True)
class Wanted:
    """What is looked for: half width, in small letters, as pinyin, and each of several words."""

    typed: str
    words: str
    letters: str
    terms: tuple[Wanted, ...] = ()

    def heard(self) -> Wanted | None:
        """The same by its sound alone; None for what has none, or is one character."""
        if self.words.isascii() or len(self.words) < 2:
            return None
        return replace(self, letters=places_pinyin.spellings(self.words)[0][1], terms=())

    def rank(self, code: str, *names: str) -> int:
        """How well a code and names fit: 0 the code itself … 6 all words somewhere; -1 not."""
        code = code.lower()
        if self.words == code:
            return 0
        if code.startswith(self.words) or any(n.lower().startswith(self.words) for n in names):
            return 1
        if any(self.words in name.lower() for name in names):
            return 2
        if len(self.words) > 1 and self.words in code:
            return 3
        if self.letters and any(places_pinyin.sounds(self.letters, name) for name in names):
            return 4 if any(places_pinyin.begins(self.letters, name) for name in names) else 5
        if self.terms and all(term.rank(code, *names) >= 0 for term in self.terms):
            return 6
        return -1

    def patterns(self) -> list[str]:
        """What to look for in a text of lines "\\ncode\\tname\\t…": ever weaker ways to fit."""
        starts = [f"\n{self.words}\t", f"\n{self.words}", f"\t{self.words}"]
        inside = [self.words] if self.letters in ("", self.words) else [self.words, self.letters]
        return starts + inside + [one for term in self.terms for one in term.patterns()[-2:]]


def readable(words: str) -> str:
    """What was typed without the halves of characters that a cut leaves behind."""
    return words.encode("utf-8", "ignore").decode().strip()


def wanted(words: str) -> Wanted:
    """What somebody has typed, ready to be compared: ＧＡＳ－０１ as gas-01."""
    typed = unicodedata.normalize("NFKC", readable(words)).strip()[:LONGEST]
    several = typed.split()
    terms = tuple(map(_wanted, several)) if 1 < len(several) <= MOST_WORDS else ()
    return replace(_wanted(typed), terms=terms)


def _wanted(typed: str) -> Wanted:
    words = typed.lower()
    return Wanted(typed, words, places_pinyin.asks(words))


def search(city: City, user: User, words: str, each: int = 6) -> list[Hit]:
    """Return hits grouped by kind in the order of GROUPS, at most `each` of a kind, best first.

    A hit is as `views_scope.as_hit` gives it, with `heard` when only its sound fits; an "address"
    also has `about`, `confidence` and `within_m`, and its point is only about. Raises NotAllowed
    for field people.
    """
    scope, asked = scope_in(city, user, None), wanted(words)
    if not asked.words or "\t" in asked.words or "\n" in asked.words:
        return []
    if found := _found_as(city, user, scope, asked, each):
        return found
    heard = asked.heard()
    hits = _found_as(city, user, scope, heard, each) if heard else []
    return [hit | {"heard": True} for hit in hits]


def _found_as(city: City, user: User, scope: str, asked: Wanted, each: int) -> list[Hit]:
    found = _areas(city, scope, asked, each)
    found += _addresses(city, scope, asked, found, each)
    found += _devices(city, scope, asked, each)
    texts = open_texts(city)
    found += _cases(city, texts["case"], scope, asked, each)
    found += _alerts(city, texts["alert"], scope, asked, each)
    found += _workers(city, scope, asked, each)
    found += components.find(city, user, asked.typed, each)
    return found + _resources(city, scope, asked, each)


def _best(things: Iterable[T], rank: Callable[[T], int], each: int) -> list[T]:
    ranked = ((rank(thing), n, thing) for n, thing in enumerate(things))
    return [thing for _, _, thing in sorted((r for r in ranked if r[0] >= 0), key=_first)[:each]]


def _first(ranked: tuple[int, int, Any]) -> tuple[int, int]:
    return ranked[:2]


def _areas(city: City, scope: str, asked: Wanted, each: int) -> list[Hit]:
    inside = [area for area in _all_areas(city) if area.scope.startswith(scope)]
    return [
        _area(city, area)
        for area in _best(inside, lambda a: asked.rank(a.code, a.name, a.official), each)
    ]


def _all_areas(city: City) -> list[Area]:
    """Every area above the grids, widest first; the finest of all, if they are grids, are not."""
    row, found = [city.areas.city], list[Area]()
    while row:
        found += row
        below = [child for area in row for child in city.areas.children(area.code)]
        row = [area for area in below if area.level.value != "grid"]
    return found


def _area(city: City, area: Area) -> Hit:
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


def _addresses(city: City, scope: str, asked: Wanted, areas: list[Hit], each: int) -> list[Hit]:
    """Readings of the words as an address that are not among the areas, and no devices."""
    told = {hit["code"] for hit in areas}
    matches = [
        match
        for match in gazetteer(city, devices=False).find(asked.words, limit=each * 2)
        if match.confidence >= SURE
        and match.area.startswith(scope)
        and not (match.place.kind in AREAS and match.place.code in told)
    ]
    named = _best(
        (place_ for place_ in city.places if place_.area.startswith(scope)),
        lambda p: asked.rank(p.code or p.name, p.name),
        each,
    )
    hits = [_address(city, match) for match in matches]
    known = {hit["name"] for hit in hits}
    hits += [_address(city, Match(p, 1.0, p.within_m)) for p in named if p.name not in known]
    return hits[:each]


def _address(city: City, match: Match) -> Hit:
    place_ = match.place
    return {
        "kind": "address",
        "code": place_.area,
        "name": place_.name,
        "place": place(city, place_.area),
        "area": place_.area,
        "lon": place_.lon,
        "lat": place_.lat,
        "about": places_words.explained(match),
        "confidence": match.confidence,
        "within_m": match.within_m,
    }


def _devices(city: City, scope: str, asked: Wanted, each: int) -> list[Hit]:
    kinds = {kind for kind, one in BY_CODE.items() if asked.words in one.name}

    def rank(device: Device) -> int:
        found = asked.rank(device.code, device.name)
        return 3 if found < 0 and device.kind in kinds else found

    found = [text.find(scope, asked.patterns(), rank, each) for text in device_texts(city)]
    best = _best(chain.from_iterable(found), rank, each)
    return [as_hit(city, "device", d.code, d.name or d.code, d) for d in best]


def _found(lines: Lines[T], scope: str, asked: Wanted, each: int, said: Said[T]) -> list[T]:
    """The things of a text that fit best; `said` gives a thing's code and names."""
    return lines.find(scope, asked.patterns(), lambda thing: asked.rank(*said(thing)), each)


def _cases(city: City, text: Lines[Known], scope: str, asked: Wanted, each: int) -> list[Hit]:
    """Open cases; a whole case number finds an ended one too."""
    best = _found(text, scope, asked, each, _said)
    hits = [as_hit(city, "case", one.id, one.name, one) for one in best]
    return hits or _ended(city, scope, asked)


def _ended(city: City, scope: str, asked: Wanted) -> list[Hit]:
    try:
        with city.ledger.read() as tx:
            case = tx.case(asked.words.upper())
    except NotFound:
        return []
    return [as_hit(city, "case", case.id, case.title, case)] if covers(scope, case.area) else []


def _alerts(city: City, text: Lines[Known], scope: str, asked: Wanted, each: int) -> list[Hit]:
    best = _found(text, scope, asked, each, _said)
    return [as_hit(city, "alert", one.id, one.name, one) for one in best]


def _said(one: Known) -> tuple[str, ...]:
    return one.code, one.name, one.other


def _resources(city: City, scope: str, asked: Wanted, each: int) -> list[Hit]:
    best = _found(resource_text(city), scope, asked, each, lambda one: (one.id, one.name))
    return [as_hit(city, "resource", one.id, one.name, one) for one in best]


def _workers(city: City, scope: str, asked: Wanted, each: int) -> list[Hit]:
    best = _found(worker_text(city), scope, asked, each, lambda one: (one.id, one.name))
    if not best:
        return []
    spots: dict[str, tuple[float, float, int]] = live_or(city.live.workers, {})
    return [_worker(city, worker, spots.get(worker.id)) for worker in best]


def _worker(city: City, worker: Worker, spot: tuple[float, float, int] | None) -> Hit:
    lon, lat = spot[:2] if spot else (None, None)
    return {
        "kind": "worker",
        "code": worker.id,
        "name": worker.name,
        "place": place(city, worker.grid),
        "area": worker.grid,
        "lon": lon,
        "lat": lat,
    }
