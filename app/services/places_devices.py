"""The devices of a city as one text that is searched with every letter somebody types.

Redis is the source. All devices are read when a web process starts and every five minutes, beside
its other work (places_ready); who has come since is read with each letter, into a text of their
own. 50,000 devices are a text of about 6 MB.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from threading import Event, Lock
from weakref import WeakKeyDictionary

from app.city import City
from app.domain.kinds import BY_CODE
from app.domain.readings import Device
from app.services.aside import aside
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
    """What one process has read: `text` all of it at a moment, `fresh` who has come since."""

    at: datetime | None = None
    after: int = 0  # the first number that is not known
    text: Text = field(default_factory=Text)
    since: dict[int, Line] = field(default_factory=dict)
    fresh: Text = field(default_factory=Text)
    reading: Lock = field(default_factory=Lock)
    hurry: Event = field(default_factory=Event)  # somebody waits for the first text


_held: WeakKeyDictionary[Live, Held] = WeakKeyDictionary()


def device_texts(city: City) -> tuple[Text, Text]:
    """The devices as they were when all were read, and those that have come since."""
    held = _held.setdefault(city.live, Held())
    if held.at is None:
        held.hurry.set()
        read_all(city, AGAIN)
    elif not held.reading.locked():  # else what was known before is good enough
        read_all(city, AGAIN)
    _learn(city, held)
    return held.text, held.fresh


def read_all(city: City, age: timedelta, pause_s: float = 0.0) -> None:
    """Read all devices when that was done longer ago than `age`; between two blocks it pauses.

    While Redis is away what was known before stays.
    """
    held = _held.setdefault(city.live, Held())
    with held.reading:
        now = city.now()
        if held.at is not None and held.at <= now < held.at + age:
            return
        blocks = live_or(lambda: list(_blocks(city, 0, pause_s, held.hurry)), None)
        if blocks is None:
            return
        text = aside(lambda: in_order(line for block in blocks for line in block.values()))
        held.text, held.after, held.at = text, _after(blocks), now
        held.since, held.fresh = {}, Text()
        held.hurry.clear()


def _learn(city: City, held: Held) -> None:
    """Numbers are given one after the other, and none is given back: who is new comes last."""
    before = held.at
    found = live_or(lambda: list(_blocks(city, held.after)), list[dict[int, Line]]())
    if found and before == held.at:
        held.after = max(held.after, _after(found))
        held.since = held.since | {n: line for block in found for n, line in block.items()}
        held.fresh = in_order(held.since.values())


def _after(blocks: list[dict[int, Line]]) -> int:
    return 1 + max((n for block in blocks for n in block), default=-1)


def _blocks(
    city: City, first: int, pause_s: float = 0.0, hurry: Event | None = None
) -> Iterator[dict[int, Line]]:
    """Devices from a number on, by number."""
    for start in count(first, BLOCK):
        codes = city.live.codes(range(start, start + BLOCK))
        if not codes:
            return
        devices = city.live.devices(codes).values()
        yield aside(partial(_lined, devices))
        if hurry is not None and pause_s:
            hurry.wait(pause_s)


def _lined(devices: Iterable[Device]) -> dict[int, Line]:
    return {device.n: lined(device) for device in devices}
