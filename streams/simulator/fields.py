"""Smooth noise over the city, so that neighbours feel alike and the next minute resembles this."""

from __future__ import annotations

import math
import random

WAVES = 5


class NoiseField:
    """A sum of slow plane waves per channel; values lie about within -1..1, the same by seed."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._waves: dict[str, list[tuple[float, float, float, float]]] = {}

    def at(self, channel: str, x: float, y: float, t: float) -> float:
        """The noise of a channel at kilometres east/north of the centre, `t` seconds in."""
        waves = self._waves.get(channel) or self._make(channel)
        total = 0.0
        for east, north, turn, phase in waves:
            total += math.cos(east * x + north * y + turn * t + phase)
        return total / (WAVES**0.5 * 1.2)

    def _make(self, channel: str) -> list[tuple[float, float, float, float]]:
        """Wave lengths of 3 to 25 km, periods of 12 minutes to 3 hours."""
        rng = random.Random(f"{self._seed}:{channel}")
        waves = []
        for _ in range(WAVES):
            length, heading = rng.uniform(3, 25), rng.uniform(0, math.tau)
            k = math.tau / length
            turn = math.tau / rng.uniform(700, 10800)
            phase = rng.uniform(0, math.tau)
            waves.append((k * math.cos(heading), k * math.sin(heading), turn, phase))
        self._waves[channel] = waves
        return waves
