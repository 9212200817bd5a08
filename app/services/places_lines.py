"""Things as one text that is searched with every letter somebody types: a line for each thing.

A line is "\\ncode\\tname\\t…" in small letters; a pattern like "\\nword" says where a word stands.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Generic, TypeVar

from app.domain.people import concerns
from app.services import places_pinyin

T = TypeVar("T")
MOST = 200  # candidates of one sort that are looked at closely; default
SURE = 1  # a rank that nothing found later can beat: the code itself, or how it begins


def line_of(code: str, *names: str, more: str = "") -> str:
    """The line of a thing: its code, its names with the pinyin of the first, and more words."""
    spoken = dict.fromkeys(chain.from_iterable(places_pinyin.spellings(names[0])))
    return "\n" + "\t".join((code, *names, *spoken, more)).lower()


@dataclass
class Lines(Generic[T]):
    """Things in an order, of two that fit alike the first wins; `areas` say whose they are.

    `sorted_areas`: they are in the order of their areas, so that a scope is one stretch.
    """

    things: list[T] = field(default_factory=list)
    areas: list[str] = field(default_factory=list)
    starts: array[int] = field(default_factory=lambda: array("L", [0]))
    text: str = ""
    sorted_areas: bool = False

    def find(
        self, scope: str, patterns: Iterable[str], rank: Callable[[T], int], each: int
    ) -> list[T]:
        """Return the things of a scope that fit best, at most `each`.

        The patterns stand for ever weaker ways to fit; `rank` judges what they find, -1 for none.
        """
        ranked: dict[int, int] = {}
        for pattern in patterns:
            for n in self._lines(pattern, scope):
                if n not in ranked:
                    ranked[n] = rank(self.things[n])
            if sum(0 <= found <= SURE for found in ranked.values()) >= each:
                break
        fitting = sorted((found, n) for n, found in ranked.items() if found >= 0)
        return [self.things[n] for _, n in fitting[:each]]

    def _lines(self, pattern: str, scope: str) -> Iterator[int]:
        """The numbers of the first MOST lines of a scope that hold a pattern."""
        low, high = self._stretch(scope)
        at, end, left = self.starts[low], self.starts[high], MOST
        while left and (at := self.text.find(pattern, at, end)) >= 0:
            n = bisect_right(self.starts, at) - 1
            at = self.starts[n + 1]
            if concerns(scope, self.things[n]):
                left -= 1
                yield n

    def _stretch(self, scope: str) -> tuple[int, int]:
        if not self.sorted_areas:
            return 0, len(self.areas)
        return bisect_left(self.areas, scope), bisect_right(self.areas, scope + "\uffff")


def written(rows: Iterable[tuple[T, str, str]], *, sorted_areas: bool = False) -> Lines[T]:
    """Put (thing, area, line) into one text, in their order."""
    found, lines = Lines[T](sorted_areas=sorted_areas), list[str]()
    for thing, area, line in rows:
        found.things.append(thing)
        found.areas.append(area)
        found.starts.append(found.starts[-1] + len(line))
        lines.append(line)
    found.text = "".join(lines)
    return found
