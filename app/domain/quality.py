"""Quality: which doubts a reading raises by itself, by what its device said before, by its place.

Pure: what is remembered of a device is handed in and given back. A doubt about the value lowers
the quality; a wrong clock or a late arrival says nothing against the value and is only shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntFlag
from typing import NamedTuple

import msgspec

from app.domain.kinds import BY_CODE, Metric
from app.domain.readings import Quality, Readings


class Doubt(IntFlag):
    """What is odd about a reading; together they fit one byte of msgpack (0..127)."""

    RANGE = 1  # outside what the sensor can report
    JUMP = 2  # steeper than physics allows
    STUCK = 4  # the very same value for too long
    UNIT = 8  # outside the range, but inside it in another unit
    NEIGHBOUR = 16  # far from what those around it say
    LATE = 32  # 补报: older than the newest of its device
    SKEW = 64  # its time is far from ours


# plain numbers: IntFlag makes an object of each `|`, which is too dear per message
RANGE, JUMP, STUCK, UNIT, NEIGHBOUR, LATE, SKEW = (int(doubt) for doubt in Doubt)
BADNESS = RANGE | UNIT
SUSPICION = JUMP | STUCK | NEIGHBOUR

SKEW_MS = 120_000  # default: transport and clocks of working devices stay well below
STEEP_SLACK_MS = 1_000  # readings closer together than this have their clock's own jitter
# what firmware writes for "no value"; such a number is no mix-up of units
SENTINELS = frozenset(
    {-99999.0, -9999.0, -999.0, -99.0, 999.0, 999.9, 9999.0, 9999.9, 99999.0}
    | {32767.0, -32768.0, 65535.0, 6553.5, 2147483647.0, 4294967295.0}
)
# our unit → units that are sent in its place, mildest first: value × factor + offset is ours
MIXED_UP: dict[str, tuple[tuple[str, float, float], ...]] = {
    "MPa": (("bar", 0.1, 0), ("psi", 0.00689475729, 0), ("kPa", 1e-3, 0), ("hPa", 1e-4, 0))
    + (("Pa", 1e-6, 0),),
    "℃": (("℉", 5 / 9, -160 / 9), ("K", 1, -273.15)),
    "m": (("cm", 1e-2, 0), ("mm", 1e-3, 0)),
    "cm": (("mm", 0.1, 0),),
    "mg/m³": (("µg/m³", 1e-3, 0),),
    "mA": (("µA", 1e-3, 0),),
    "%LEL": (("ppm CH4", 1 / 500, 0),),
    "m³/h": (("L/h", 1e-3, 0),),
    "%": (("‰", 0.1, 0),),
}


class Trace(NamedTuple):
    """What is remembered of one metric of one device; times are epoch ms of the event.

    `since` is when it began to stand on `value`; `anchor` is the newest (at, value) that was not
    doubted for its jump, None while `value` itself was not. `doubt` is what the newest one got.
    """

    at: int
    value: float
    since: int
    anchor: tuple[int, float] | None = None
    doubt: int = 0


Traces = dict[str, Trace]


class Check(NamedTuple):
    """What one metric of one kind is held against: range, change per ms, ms of standing still."""

    low: float
    high: float
    steepest: float | None
    still_ms: int | None
    unit: str
    watched: bool


class Reason(msgspec.Struct, frozen=True):
    """Why a reading is doubted, for showing; `metric` and `unit` only where they can be told."""

    doubt: str
    metric: str = ""
    unit: str = ""


def _check(m: Metric) -> Check:
    steepest = None if m.steepest is None else m.steepest / 60_000
    still_ms = None if m.still_s is None else m.still_s * 1000
    watched = steepest is not None or still_ms is not None
    return Check(m.low, m.high, steepest, still_ms, m.unit, watched)


CHECKS: dict[str, dict[str, Check]] = {
    code: {metric.code: _check(metric) for metric in kind.metrics} for code, kind in BY_CODE.items()
}
NOTHING: Traces = {}


def weigh(
    kind: str, known: Traces | None, at: int, metrics: Mapping[str, float]
) -> tuple[int, Traces | None]:
    """Return the doubts about a reading and what to remember of its device (None: as before).

    `known` is what was remembered. Memory only advances: an older reading is held against ranges
    alone, one that was weighed before gets the answer it got then.
    """
    checks = CHECKS.get(kind)
    if checks is None:
        return 0, None
    doubts, news = 0, None
    for name, value in metrics.items():
        check = checks.get(name)
        if check is None:
            continue
        if not check.low <= value <= check.high:
            doubts |= UNIT if mixed_up(check, value) else RANGE
        elif check.watched:
            trace = known.get(name) if known else None
            if trace is not None and at <= trace.at:
                doubts |= trace.doubt if at == trace.at and value == trace.value else 0
                continue
            trace = _trace(check, trace, at, value)
            doubts |= trace.doubt
            if news is None:
                news = dict(known) if known else {}
            news[name] = trace
    return doubts, news


def _trace(check: Check, before: Trace | None, at: int, value: float) -> Trace:
    """Take in a newer value of one metric."""
    if before is None:
        return Trace(at, value, at)
    since, anchor, doubt = at, None, 0
    if value == before.value:
        since = before.since
        if check.still_ms is not None and at - since >= check.still_ms:
            doubt = STUCK
    elif check.steepest is not None and _steep(check.steepest, before.at, before.value, at, value):
        # whoever comes back from a spike to where it was is not doubted again
        anchor = before.anchor or (before.at, before.value)
        if before.anchor is not None and not _steep(check.steepest, *before.anchor, at, value):
            anchor = None
        else:
            doubt = JUMP
    return Trace(at, value, since, anchor, doubt)


def _steep(steepest: float, at: int, value: float, then: int, after: float) -> bool:
    """Whether a change is beyond physics; at least a minute's change is always allowed.

    Instruments round, average and report at odd moments, so the shortest span is a minute.
    """
    span = max(then - at + STEEP_SLACK_MS, 60_000)
    return abs(after - value) > steepest * span


def mixed_up(check: Check, value: float) -> str:
    """Return the unit in which a value outside the range would be inside, "" for none.

    Numbers that firmware writes for "no value" are no mix-up.
    """
    if value in SENTINELS:
        return ""
    for unit, factor, offset in MIXED_UP.get(check.unit, ()):
        if check.low <= value * factor + offset <= check.high:
            return unit
    return ""


def skew_limit_ms(period_s: int | None) -> int:
    """Return how far from our clock a source's times may be: means of an hour are an hour old."""
    return max(SKEW_MS, 2000 * (period_s or 0))


def quality(doubts: int, said: int = Quality.GOOD) -> int:
    """Return the quality that doubts lead to; what the device says of itself is not improved."""
    if doubts & BADNESS:
        return int(Quality.BAD)
    if doubts & SUSPICION and said == Quality.GOOD:
        return int(Quality.SUSPECT)
    return said


def of_metric(readings: Readings, metric: str) -> int:
    """Return the quality of one metric of a reading, for who judges that metric alone.

    A broken channel does not silence the others of its device: they are suspect, so an alert of
    theirs rises to orange and not to red.
    """
    if readings.quality != Quality.BAD or not readings.doubts & BADNESS:
        return readings.quality
    check = CHECKS.get(readings.kind, {}).get(metric)
    value = readings.metrics.get(metric)
    sound = check is not None and value is not None and check.low <= value <= check.high
    return int(Quality.SUSPECT if sound else Quality.BAD)


def names(doubts: int) -> list[str]:
    """Return the doubts in words of the code: ["range", "late"]."""
    return [_NAMES[bit] for bit in _NAMES if doubts & bit]


_NAMES = {int(doubt): str(doubt.name).lower() for doubt in Doubt}


def reasons(kind: str, metrics: Mapping[str, float], doubts: int) -> list[Reason]:
    """Return why a reading is doubted; range and unit name their metric."""
    found = []
    checks = CHECKS.get(kind, {})
    if doubts & BADNESS:
        for name, value in metrics.items():
            check = checks.get(name)
            if check and not check.low <= value <= check.high:
                unit = mixed_up(check, value)
                found.append(Reason("unit" if unit else "range", name, unit))
    return found + [Reason(name) for name in names(doubts & ~BADNESS)]
