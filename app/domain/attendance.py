"""Who is heard: which devices have fallen silent, and whether it is they or their gateway.

Whole-city arrays with one element per device number; all times are epoch milliseconds.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Times = NDArray[np.int64]
Flags = NDArray[np.bool_]

FLAPS = 4  # default: so often offline within an hour, and a device is held to come and go
FLAP_WINDOW_MS = 3_600_000
FLAP_QUIET_MS = 1_800_000  # default: as long without a change, and it is a device like others
OFFLINE_AFTER = 3.0  # reporting periods, where no rule says otherwise
IN_FLIGHT_MS = 2_000  # what arrives so soon after a farewell was sent before it
NOBODY = -1


@dataclass(frozen=True)
class Roster:
    """The devices by number: their period, the silence allowed, their gateway's number or NOBODY.

    `known` is False for numbers that are not ours to judge.
    """

    period: Times
    allowed: Times
    gateway: Times
    is_gateway: Flags
    known: Flags

    @property
    def children(self) -> Times:
        """The numbers of the devices behind a gateway."""
        return np.flatnonzero(self.gateway != NOBODY)

    def pace(self, others: Flags) -> float:
        """The shortest period without the others (who are offline), 0 when there is nobody."""
        periods = self.period[self.known & ~others]
        return float(periods.min()) if len(periods) else 0.0


@dataclass
class Attendance:
    """When each device was last heard, by our clock: their own may be wrong by minutes.

    `voice` is the newest real message (0: none since we listen). `heard` is the same with excuses:
    the start of listening, the end of a lost feed and the return of a gateway count as well, so
    that everybody gets the full time to speak. `offline` is the last verdict. Nobody becomes
    offline before `grace_until`, nor before its own `excused_until`. `drops` are the last moments
    at which each fell silent, oldest first, and `flapping_until` until when it is held to flap.
    """

    grace_until: int
    began: int = 0
    heard: Times = field(default_factory=lambda: np.zeros(0, np.int64))
    voice: Times = field(default_factory=lambda: np.zeros(0, np.int64))
    newest: NDArray[np.uint32] = field(default_factory=lambda: np.zeros(0, np.uint32))
    offline: Flags = field(default_factory=lambda: np.zeros(0, np.bool_))
    excused_until: Times = field(default_factory=lambda: np.zeros(0, np.int64))
    drops: Times = field(default_factory=lambda: np.zeros((0, FLAPS), np.int64))
    flapping_until: Times = field(default_factory=lambda: np.zeros(0, np.int64))

    def begin(self, at: NDArray[np.uint32], offline: Flags, now: int) -> None:
        """Start from the packed points: who was offline stays so until it is heard."""
        self.began = now
        self.heard = np.where(offline, at.astype(np.int64) * 1000, now)
        self.voice = np.zeros(len(at), np.int64)
        self.newest = at.copy()
        self.offline = offline.copy()
        self.excused_until = np.zeros(len(at), np.int64)
        self.drops = np.zeros((len(at), FLAPS), np.int64)
        self.flapping_until = np.zeros(len(at), np.int64)

    def listen(self, at: NDArray[np.uint32], now: int) -> None:
        """Take in the event times of the packed points: whose has changed was heard just now."""
        more = len(at) - len(self.newest)
        if more > 0:
            nobody = np.zeros(more, np.int64)
            self.heard = np.append(self.heard, np.full(more, now, np.int64))
            self.voice = np.append(self.voice, nobody)
            self.newest = np.append(self.newest, np.zeros(more, np.uint32))
            self.offline = np.append(self.offline, np.zeros(more, np.bool_))
            self.excused_until = np.append(self.excused_until, nobody)
            self.drops = np.vstack((self.drops, np.zeros((more, FLAPS), np.int64)))
            self.flapping_until = np.append(self.flapping_until, nobody)
        changed = at != self.newest
        self.heard[changed] = now
        self.voice[changed] = now
        self.newest = at.copy()

    def greet(self, births: Times) -> None:
        """Take in births (when they arrived, 0: none): they count as a message."""
        newer = births > np.maximum(self.voice, self.began)
        self.voice[newer] = births[newer]
        self.heard = np.maximum(self.heard, self.voice)

    def hold(self, lost: Flags, now: int, grace_ms: int) -> None:
        """While its feed is lost a device's silence does not count; then grace begins anew."""
        self.heard[lost & ~self.offline] = now
        self.excused_until[lost] = now + grace_ms

    def accept(self, verdict: Verdict, roster: Roster, now: int) -> None:
        """Keep the verdict; children of a gateway that is back get the full time to speak."""
        back = self.offline & ~verdict.offline & roster.is_gateway
        children = roster.children
        returned = children[back[roster.gateway[children]]]
        self.heard[returned] = np.maximum(self.heard[returned], now)
        self._mind_flapping(verdict, now)
        self.offline = verdict.offline

    def _mind_flapping(self, verdict: Verdict, now: int) -> None:
        """Note who has dropped by itself; who did it too often flaps until it keeps still."""
        over = (self.flapping_until > 0) & (now >= self.flapping_until)
        self.drops[over], self.flapping_until[over] = 0, 0
        changed = verdict.offline != self.offline
        dropped = changed & verdict.offline & ~verdict.excused
        if not changed.any():
            return
        self.drops[dropped] = np.roll(self.drops[dropped], -1, axis=1)
        self.drops[dropped, -1] = now
        often = dropped & (self.drops[:, 0] > 0) & (now - self.drops[:, 0] <= FLAP_WINDOW_MS)
        still = changed & (now < self.flapping_until)
        self.flapping_until[often | still] = now + FLAP_QUIET_MS

    def flapping(self, now: int) -> Flags:
        """Who comes and goes: one alert stands for all of it."""
        return now < self.flapping_until


@dataclass(frozen=True)
class Verdict:
    """By number: offline, offline without an alert of its own, heard, and silence in periods."""

    offline: Flags
    excused: Flags
    speaking: Flags
    periods: NDArray[np.float64]


def quiet_after_ms(pace_ms: float, limit_ms: float) -> float:
    """Return after which silence of everybody the feed is lost, and not the devices.

    1.5 to 2.5 periods of the most frequent device: so before any device would be offline.
    """
    return max(1.5 * pace_ms, min(limit_ms, 2.5 * pace_ms)) if pace_ms else limit_ms


def assess(a: Attendance, roster: Roster, farewell: Times, now: int) -> Verdict:
    """Say who is offline at `now`; `farewell` is when a device said that it leaves (0: not).

    A gateway is heard when it or a child is; its silence, or its farewell, takes the children
    along. A child is offline by itself only when the others behind its gateway are heard after
    it; until that is known it is offline without an alert of its own.
    """
    left = (farewell > 0) & (a.voice <= farewell + IN_FLIGHT_MS)
    children = roster.children
    parents = roster.gateway[children]
    group, allowed = a.heard.copy(), roster.allowed.copy()
    np.maximum.at(group, parents, a.heard[children])
    slowest = np.zeros_like(allowed)
    np.maximum.at(slowest, parents, roster.allowed[children])
    allowed[parents] = np.minimum(allowed[parents], slowest[parents])
    silent = now - group > allowed
    silent &= a.offline | (now >= np.maximum(a.excused_until, a.grace_until))
    offline = (left | silent) & roster.known
    excused = np.zeros_like(offline)
    down = offline[parents] | left[parents]
    still_heard = a.voice[children] > farewell[parents] + IN_FLIGHT_MS
    orphan = down & ~(left[parents] & still_heard)
    offline[children] |= orphan & roster.known[children]
    untold = a.heard[children] + roster.period[children] >= group[parents]
    excused[children] = orphan | (silent[children] & untold & ~left[children])
    voice = a.voice.copy()
    np.maximum.at(voice, parents, a.voice[children])
    speaking = ~offline & (voice > 0) & (now - voice <= allowed)
    return Verdict(offline, excused, speaking, (now - group) / np.maximum(roster.period, 1))
