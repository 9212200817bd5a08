"""Episodes: a device leaves its usual range for a while. Scenarios and mishaps use them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from streams.simulator.sensor import Sensor

HOUR_S = 3600.0


@dataclass(frozen=True)
class Episode:
    """One metric of one device goes to `target`: it rises, holds and falls; times in seconds."""

    device: str
    metric: str
    target: float
    start: float
    rise: float
    hold: float
    fall: float

    @property
    def end(self) -> float:
        """When everything is as before."""
        return self.start + self.rise + self.hold + self.fall

    def weight(self, t: float) -> float:
        """How far it has gone: 0 before and after, 1 while it holds."""
        into = t - self.start
        if into <= 0 or t >= self.end:
            return 0.0
        if into < self.rise:
            return _smooth(into / self.rise)
        left = self.end - t
        return _smooth(left / self.fall) if left < self.fall else 1.0

    def bend(self, usual: float, t: float) -> float:
        """The value in place of the usual one."""
        return usual + self.weight(t) * (self.target - usual)


@dataclass(frozen=True)
class Mishap:
    """What goes wrong with a kind of device on an ordinary day, `share` says how often."""

    kind: str
    metric: str
    targets: tuple[float, ...]  # mild first; the last one is rare
    share: float
    lasts: tuple[float, float] = (300.0, 1200.0)


# Levels are those of the default rules: the first target is blue or yellow.
MISHAPS: tuple[Mishap, ...] = (
    Mishap("parking", "occupancy", (88, 91, 97), 5),
    Mishap("traffic", "tpi", (6.6, 7.1, 8.4), 5, (600, 1500)),
    Mishap("noise", "leq", (62.5, 63, 67), 4, (900, 1800)),
    Mishap("electrical_fire", "residual", (330, 360, 540), 4),
    Mishap("transformer", "load", (84, 88, 104), 3, (600, 1500)),
    Mishap("crowd", "occupancy", (83, 85, 93), 3),
    Mishap("manhole", "battery", (17, 16, 14), 3, (3000, 6000)),
    Mishap("dust", "tsp", (560, 620, 830), 3, (1200, 2400)),
    Mishap("water_pressure", "pressure", (0.132, 0.128, 0.12), 2, (600, 1500)),
    Mishap("bridge", "load_ratio", (84, 88, 102), 2),
    Mishap("manhole", "tilt", (21, 24, 38), 1),
    Mishap("gas", "ch4", (12, 14, 23), 1),
    Mishap("smoke", "smoke", (1, 1, 1), 0.5, (180, 420)),
    Mishap("elevator", "trapped", (1, 1, 1), 0.5, (600, 1300)),
    Mishap("streetlight", "leak", (33, 35, 48), 0.15),
)


def mishaps(sensors: Sequence[Sensor], seed: int, hour: int, per_hour: float) -> list[Episode]:
    """The mishaps that begin in an hour of the story, the same for the same seed."""
    rng = random.Random(f"{seed}:mishaps:{hour}")
    by_kind: dict[str, list[str]] = {}
    for sensor in sensors:
        by_kind.setdefault(sensor.kind, []).append(sensor.code)
    known = [mishap for mishap in MISHAPS if mishap.kind in by_kind]
    if not known:
        return []
    count = round(rng.gauss(per_hour, per_hour**0.5 / 2))
    chosen = rng.choices(known, [mishap.share for mishap in known], k=max(count, 0))
    return [_one(mishap, rng.choice(by_kind[mishap.kind]), hour, rng) for mishap in chosen]


def _one(mishap: Mishap, device: str, hour: int, rng: random.Random) -> Episode:
    target = rng.choices(mishap.targets, (8, 4, 1))[0]
    start = hour * HOUR_S + rng.uniform(240, HOUR_S)
    rise = 1.0 if target == 1 else rng.uniform(40, 180)
    return Episode(device, mishap.metric, target, start, rise, rng.uniform(*mishap.lasts), rise)


def _smooth(share: float) -> float:
    """Eases 0..1 at both ends."""
    return share * share * (3 - 2 * share)
