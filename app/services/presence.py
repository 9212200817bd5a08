"""Presence: who is heard, who has fallen silent, and the alerts about silence.

Devices behind a dead gateway are shown offline and raise nothing: the gateway's one alert says how
many are affected. While a source is silent as a whole none of its devices is declared offline. A
device that comes and goes raises one alert, which stays until it keeps still.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec
import numpy as np
from numpy.typing import NDArray

from app.city import City
from app.domain.alerts import AlertChange, AlertStep, Outcome, announce
from app.domain.attendance import (
    NOBODY,
    OFFLINE_AFTER,
    Attendance,
    Flags,
    Roster,
    Times,
    Verdict,
    assess,
)
from app.domain.levels import Level
from app.domain.readings import Device, DeviceStatus, Presence
from app.domain.rulebook import GATEWAY
from app.domain.rules import SILENCE, SOURCE, Rule
from app.services import alerts, presence_feeds, presence_sources, quality
from app.services.presence_feeds import Origins
from app.store import statuses
from app.store.points import unpack

ROSTER_KEPT_MS = 60_000
ROSTER_KEPT_AFTER_BIRTHS_MS = 5_000  # a birth may bring a new period, name or gateway
FLAPPING = "（反复掉线）"  # after the title of the alert that stands for all drops

State = tuple[int, int, int]  # n, presence, level


@dataclass
class Roll:
    """What the watch of one partition knows of its devices' presence; rebuilt at each start."""

    mine: Callable[[str], bool]
    attendance: Attendance
    roster: Roster
    devices: list[Device | None] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)
    open: dict[str, tuple[str, Level, int]] = field(default_factory=dict)  # rule, level, raised
    called_at: int = 0
    called_with: int = -1  # version of the statuses then
    births: Times = field(default_factory=lambda: np.zeros(0, np.int64))
    left: Times = field(default_factory=lambda: np.zeros(0, np.int64))
    statuses: int = -1  # version of what was heard
    origins: Origins = field(default_factory=Origins)
    flapping: dict[str, int] = field(default_factory=dict)  # as Redis knows it
    calls: presence_sources.Calls | None = None  # one watch alone calls about sources

    def level(self, device: str) -> int:
        """The level of a device's open alert about its silence, 0 without one."""
        return self.open[device][1] if device in self.open else 0


def note(city: City, said: Iterable[DeviceStatus]) -> None:
    """Take in births and farewells: a farewell makes a device or gateway offline at once."""
    newest = {status.device: (status.at, status.online) for status in said}
    statuses.note(city.live.redis, newest, _now(city))


def begin(city: City, mine: Callable[[str], bool]) -> Roll:
    """Start listening: grace begins, who was offline stays so, open alerts are taken over."""
    now = _now(city)
    grace = round(city.settings.startup_grace_s * 1000)
    points = unpack(city.live.points())
    attendance = Attendance(grace_until=now + grace)
    attendance.begin(points["at"], points["presence"] == Presence.OFFLINE, now)
    roll = Roll(mine, attendance, _nobody())
    _call(city, roll, len(points), now)
    _resume_flapping(city, roll)
    silence = {rule.id for rule in city.rules.rules if rule.metric == SILENCE}
    with city.ledger.read() as tx:
        opened = tx.alerts(open=True)
    if mine(SOURCE):
        roll.calls = presence_sources.begin(opened, now)
    for alert in opened:
        if alert.rule in silence and alert.kind != SOURCE and mine(alert.device):
            raised = round(alert.raised_at.timestamp() * 1000)
            roll.open[alert.device] = (alert.rule, alert.level, raised)
    return roll


def sweep(city: City, roll: Roll, levels: Mapping[str, int], hold: Callable[[], object]) -> int:
    """Call the roll once: alerts about silence to the ledger, states to the points and the wall.

    `levels` are the levels of the devices' other open alerts; `hold` keeps the lease while many
    alerts are written. Returns how many states changed.
    """
    now = _now(city)
    points = unpack(city.live.points())
    if len(points) != len(roll.devices) or now - roll.called_at >= _keep_ms(city, roll):
        _call(city, roll, len(points), now)
    a = roll.attendance
    a.listen(points["at"], now)
    judged = presence_feeds.mind(city, roll.origins, a, roll.roster, now)
    if roll.calls:
        presence_sources.call(city, roll.calls, roll.origins, judged, now)
    _hear_statuses(city, roll)
    a.greet(roll.births)
    verdict = assess(a, roll.roster, roll.left, now)
    a.accept(verdict, roll.roster, now)
    _tell_flapping(city, roll, now)
    changes = list(_changes(city, roll, verdict, now))
    alerts.apply_in_parts(city, changes, hold)
    for change in changes:
        _remember(roll, change)
    states = _states(roll, points, verdict, levels)
    city.live.set_states(states)
    return len(states)


def _now(city: City) -> int:
    return round(city.now().timestamp() * 1000)


def _nobody() -> Roster:
    empty = np.zeros(0, np.int64)
    return Roster(empty, empty, empty, empty.astype(np.bool_), empty.astype(np.bool_))


def _call(city: City, roll: Roll, size: int, now: int) -> None:
    """Read the devices anew, into arrays by number."""
    found = [d for d in city.live.devices().values() if 0 <= d.n < size]
    roll.devices = [None] * size
    for device in found:
        roll.devices[device.n] = device
    roll.numbers = {device.code: device.n for device in found}
    at = np.fromiter((d.n for d in found), np.int64, len(found))
    period = np.fromiter((d.period_s * 1000 for d in found), np.int64, len(found))
    patience = {kind: _patience(city, kind) for kind in {d.kind for d in found}}
    allowed = np.fromiter((patience[d.kind] for d in found), np.float64, len(found)) * period
    parent = np.fromiter((_parent(roll, d) for d in found), np.int64, len(found))
    gateways = {d.n for d in found if d.kind == GATEWAY} | {int(n) for n in parent if n >= 0}
    is_gateway = np.zeros(size, np.bool_)
    is_gateway[list(gateways)] = True
    roll.roster = Roster(
        period=_spread(size, at, period, 60_000),
        allowed=_spread(size, at, allowed, 180_000),
        gateway=_spread(size, at, parent, NOBODY),
        is_gateway=is_gateway,
        known=_spread(size, at, np.ones(len(found)), 0).astype(np.bool_),
    )
    by_device = city.live.origins()
    roll.origins = presence_feeds.call(city, roll.origins, by_device, roll.numbers, size)
    quality.take_census(city, found, by_device)
    roll.called_at = now
    roll.called_with = statuses.version(city.live.redis)


def _keep_ms(city: City, roll: Roll) -> int:
    news = statuses.version(city.live.redis) != roll.called_with
    return ROSTER_KEPT_AFTER_BIRTHS_MS if news else ROSTER_KEPT_MS


def _spread(size: int, at: Times, values: NDArray[np.generic], missing: int) -> Times:
    spread = np.full(size, missing, np.int64)
    spread[at] = values
    return spread


def _parent(roll: Roll, device: Device) -> int:
    parent = roll.numbers.get(device.gateway or "", NOBODY)
    return NOBODY if parent == device.n else parent


def _patience(city: City, kind: str) -> float:
    rule = city.rules.silence(kind)
    return rule.quiet if rule else OFFLINE_AFTER


def _resume_flapping(city: City, roll: Roll) -> None:
    """Who came and goes before a restart still does."""
    roll.flapping = {d: t for d, t in city.live.flapping().items() if roll.mine(d)}
    for device, until in roll.flapping.items():
        if device in roll.numbers:
            roll.attendance.flapping_until[roll.numbers[device]] = until


def _tell_flapping(city: City, roll: Roll, now: int) -> None:
    """Let Redis know which of our devices come and go, when that has changed."""
    a = roll.attendance
    found = ((roll.devices[n], int(a.flapping_until[n])) for n in np.flatnonzero(a.flapping(now)))
    flapping = {d.code: until for d, until in found if d and roll.mine(d.code)}
    if flapping != roll.flapping:
        city.live.put_flapping(flapping, roll.flapping.keys() - flapping.keys())
        roll.flapping = flapping


def _hear_statuses(city: City, roll: Roll) -> None:
    """Read who was born and who has left, when that has changed or the roll is longer."""
    version = statuses.version(city.live.redis)
    if version == roll.statuses and len(roll.births) == len(roll.devices):
        return
    roll.births = np.zeros(len(roll.devices), np.int64)
    roll.left = roll.births.copy()
    for code, (arrived, online) in statuses.everybody(city.live.redis).items():
        if code in roll.numbers:
            (roll.births if online else roll.left)[roll.numbers[code]] = arrived
    roll.statuses = version


def _changes(city: City, roll: Roll, verdict: Verdict, now: int) -> Iterator[AlertChange]:
    """Compare who is offline by himself with the alerts that are open."""
    wanted: set[str] = set()
    for n in np.flatnonzero(verdict.offline & ~verdict.excused):
        device = roll.devices[n]
        rule = city.rules.silence(device.kind) if device else None
        if device is None or rule is None or not device.area or not roll.mine(device.code):
            continue
        wanted.add(device.code)
        yield from _silent(roll, device, rule, float(verdict.periods[n]), now)
    excused = {d.code for n in np.flatnonzero(verdict.excused) if (d := roll.devices[n])}
    for code in set(roll.open) - wanted - excused - roll.flapping.keys():
        known = roll.numbers.get(code)
        device = roll.devices[known] if known is not None else None
        rule = city.rules.rule(roll.open[code][0])
        if device and rule:
            yield _change(roll, device, rule, AlertStep.CLEAR, 0.0, now)


def _silent(
    roll: Roll, device: Device, rule: Rule, periods: float, now: int
) -> Iterator[AlertChange]:
    reached = [level for level, limit in rule.thresholds.items() if periods >= limit]
    level = max(reached, default=min(rule.thresholds))
    if device.code not in roll.open:
        yield _change(roll, device, rule, AlertStep.RAISE, periods, now, level)
    elif level > roll.open[device.code][1]:
        yield _change(roll, device, rule, AlertStep.UP, periods, now, level)


def _change(
    roll: Roll,
    device: Device,
    rule: Rule,
    step: AlertStep,
    periods: float,
    now: int,
    level: Level = Level.NONE,
) -> AlertChange:
    raised = now if step is AlertStep.RAISE else roll.open[device.code][2]
    limit = rule.thresholds.get(level, rule.quiet)
    outcome = Outcome(step, level, round(periods, 1), limit, now, raised)
    children = int((roll.roster.gateway == device.n).sum()) if rule.kind == GATEWAY else 1
    change = announce(device, rule, outcome, affected=max(children, 1))
    if step is AlertStep.RAISE and device.code in roll.flapping:
        return msgspec.structs.replace(change, title=change.title + FLAPPING)
    return change


def _remember(roll: Roll, change: AlertChange) -> None:
    if change.step is AlertStep.CLEAR:
        roll.open.pop(change.device, None)
    elif change.step is AlertStep.UP:
        roll.open[change.device] = (change.rule, change.level, roll.open[change.device][2])
    else:
        raised = round(change.at.timestamp() * 1000)
        roll.open[change.device] = (change.rule, change.level, raised)


def _states(
    roll: Roll, points: NDArray[np.void], verdict: Verdict, levels: Mapping[str, int]
) -> Sequence[State]:
    """Return the states of our devices that differ from what the points say."""
    presence = np.where(verdict.offline, Presence.OFFLINE, points["presence"])
    presence = np.where(verdict.speaking, Presence.ONLINE, presence)
    level = np.zeros(len(points), np.uint8)
    for code, worst in (*levels.items(), *((c, o[1]) for c, o in roll.open.items())):
        n = roll.numbers.get(code)
        if n is not None:
            level[n] = max(level[n], worst)
    differs = (presence != points["presence"]) | (level != points["level"])
    changed: Flags = differs & roll.roster.known
    found = ((n, roll.devices[n]) for n in np.flatnonzero(changed))
    ours = (int(n) for n, device in found if device and roll.mine(device.code))
    return [(n, int(presence[n]), int(level[n])) for n in ours]
