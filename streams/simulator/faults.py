"""What real devices do wrong: at small rates, chosen by seed."""

from __future__ import annotations

import random
from dataclasses import dataclass
from enum import StrEnum

from geodata.coordinates import wgs84_to_gcj02

DRIFT_PER_HOUR = 0.02
DRIFT_MOST = 0.25


class Fault(StrEnum):
    """A lasting defect of a device."""

    STUCK = "stuck"  # says the same value for ever
    DRIFT = "drift"  # climbs slowly away from the truth
    ABSENT = "absent"  # falls silent and comes back
    CLOCK = "clock"  # its clock is minutes wrong
    SHIFTED = "shifted"  # sells a GCJ-02 place as WGS-84
    GARBLED = "garbled"  # now and then sends half a message


# Shares of all devices; of 2,000 about two dozen are somehow ill.
SHARES: dict[Fault, float] = {
    Fault.STUCK: 0.003,
    Fault.DRIFT: 0.003,
    Fault.ABSENT: 0.0025,
    Fault.CLOCK: 0.0015,
    Fault.SHIFTED: 0.002,
    Fault.GARBLED: 0.001,
}
CLOCK_ERRORS_S = (-420, -95, 70, 900)  # the last one is more than 5 minutes ahead: refused
DRIFTING = frozenset({"air", "noise", "dust", "transformer", "bridge", "electrical_fire"})


def draw(kind: str, rng: random.Random) -> Fault | None:
    """The fault of a new device, None for nearly all."""
    dice = rng.random()
    for fault, share in SHARES.items():
        if dice < share:
            return None if fault is Fault.DRIFT and kind not in DRIFTING else fault
        dice -= share
    return None


@dataclass(frozen=True)
class Absence:
    """The rhythm of a device with a bad link: it is away for `away` seconds in every `cycle`."""

    cycle: float
    away: float
    phase: float

    @classmethod
    def of(cls, rng: random.Random) -> Absence:
        """Draws one: hours of work, then 8 to 20 minutes of silence."""
        cycle = rng.uniform(5400, 14400)
        return cls(cycle, rng.uniform(480, 1200), rng.uniform(0, cycle))

    def silent(self, t: float) -> bool:
        """Whether the device is away at a moment."""
        return (t + self.phase) % self.cycle > self.cycle - self.away


def clock_error(rng: random.Random) -> int:
    """By how many milliseconds a device's clock is wrong."""
    return rng.choice(CLOCK_ERRORS_S) * 1000


def drifted(value: float, t: float) -> float:
    """A value that a drifting sensor shows in place of the true one."""
    return value * (1 + min(DRIFT_MOST, DRIFT_PER_HOUR * t / 3600))


def shifted(lon: float, lat: float) -> tuple[float, float]:
    """The GCJ-02 place that an installer typed in as WGS-84: about 500 m off."""
    x, y = wgs84_to_gcj02(lon, lat)
    return float(x), float(y)


def garbled(payload: bytes) -> bytes:
    """A message that broke off half-way."""
    return payload[: len(payload) // 2]
