"""The devices of a city as one text that is searched with every letter somebody types.

Redis is the source: new devices are read when somebody searches, all of them again after ten
minutes. 50,000 devices are a text of about 6 MB.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from weakref import WeakKeyDictionary

from app.city import City
from app.domain.kinds import BY_CODE
from app.domain.readings import Device
from app.services import places_pinyin
from app.services.views_scope import live_or
from app.store.live import Live

AGAIN = timedelta(minutes=10)  # so long a renamed device is found by its old name; default
BLOCK = 500  # numbers read at once: between two blocks the web role serves others
MOST = 200  # candidates of one sort that are looked at closely; default
SURE = 1  # a rank that nothing found later can beat: the code itself, or how it begins


@dataclass
class DeviceText:
    """All devices in the order of their areas, so that a scope is one stretch of the text."""

    devices: list[Device] = field(default_factory=list)
    areas: list[str] = field(default_factory=list)
    starts: array[int] = field(default_factory=lambda: array("L", [0]))
    text: str = ""

    def find(
        self, scope: str, patterns: Iterable[str], rank: Callable[[Device], int], each: int
    ) -> list[Device]:
        """Return the devices of a scope that fit best, at most `each`.

        The patterns stand for ever weaker ways to fit; `rank` judges what they find, -1 for none.
        """
        low = bisect_left(self.areas, scope)
        high = bisect_right(self.areas, scope + "\uffff")
        ranked: dict[int, int] = {}
        for pattern in patterns:
            for n in self._lines(pattern, low, high):
                if n not in ranked:
                    ranked[n] = rank(self.devices[n])
            if sum(0 <= found <= SURE for found in ranked.values()) >= each:
                break
        fitting = ((found, self.devices[n].code, n) for n, found in ranked.items() if found >= 0)
        return [self.devices[n] for _, _, n in sorted(fitting)[:each]]

    def _lines(self, pattern: str, low: int, high: int) -> Iterable[int]:
        """The numbers of the first MOST lines that hold a pattern."""
        at, end = self.starts[low], self.starts[high]
        for _ in range(MOST):
            at = self.text.find(pattern, at, end)
            if at < 0:
                return
            n = bisect_right(self.starts, at) - 1
            yield n
            at = self.starts[n + 1]


Line = tuple[Device, str]


def written(lines: Iterable[Line]) -> DeviceText:
    """Put the lines of devices into one text."""
    ordered = sorted(lines, key=lambda line: (line[0].area, line[0].code))
    starts = array("L", [0])
    for _, line in ordered:
        starts.append(starts[-1] + len(line))
    devices = [device for device, _ in ordered]
    areas = [device.area for device in devices]
    return DeviceText(devices, areas, starts, "".join(line for _, line in ordered))


def line_of(device: Device) -> Line:
    """A device with its line: it begins with the code, a tab stands before each name."""
    initials, whole = places_pinyin.spelled(device.name)
    kind = BY_CODE[device.kind].name if device.kind in BY_CODE else ""
    return device, f"\n{device.code}\t{device.name}\t{initials}\t{whole}\t{kind}".lower()


@dataclass
class Held:
    """What one process has read, and when it last read all of it."""

    at: datetime
    known: dict[int, Line] = field(default_factory=dict)
    text: DeviceText = field(default_factory=DeviceText)
    busy: bool = False


_held: WeakKeyDictionary[Live, Held] = WeakKeyDictionary()


def device_text(city: City) -> DeviceText:
    """The devices known now; while somebody else reads them anew, those known before."""
    now = city.now()
    held = _held.setdefault(city.live, Held(now - 2 * AGAIN))
    if held.busy and held.known:
        return held.text
    again = not held.at <= now < held.at + AGAIN
    held.busy = True
    try:
        found = live_or(lambda: _read(city, 0 if again else len(held.known)), None)
    finally:
        held.busy = False
    if found is None or not (found or again):
        return held.text  # Redis is away, or nothing is new
    held.known = found if again else held.known | found
    held.text, held.at = written(held.known.values()), now if again else held.at
    return held.text


def _read(city: City, first: int) -> dict[int, Line]:
    """Devices from a number on; numbers are given one after the other, and none is given back."""
    found: dict[int, Line] = {}
    for start in count(first, BLOCK):
        codes = city.live.codes(range(start, start + BLOCK))
        if not codes:
            return found
        found |= {device.n: line_of(device) for device in city.live.devices(codes).values()}
    return found
