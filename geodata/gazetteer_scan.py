"""Which known names stand in an address: the longest at each place, and what speaks against it.

What people write as they hear it (清谭三村) is found by its sound, where no name is written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from geodata.gazetteer_names import AREAS, SHORT, Place, PlaceKind
from geodata.gazetteer_text import NEAR, normal

LONGEST = 24  # characters of a name that are looked up; the rest of a longer one is not compared
HEARD = 400  # characters of a text that are read
LIKELY = 0.4  # what is left of a name that other words make the name of something else; default
# behind a bare name these make another thing's name: 荆川公园 is not the community 荆川
_OTHER = re.compile(
    "大道|路|街|巷|弄|公园|大?桥|河|湖|港|闸|医院|卫生院|学校|[小中大]学|幼儿园|广场|车?站"
    "|市场|大厦|商场|派出所|公司|集团|厂|酒店|宾馆|大楼|科技|工业|支路|嘉园|名苑|花苑|豪庭"
)
_BUILDING = re.compile(r"\d|[号幢楼弄巷单室层路]")
_HAN = re.compile("[\u4e00-\u9fff]")
BY_SOUND = 4  # characters, three of them Chinese: of shorter names too many sound alike; default
# what a city names itself; a device named after a community is not the community
_NAMED = frozenset(PlaceKind) - AREAS - {PlaceKind.DEVICE, PlaceKind.COMPONENT}
_AFTER_SHORT = re.compile(r"[\d ]|新?村|小区|那边|这边|片区|境内")


@dataclass(frozen=True)
class Hit:
    """A name at [start, end) of a text and what it may mean, with how sure each meaning is."""

    start: int
    end: int
    meanings: tuple[tuple[Place, float], ...]
    similar: bool = False
    by_sound: bool = False


class Names:
    """An index of all names; `scan` reads a text against it.

    With a `sound`, which gives a text of the same length that is equal for what sounds alike, it is
    an index of how the longer names sound.
    """

    def __init__(self, places: Iterable[Place], sound: Callable[[str], str] | None = None) -> None:
        self._sound = sound
        self._meanings: dict[str, list[tuple[Place, float]]] = {}
        for place in places:
            forms = place.spoken or {normal(place.name): 1.0}
            for form, sure in forms.items():
                if sound and _is_told_by_sound(form, place):
                    self._meanings.setdefault(sound(form[:LONGEST]), []).append((place, sure))
                elif not sound and len(form) >= SHORT:
                    self._meanings.setdefault(form[:LONGEST], []).append((place, sure))
        lengths: dict[str, set[int]] = {}
        for name in self._meanings:
            lengths.setdefault(name[:SHORT], set()).add(len(name))
        self._lengths = {head: sorted(found, reverse=True) for head, found in lengths.items()}

    def __len__(self) -> int:
        return len(self._meanings)

    def named(self, name: str) -> tuple[tuple[Place, float], ...]:
        """What a normal name means, empty when it is unknown."""
        return tuple(self._meanings.get(name[:LONGEST], ()))

    def scan(self, spoken: str) -> list[Hit]:
        """The known names of a normal text from left to right, none inside another."""
        spoken = spoken[:HEARD]
        sought = self._sound(spoken) if self._sound else spoken
        found, start = list[Hit](), 0
        while start < len(spoken):
            hit = next(self._at(spoken, sought, start), None)
            if hit:
                found.append(hit)
            start = hit.end if hit else start + 1
        return found

    def _at(self, spoken: str, sought: str, start: int) -> Iterator[Hit]:
        for length in self._lengths.get(sought[start : start + SHORT], ()):
            name = sought[start : start + length]
            meanings = self._meanings.get(name) if len(name) == length else None
            if meanings:
                hit = _heard(spoken, start, start + length, _meant(meanings))
                if hit:
                    yield replace(hit, by_sound=True) if self._sound else hit


def _is_told_by_sound(form: str, place: Place) -> bool:
    long = len(form) >= BY_SOUND and len(_HAN.findall(form)) >= BY_SOUND - 1
    return long and place.kind not in (PlaceKind.DEVICE, PlaceKind.COMPONENT)


def _meant(meanings: list[tuple[Place, float]]) -> list[tuple[Place, float]]:
    """Without the areas whose name is only like it, where the city names something just so."""
    named = max((sure for place, sure in meanings if place.kind in _NAMED), default=0.0)
    return [m for m in meanings if m[0].kind not in AREAS or m[1] > min(named, 0.99)]


def _heard(spoken: str, start: int, end: int, meanings: list[tuple[Place, float]]) -> Hit | None:
    """The hit, unless a number is cut in two or a short name only begins another word."""
    name, rest = spoken[start:end], spoken[end:]
    before = spoken[start - 1 : start]
    if name[0].isdigit() and before.isdigit():
        return None
    if name[-1].isdigit() and _BUILDING.match(rest):
        return None
    sure = max(sure for _, sure in meanings)
    bare = sure < 0.95 and any(place.kind in AREAS for place, _ in meanings)
    if not bare:
        return Hit(start, end, tuple(meanings))
    if len(name) <= SHORT and rest and not _AFTER_SHORT.match(rest) and not NEAR.match(rest):
        return None if not _OTHER.match(rest) else _weaker(start, end, meanings)
    return _weaker(start, end, meanings) if _OTHER.match(rest) else Hit(start, end, tuple(meanings))


def _weaker(start: int, end: int, meanings: list[tuple[Place, float]]) -> Hit:
    weak = tuple((place, sure * LIKELY) for place, sure in meanings)
    return Hit(start, end, weak, similar=True)
