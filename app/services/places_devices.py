"""The devices of a city as one text that is searched with every letter somebody types.

Redis is the source: new devices are read when somebody searches, all of them again after ten
minutes. 50,000 devices are a text of about 6 MB.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from weakref import WeakKeyDictionary

from app.city import City
from app.domain.kinds import BY_CODE
from app.domain.readings import Device
from app.services.places_lines import Lines, line_of, written
from app.services.views_scope import live_or
from app.store.live import Live

AGAIN = timedelta(minutes=10)  # so long a renamed device is found by its old name; default
BLOCK = 500  # numbers read at once: between two blocks the web role serves others


Line = tuple[Device, str]
Text = Lines[Device]


def lined(device: Device) -> Line:
    """A device with its line."""
    kind = BY_CODE[device.kind].name if device.kind in BY_CODE else ""
    return device, line_of(device.code, device.name, more=kind)


def in_order(lines: Iterable[Line]) -> Text:
    """The lines of devices as one text."""
    ordered = sorted(lines, key=lambda line: (line[0].area, line[0].code))
    return written(((one, one.area, line) for one, line in ordered), sorted_areas=True)


@dataclass
class Held:
    """What one process has read, and when it last read all of it."""

    at: datetime
    known: dict[int, Line] = field(default_factory=dict)
    text: Text = field(default_factory=Text)
    busy: bool = False


_held: WeakKeyDictionary[Live, Held] = WeakKeyDictionary()


def device_text(city: City) -> Text:
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
    held.text, held.at = in_order(held.known.values()), now if again else held.at
    return held.text


def _read(city: City, first: int) -> dict[int, Line]:
    """Devices from a number on; numbers are given one after the other, and none is given back."""
    found: dict[int, Line] = {}
    for start in count(first, BLOCK):
        codes = city.live.codes(range(start, start + BLOCK))
        if not codes:
            return found
        found |= {device.n: lined(device) for device in city.live.devices(codes).values()}
    return found
