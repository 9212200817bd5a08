"""The stories that a simulated city can tell."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from streams.simulator.episodes import Episode
from streams.simulator.sensor import Sensor
from streams.simulator.weather import Front

LEAK_PEAK = 58.0  # %LEL at the source
LEAK_RISE_S = 150.0
LEAK_HOLD_S = 900.0
LEAK_FALL_S = 420.0
LEAK_REACH_KM = 0.12  # the concentration halves in this distance
GAS_STILL = 3.0  # a manhole that would reach less takes no part


class UnknownScenario(ValueError):
    """A scenario name that we do not have; the message lists those that we have."""


@dataclass(frozen=True)
class Outage:
    """A gateway is dead between two moments, and its children with it."""

    gateway: str
    start: float
    end: float


@dataclass(frozen=True)
class Scenario:
    """A story: its weather, what happens to which device, and how much people call.

    `per_hour` is the number of everyday mishaps, `calls` and `reports` multiply the usual rates.
    """

    name: str
    front: Front | None = None
    warmer: float = 0.0
    episodes: tuple[Episode, ...] = ()
    outages: tuple[Outage, ...] = ()
    per_hour: float = 5.0
    calls: float = 1.0
    reports: float = 1.0
    themes: tuple[str, ...] = field(default=())  # subjects that people now call about


def choose(name: str, sensors: Sequence[Sensor], centre: Sensor | None) -> Scenario:
    """The scenario of a name for these sensors; `centre` is where a leak starts."""
    if name not in SCENARIOS:
        raise UnknownScenario(f"no scenario {name!r}; choose one of {', '.join(SCENARIOS)}")
    return SCENARIOS[name](sensors, centre)


def leak(sensors: Sequence[Sensor], source: Sensor | None, start: float) -> tuple[Episode, ...]:
    """Gas rises in the manholes around the source, later and lower with the distance."""
    if source is None:
        return ()
    found = []
    for sensor in sensors:
        if sensor.kind != "gas":
            continue
        away = math.hypot(sensor.x - source.x, sensor.y - source.y)
        peak = LEAK_PEAK * math.exp(-away * math.log(2) / LEAK_REACH_KM)
        if peak > GAS_STILL:
            begins = start + 200 * away
            rise = LEAK_RISE_S + 240 * away
            found.append(Episode(sensor.code, "ch4", peak, begins, rise, LEAK_HOLD_S, LEAK_FALL_S))
    return tuple(found)


def _calm(sensors: Sequence[Sensor], centre: Sensor | None) -> Scenario:
    return Scenario("calm")


def _demo(sensors: Sequence[Sensor], centre: Sensor | None) -> Scenario:
    return Scenario("demo", episodes=leak(sensors, centre, 60.0), themes=("gas",))


def _gas_leak(sensors: Sequence[Sensor], centre: Sensor | None) -> Scenario:
    episodes = leak(sensors, centre, 20.0)
    return Scenario("gas-leak", episodes=episodes, calls=1.5, themes=("gas",))


def _rainstorm(sensors: Sequence[Sensor], centre: Sensor | None) -> Scenario:
    front = Front(arrives=240.0, lasts=2700.0, peak=70.0)
    return Scenario("rainstorm", front=front, calls=1.2, reports=1.5, themes=("rain",))


def _heatwave(sensors: Sequence[Sensor], centre: Sensor | None) -> Scenario:
    return Scenario("heatwave", warmer=11.0, calls=1.8, per_hour=8.0, themes=("heat",))


def _device_storm(sensors: Sequence[Sensor], centre: Sensor | None) -> Scenario:
    gateways = [sensor for sensor in sensors if sensor.kind == "gateway"]
    if not gateways:
        return Scenario("device-storm")
    # of the district that is shown: a storm that nobody sees is no scenario
    home = min(gateways, key=lambda gateway: math.hypot(gateway.x, gateway.y)).district
    near = [gateway for gateway in gateways if gateway.district == home]
    biggest = max(near, key=lambda gateway: (gateway.size, gateway.code))
    return Scenario("device-storm", outages=(Outage(biggest.code, 60.0, 60.0 + 720.0),))


SCENARIOS: dict[str, Callable[[Sequence[Sensor], Sensor | None], Scenario]] = {
    "calm": _calm,
    "demo": _demo,
    "rainstorm": _rainstorm,
    "gas-leak": _gas_leak,
    "heatwave": _heatwave,
    "device-storm": _device_storm,
}
