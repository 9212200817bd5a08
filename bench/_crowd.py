"""The devices of a measurement: 5,000 of every kind, spread over the district, some of them probes.

A probe is a noise meter whose every reading has a value of its own in the whole run, so that the
value alone says which message it came by. Nobody else here is a noise meter.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from geodata.area import Area
from geodata.tiling import scatter

PROBE_KIND, PROBE_METRIC = "noise", "leq"
# values at which no rule speaks
NORMAL: dict[str, dict[str, float]] = {
    "gas": {"ch4": 1.0, "h2s": 0.5},
    "water_pressure": {"pressure": 0.31},
    "waterlogging": {"depth": 1.0},
    "rain": {"rain_1h": 2.0, "rain_5min": 0.2, "rain_3h": 4.0},
    "river": {"level": 3.2},
    "bridge": {"load_ratio": 42.0, "deflection": 3.0, "strain": 90.0},
    "air": {"aqi": 48.0, "pm25": 21.0, "pm10": 40.0, "no2": 30.0, "o3": 60.0},
    "smoke": {"smoke": 0.0, "temp": 22.0},
    "electrical_fire": {"residual": 60.0, "temp": 35.0},
    "manhole": {"tilt": 1.0, "battery": 88.0},
    "streetlight": {"lit_rate": 99.5, "leak": 1.0},
    "traffic": {"tpi": 2.5, "speed": 38.0},
    "crowd": {"occupancy": 31.0, "persons": 400.0},
    "parking": {"occupancy": 44.0, "free": 120.0},
    "dust": {"pm10": 45.0, "tsp": 120.0, "noise": 48.0},
    "transformer": {"load": 45.0, "temp": 50.0},
    "pump": {"forebay": 1.2, "flow": 300.0},
    "elevator": {"trapped": 0.0, "trips": 40.0},
}
WET = {"depth": 12.0}  # twice in a row: a blue alert about water on the road


class Member(NamedTuple):
    """One device: code, kind and place in WGS-84 degrees."""

    code: str
    kind: str
    lon: float
    lat: float


class Crowd(NamedTuple):
    """All devices of a measurement; `probes` are among `members`."""

    district: str
    members: list[Member]
    probes: list[Member]


def gather(district: Area, count: int, probes: int, seed: int = 1) -> Crowd:
    """Spread `count` devices evenly over a district, the first `probes` of them probes."""
    rng = np.random.default_rng(seed)
    places = scatter(district.polygon, count, rng)
    kinds = [PROBE_KIND] * probes + [list(NORMAL)[i % len(NORMAL)] for i in range(count - probes)]
    members = [
        Member(f"{'PX' if i < probes else 'BG'}-{i:05d}", kind, round(float(x), 6), round(y, 6))
        for i, (kind, (x, y)) in enumerate(zip(kinds, places.tolist(), strict=True))
    ]
    return Crowd(district.code, members, members[:probes])
