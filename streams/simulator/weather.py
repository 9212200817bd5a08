"""The weather of a story: temperature, and a rain front that crosses the city."""

from __future__ import annotations

import math
from dataclasses import dataclass

from streams.simulator.fields import NoiseField
from streams.simulator.rhythms import Moment, bump

HOT_C = 26.0  # a heatwave is one in any season: the demo may run in November


@dataclass(frozen=True)
class Front:
    """A band of rain; it reaches the centre `arrives` seconds into the story and stays `lasts`.

    `peak` is in mm/h, `heading` in radians (0 = to the east), `speed` in km/s, `edge` in seconds
    is how softly the rain begins and ends.
    """

    arrives: float
    lasts: float
    peak: float
    heading: float = -0.5
    speed: float = 0.010
    edge: float = 60.0


@dataclass(frozen=True)
class Weather:
    """What the sky does; places are kilometres east and north of the centre."""

    noise: NoiseField
    front: Front | None = None
    warmer: float = 0.0

    def rain(self, x: float, y: float, t: float) -> float:
        """The rain intensity in mm/h."""
        if self.front is None:
            return 0.0
        begin, end = self._span(x, y)
        edge = self.front.edge
        shape = _step((t - begin) / edge) - _step((t - end) / edge)
        return self.front.peak * self._gain(x, y) * shape

    def fallen(self, x: float, y: float, since: float, until: float) -> float:
        """The rain in mm that fell between two moments: the exact integral of `rain`."""
        if self.front is None:
            return 0.0
        total = self._integral(x, y, until) - self._integral(x, y, since)
        return self.front.peak * self._gain(x, y) * total / 3600

    def temperature(self, now: Moment) -> float:
        """The air temperature in ℃ in the open: season, hour, and the scenario."""
        season = 16.5 - 12.0 * math.cos(math.tau * (now.year_day - 20) / 365.25)
        if self.warmer:
            season = max(season, HOT_C)
        return season + 4.0 * (bump(now.hour, 14.5, 5) - 0.5) + self.warmer

    def _span(self, x: float, y: float) -> tuple[float, float]:
        front = self.front
        assert front is not None  # noqa: S101 - callers have asked
        along = x * math.cos(front.heading) + y * math.sin(front.heading)
        begin = front.arrives + along / front.speed
        return begin, begin + front.lasts

    def _integral(self, x: float, y: float, t: float) -> float:
        begin, end = self._span(x, y)
        edge = self.front.edge if self.front else 1.0
        return edge * (_soft((t - begin) / edge) - _soft((t - end) / edge))

    def _gain(self, x: float, y: float) -> float:
        """It never rains alike everywhere: 0.7 to 1.3, fixed by place."""
        return 1.0 + 0.3 * max(-1.0, min(1.0, self.noise.at("rain", x, y, 0.0)))


def _step(z: float) -> float:
    """The logistic function, safe for any z."""
    return 0.5 * (1.0 + math.tanh(z / 2))


def _soft(z: float) -> float:
    """The integral of the logistic function, safe for any z."""
    return max(z, 0.0) + math.log1p(math.exp(-abs(z)))
