"""What was published against what was painted: delays, merged ones, lost ones, percentiles."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

PERCENTILES = (50, 95, 99)


class Sent(NamedTuple):
    """A probe's reading as published: its value is its own in the whole run, `at` is epoch ms."""

    probe: str
    value: float
    at: float


class Painted(NamedTuple):
    """A value seen on the screen at epoch ms `at`."""

    value: float
    at: float


class Outcome(NamedTuple):
    """Delays in ms of what was painted; merged: a newer reading of the same device was painted
    instead; lost: neither was."""

    delays: list[float]
    merged: int
    lost: int

    def __add__(self, other: Outcome) -> Outcome:  # type: ignore[override]
        return Outcome(
            self.delays + other.delays, self.merged + other.merged, self.lost + other.lost
        )


NOTHING = Outcome([], 0, 0)


def key(value: float) -> int:
    """A value as it can be compared after its way through JSON and back."""
    return round(value * 10_000)


def compare(sent: Iterable[Sent], painted: Iterable[Painted]) -> Outcome:
    """Pair each reading with the first frame that showed it."""
    seen: dict[int, float] = {}
    for p in painted:
        seen.setdefault(key(p.value), p.at)
    by_probe: dict[str, list[Sent]] = defaultdict(list)
    for s in sent:
        by_probe[s.probe].append(s)
    return sum((_of_one(readings, seen) for readings in by_probe.values()), NOTHING)


def _of_one(readings: list[Sent], seen: dict[int, float]) -> Outcome:
    delays: list[float] = []
    merged = lost = 0
    newer_was_seen = False
    for s in reversed(readings):
        at = seen.get(key(s.value))
        if at is not None:
            delays.append(at - s.at)
            newer_was_seen = True
        elif newer_was_seen:
            merged += 1
        else:
            lost += 1
    return Outcome(delays, merged, lost)


def percentiles(delays: list[float]) -> dict[str, float]:
    """p50, p95 and p99 in ms."""
    found = np.percentile(delays, PERCENTILES) if delays else [float("nan")] * len(PERCENTILES)
    return {f"p{p}": round(float(v), 1) for p, v in zip(PERCENTILES, found, strict=True)}
