"""The air quality index of HJ 633-2026, for the simulated stations only."""

from __future__ import annotations

import math

# Breakpoints at IAQI 0, 50, 100, 150, 200, 300 (µg/m³, CO mg/m³).
INDEX = (0, 50, 100, 150, 200, 300, 400, 500)
BREAKPOINTS: dict[str, tuple[float, ...]] = {
    "pm25": (0, 35, 60, 115, 150, 250, 350, 500),
    "pm10": (0, 50, 120, 250, 350, 420, 500, 600),
    "no2": (0, 100, 200, 700, 1200, 2340, 3090, 3840),
    "o3": (0, 160, 200, 300, 400, 800, 1000, 1200),
    "co": (0, 5, 10, 35, 60, 90, 120, 150),
}


def aqi(values: dict[str, float]) -> int:
    """The index of the worst pollutant, rounded up as the standard says."""
    return max(_iaqi(values[name], steps) for name, steps in BREAKPOINTS.items())


def _iaqi(value: float, steps: tuple[float, ...]) -> int:
    for n in range(1, len(steps)):
        if value <= steps[n]:
            low, high = steps[n - 1], steps[n]
            share = (value - low) / (high - low)
            return math.ceil(INDEX[n - 1] + share * (INDEX[n] - INDEX[n - 1]))
    return INDEX[-1]
