"""Feeds that are silent, source by source: then it is the feed, and none of its devices.

A source's readings count; births alone are silence, and so are messages that are all refused. One
that never brought any reading is judged by its messages, and one without devices (reports, orders,
warnings) only when it declares `quiet_s`.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from app.city import City
from app.domain.attendance import Attendance, Flags, Roster, Times, quiet_after_ms
from app.domain.source_silence import Voice
from app.services.grading import OWN, feed_of

log = logging.getLogger(__name__)

SILENT = "silent"  # the flag of a source that is not heard


@dataclass
class Origins:
    """By which source each device number speaks (an index of `names`), and who is silent."""

    names: tuple[str, ...] = (OWN,)
    of: Times = field(default_factory=lambda: np.zeros(0, np.int64))
    declared: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    silent: set[str] = field(default_factory=set)


def call(
    city: City,
    before: Origins,
    by_device: Mapping[str, str],
    numbers: Mapping[str, int],
    size: int,
) -> Origins:
    """Read the registry anew and sort the devices by source; by default one is the city's."""
    declared = city.live.sources()
    names = (OWN, *sorted({*declared, *by_device.values()} - {OWN}))
    index = {name: i for i, name in enumerate(names)}
    of = np.zeros(size, np.int64)
    for device, source in by_device.items():
        n = numbers.get(device)
        if n is not None:
            of[n] = index[source]
    silent = before.silent or {n for n, flags in city.live.flags().items() if SILENT in flags}
    return Origins(names, of, declared, silent)


def mind(city: City, origins: Origins, a: Attendance, roster: Roster, now: int) -> dict[str, Voice]:
    """Hold the devices of every silent source excused, and flag it (once, until it is back).

    Returns the sources that are judged: those that have spoken, after the grace.
    """
    judged: dict[str, Voice] = {}
    heard = city.live.feeds() | city.live.readings_feeds()
    lost: Flags = np.zeros(len(origins.names), np.bool_)
    for i, name in enumerate(origins.names):
        after = _quiet_ms(city, origins, i, a, roster)
        newest = heard.get(feed_of(name), 0)
        lost[i] = after is not None and now - newest > after
        if newest and now >= a.grace_until:  # a new source has not spoken yet
            judged[name] = Voice(newest, round(after or 0))
            _tell(city, origins, name, newest if lost[i] else 0, after)
    a.hold(lost[origins.of], now, round(city.settings.startup_grace_s * 1000))
    return judged


def silent(city: City) -> dict[str, int]:
    """Return the sources that are silent, by name → since when, epoch ms; none that has left."""
    known = {OWN, *city.live.sources()}
    flagged = {name: flags[SILENT] for name, flags in city.live.flags().items() if SILENT in flags}
    return {name: int(flagged[name]["since"]) for name in sorted(known & flagged.keys())}


def _quiet_ms(city: City, origins: Origins, i: int, a: Attendance, roster: Roster) -> float | None:
    """After which silence a source is lost: as declared, else by its most frequent device."""
    row = origins.declared.get(origins.names[i], {})
    if i and row.get("quiet_s"):
        return float(row["quiet_s"]) * 1000
    pace = roster.pace(a.offline | (origins.of != i))
    if not pace and i:
        return None  # nothing of it is expected
    return quiet_after_ms(pace, city.settings.feed_quiet_s * 1000)


def _tell(city: City, origins: Origins, name: str, since: int, after: float | None) -> None:
    if since and name not in origins.silent:
        log.warning("source %s is silent: none of its devices is declared offline", name)
        origins.silent.add(name)
        city.live.flag(name, SILENT, since, after_s=round((after or 0) / 1000))
    elif not since and name in origins.silent:
        log.warning("source %s is heard again", name)
        origins.silent.discard(name)
        city.live.unflag(name, SILENT)
