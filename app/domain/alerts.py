"""Alerts: a rule's condition holding for one device, and how readings raise and clear it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from hashlib import blake2b
from math import inf

import msgspec
from msgspec.structs import replace

from app.domain.kinds import BY_CODE
from app.domain.levels import Level
from app.domain.quality import of_metric
from app.domain.readings import Device, Quality, Readings
from app.domain.rules import Limits, Rule, Trail

BEIJING = timezone(timedelta(hours=8))
NEVER = (0, 0, 0, 0)


class AlertStatus(StrEnum):
    """Where an alert stands."""

    RAISED = "raised"
    ACKNOWLEDGED = "acknowledged"
    CLEARED = "cleared"


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """A rule's condition holding for one device (or a gateway, an area, a source without a place).

    `id` is stable for the whole life; `level` goes up and down on it, `peak` keeps the worst.
    `value`, `threshold` are in `unit`; `domain` is the wall's tab. `next_due` is when it must be
    looked at again (escalation of an unacknowledged alert).
    """

    id: str
    rule: str
    title: str
    device: str
    device_name: str
    kind: str
    domain: str
    area: str
    lon: float | None
    lat: float | None
    level: Level
    peak: Level
    status: AlertStatus
    metric: str
    value: float
    threshold: float
    unit: str
    raised_at: datetime
    changed_at: datetime
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None
    cleared_at: datetime | None = None
    case_id: str | None = None
    affected: int = 1
    escalations: int = 0
    next_due: datetime | None = None
    version: int = 1


class AlertStep(StrEnum):
    """What a rule says has become of an alert."""

    RAISE = "raise"
    UP = "up"
    DOWN = "down"
    CLEAR = "clear"


class AlertChange(msgspec.Struct, frozen=True, kw_only=True):
    """One outcome of a rule with everything the ledger needs, handed to services.alerts.apply.

    `id` is made from (device, rule, moment of raising): a batch that is judged again after a crash
    gives the same id. Applying is therefore: RAISE with an id that exists does nothing; RAISE while
    (device, rule) has another open alert changes that one; UP and DOWN set the level and value of
    the open alert of (device, rule), with a fact only when the level differs; CLEAR clears it;
    without an open alert UP, DOWN and CLEAR do nothing. A level of RED opens a case (once).
    `at` is the event time. `reason` is said with the fact where it was no reading.
    """

    step: AlertStep
    id: str
    rule: str
    title: str
    device: str
    device_name: str
    kind: str
    domain: str
    area: str
    lon: float | None
    lat: float | None
    level: Level
    metric: str
    value: float
    threshold: float
    unit: str
    at: datetime
    affected: int = 1
    reason: str = ""


class Memory(msgspec.Struct, frozen=True, array_like=True):
    """What one rule remembers of one device; None stands for "nothing to remember".

    `level` 0 means no open alert: then `since`, `count` are the first moment and the number of
    readings over a limit, and `toward` the level of the last. With an open alert `raised` is its
    beginning, and `below` says for each level since when the value has been under its hold (0: it
    is not; () when no level is). `at`, `arrived`, `value` are of the newest reading that counted,
    `trail` what a rule about change looks back on. Times are epoch ms; `arrived` is our clock.
    """

    level: int = 0
    raised: int = 0
    since: int = 0
    count: int = 0
    toward: int = 0
    at: int = 0
    arrived: int = 0
    value: float = 0.0
    below: tuple[int, ...] = ()
    trail: Trail = ()


class Outcome(msgspec.Struct, frozen=True):
    """What has become of the alert: `value` and `threshold` in the rule's unit, times epoch ms."""

    step: AlertStep
    level: Level
    value: float
    threshold: float
    at: int
    raised: int


Judged = tuple[Memory | None, tuple[Outcome, ...]]


def alert_id(device: str, rule: str, raised: int) -> str:
    """Return the id of the alert of a device and rule that began at this moment (epoch ms)."""
    day = datetime.fromtimestamp(raised / 1000, BEIJING).strftime("%Y%m%d%H%M%S")
    mark = blake2b(f"{device}|{rule}|{raised}".encode(), digest_size=5).hexdigest()
    return f"YJ{day}-{mark}"


def judge(rule: Rule, memory: Memory | None, readings: Readings) -> Judged:
    """Weigh the readings of one device against one rule: return the new memory and what happened.

    BAD and LATE readings are not judged; SUSPECT ones raise orange at most and clear nothing. A
    sound metric beside a broken one is SUSPECT (quality.of_metric).
    Up goes at once, down after the clear delay; readings older than the newest are passed over.
    """
    value = readings.metrics.get(rule.metric)
    if value is None:
        return memory, ()
    if memory is None and rule.change is None and rule.sign * value < rule.quiet:
        return None, ()
    quality = of_metric(readings, rule.metric) if readings.quality else 0
    if quality >= Quality.BAD or value != value:  # NaN is no value
        return memory, ()
    if memory is not None and readings.at <= memory.at:
        return memory, ()
    return _weigh(rule, memory or Memory(), readings, value, doubtful=quality == Quality.SUSPECT)


def _weigh(
    rule: Rule, memory: Memory, readings: Readings, value: float, *, doubtful: bool
) -> Judged:
    limits, holds = rule.at_hour(readings.at)
    trail: Trail = ()
    if rule.change:
        value, trail = rule.change.measure(memory.trail, readings.at, value, rule.sign)
    pressure = rule.sign * value
    if rule.when and readings.metrics.get(rule.when.metric, -inf) < rule.when.at_least:
        pressure = -inf
    reach = _highest(limits, pressure)
    seen = replace(memory, at=readings.at, arrived=readings.arrived, value=value, trail=trail)
    if memory.level == 0:
        return _mount(rule, seen, min(reach, Level.ORANGE) if doubtful else reach)
    if doubtful:
        return memory if not trail else seen, ()
    return _hold(rule, memory, seen, reach, holds, pressure)


def _mount(rule: Rule, seen: Memory, reach: int) -> Judged:
    """No alert is open: count and time what is over a limit, raise when it has lasted."""
    if reach == 0:
        return _rest(seen), ()
    since = seen.since or seen.at
    pending = replace(seen, since=since, count=seen.count + 1, toward=reach)
    if pending.count < rule.samples or pending.at - since < rule.on_delay_ms:
        return pending, ()
    return _raise(rule, pending, pending.at)


def _raise(rule: Rule, pending: Memory, at: int) -> Judged:
    raised = replace(pending, level=pending.toward, raised=at, since=0, count=0, toward=0)
    return raised, (_outcome(AlertStep.RAISE, rule, raised, raised.level, at),)


def _hold(
    rule: Rule, memory: Memory, seen: Memory, reach: int, holds: Limits, pressure: float
) -> Judged:
    """An alert is open: go up at once, stay, or time each level that lets go."""
    if reach > memory.level:
        up = replace(seen, level=reach, below=())
        return up, (_outcome(AlertStep.UP, rule, up, reach, up.at),)
    if pressure >= holds[memory.level - 1]:
        if not memory.below and not seen.trail:
            return memory, ()
        return replace(seen, below=()), ()
    known = memory.below or NEVER
    below = tuple((known[i] or seen.at) if pressure < holds[i] else 0 for i in range(len(holds)))
    return _settle(rule, replace(seen, below=below), seen.at)


def _settle(rule: Rule, easing: Memory, now: int) -> Judged:
    """Let go the levels whose value has been under their hold for the clear delay."""
    level, at = easing.level, now
    while level and 0 < easing.below[level - 1] <= now - rule.clear_delay_ms:
        at = easing.below[level - 1] + rule.clear_delay_ms
        level -= 1
    if level == easing.level:
        return easing, ()
    if level:
        lower = replace(easing, level=level)
        return lower, (_outcome(AlertStep.DOWN, rule, lower, level, at),)
    return _rest(easing), (_outcome(AlertStep.CLEAR, rule, easing, 0, at),)


def _rest(seen: Memory) -> Memory | None:
    """What is left to remember when nothing is the matter."""
    return Memory(at=seen.at, arrived=seen.arrived, trail=seen.trail) if seen.trail else None


def sweep(rule: Rule, memory: Memory, now: int) -> Judged:
    """Raise or ease what only time was missing for, the last reading still standing; `now` in ms.

    For devices that are heard: silence itself proves nothing. The device's own clock is followed:
    the time since its reading arrived is added to the reading's time.
    """
    theirs = memory.at + max(now - memory.arrived, 0)
    if memory.level:
        return _settle(rule, memory, theirs) if memory.below else (memory, ())
    if memory.since == 0 or memory.count < rule.samples:
        return memory, ()
    due = memory.since + rule.on_delay_ms
    return (memory, ()) if theirs < due else _raise(rule, memory, due)


def _highest(limits: Limits, pressure: float) -> int:
    """The highest level whose limit is reached; limits need not rise (a level may have none)."""
    for level in (4, 3, 2, 1):
        if pressure >= limits[level - 1]:
            return level
    return 0


def _outcome(step: AlertStep, rule: Rule, memory: Memory, level: int, at: int) -> Outcome:
    limit = rule.threshold(level, at)
    return Outcome(step, Level(level), memory.value, limit, at, memory.raised)


def announce(device: Device, rule: Rule, outcome: Outcome, affected: int = 1) -> AlertChange:
    """Return the outcome as the ledger takes it, with everything a screen shows of an alert."""
    return AlertChange(
        step=outcome.step,
        id=alert_id(device.code, rule.id, outcome.raised),
        rule=rule.id,
        title=rule.title,
        device=device.code,
        device_name=device.name,
        kind=device.kind,
        domain=BY_CODE[device.kind].domain,
        area=device.area,
        lon=device.lon,
        lat=device.lat,
        level=outcome.level,
        metric=rule.metric,
        value=outcome.value,
        threshold=outcome.threshold,
        unit=rule.unit or _unit(device.kind, rule.metric),
        at=datetime.fromtimestamp(outcome.at / 1000, UTC),
        affected=affected,
    )


def _unit(kind: str, metric: str) -> str:
    return next((m.unit for m in BY_CODE[kind].metrics if m.code == metric), "")
