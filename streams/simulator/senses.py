"""What each kind of device measures at a moment, in calm and in rain; pure but for its memory.

The usual ranges stay below the thresholds of the default rules, so that a calm city is quiet.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from app.domain.kinds import BY_CODE
from streams.simulator import rhythms
from streams.simulator.air import aqi
from streams.simulator.fields import NoiseField
from streams.simulator.rhythms import Moment
from streams.simulator.sensor import Sensor
from streams.simulator.weather import Weather

Values = dict[str, float]

DRAIN_MM_H = 25.0  # what the drains of a road swallow
CATCHMENT = 2.6  # cm of water in a hollow per mm that the drains leave behind
EBB_S = 1500.0  # a flooded hollow empties in about 25 minutes
RUNOFF_M = 0.016  # metres of river per mm of rain
RIVER_EBB_S = 6 * 3600.0
STEP_S = 60.0  # longest step of the two reservoirs


@dataclass(frozen=True)
class World:
    """What surrounds every device."""

    noise: NoiseField
    weather: Weather

    def near(self, channel: str, sensor: Sensor, t: float) -> float:
        """The smooth noise at a device: neighbours get nearly the same."""
        return self.noise.at(channel, sensor.x, sensor.y, t)

    def rain(self, sensor: Sensor, t: float) -> float:
        """Rain at a device in mm/h."""
        return self.weather.rain(sensor.x, sensor.y, t)

    def fallen(self, sensor: Sensor, t: float, window: float) -> float:
        """Rain at a device in mm over the last `window` seconds."""
        return self.weather.fallen(sensor.x, sensor.y, t - window, t)


def sense(sensor: Sensor, now: Moment, world: World) -> Values:
    """The values of all metrics, not rounded yet; moves the device's memory on to `now`."""
    return SENSES[sensor.kind](sensor, now, world)


def tidy(kind: str, values: Values) -> Values:
    """The values as the sensor reports them: inside its range, with its digits."""
    done: Values = {}
    for metric in BY_CODE[kind].metrics:
        if metric.code in values:
            value = min(max(values[metric.code], metric.low), metric.high)
            done[metric.code] = round(value, metric.digits) if metric.digits else round(value)
    return done


def _gas(s: Sensor, now: Moment, world: World) -> Values:
    stir = 0.5 + 0.5 * world.near("gas", s, now.t)
    return {
        "ch4": max(0.0, 0.8 + 1.6 * stir + 0.8 * s.trait + s.rng.gauss(0, 0.15)),
        "h2s": max(0.0, 0.9 + 0.8 * stir + 0.5 * s.trait + s.rng.gauss(0, 0.1)),
    }


def _water_pressure(s: Sensor, now: Moment, world: World) -> Values:
    drop = 0.05 * rhythms.water(now) + 0.0015 * max(0.0, world.weather.warmer)
    value = 0.32 + 0.03 * s.trait - drop + 0.008 * world.near("water", s, now.t)
    return {"pressure": value + s.rng.gauss(0, 0.002)}


def _waterlogging(s: Sensor, now: Moment, world: World) -> Values:
    def rise(depth: float, t: float, dt: float) -> float:
        left = max(0.0, world.rain(s, t) - DRAIN_MM_H) * dt / 3600
        return depth + s.bowl * CATCHMENT * left - depth * dt / EBB_S

    _flow(s, now.t, rise)
    return {"depth": max(0.0, s.depth + abs(s.rng.gauss(0, 0.15)))}


def _rain(s: Sensor, now: Moment, world: World) -> Values:
    hours = {"rain_1h": 3600.0, "rain_5min": 300.0, "rain_3h": 10800.0}
    return {name: world.fallen(s, now.t, window) for name, window in hours.items()}


def _river(s: Sensor, now: Moment, world: World) -> Values:
    def rise(depth: float, t: float, dt: float) -> float:
        return depth + RUNOFF_M * world.rain(s, t) * dt / 3600 - depth * dt / RIVER_EBB_S

    _flow(s, now.t, rise)
    usual = 3.42 + 0.12 * s.trait + 0.05 * world.near("river", s, now.t)
    return {"level": usual + s.depth + s.rng.gauss(0, 0.004)}


def _pump(s: Sensor, now: Moment, world: World) -> Values:
    def rise(depth: float, t: float, dt: float) -> float:
        inflow = 0.03 * world.rain(s, t) * dt / 3600
        return depth + inflow - depth * dt / 2400

    _flow(s, now.t, rise)
    level = 2.2 + 0.25 * s.trait + 0.1 * world.near("pump", s, now.t) + s.depth
    return {"forebay": level, "flow": max(0.0, 420 + 160 * s.trait + 2600 * s.depth)}


def _bridge(s: Sensor, now: Moment, world: World) -> Values:
    lorries = rhythms.traffic(now)
    ratio = 24 + 26 * lorries + 7 * s.trait + 4 * world.near("bridge", s, now.t)
    ratio = max(4.0, ratio + s.rng.gauss(0, 2))
    warmth = world.weather.temperature(now) - 16
    return {
        "load_ratio": ratio,
        "deflection": -0.12 * ratio + 0.15 * warmth + s.rng.gauss(0, 0.3),
        "strain": 2.4 * ratio + 6 * warmth + s.rng.gauss(0, 4),
    }


def _air(s: Sensor, now: Moment, world: World) -> Values:
    stale = 0.7 + 0.3 * world.near("air", s, now.t)
    washed = 1 / (1 + 0.03 * world.rain(s, now.t))
    jam = rhythms.traffic(now)
    heat = max(0.0, world.weather.warmer)
    noon = rhythms.bump(now.hour, 15, 4)
    values = {
        "pm25": (16 + 20 * stale + 5 * jam + 2 * s.trait) * washed + s.rng.gauss(0, 0.8),
        "pm10": (30 + 34 * stale + 10 * jam + 4 * s.trait) * washed + s.rng.gauss(0, 1.5),
        "no2": 16 + 24 * jam + 8 * stale + s.rng.gauss(0, 1),
        "o3": 38 + 55 * noon + 15 * heat * noon + 10 * heat * 0.4 + s.rng.gauss(0, 2),
        "so2": 6 + 3 * stale + s.rng.gauss(0, 0.3),
        "co": 0.5 + 0.3 * stale + 0.2 * jam + s.rng.gauss(0, 0.02),
    }
    values = {name: max(0.1, value) for name, value in values.items()}
    return {"aqi": float(aqi(values)), **values}


def _noise(s: Sensor, now: Moment, world: World) -> Values:
    busy = 0.6 * rhythms.awake(now) + 0.4 * rhythms.traffic(now)
    rain = 2.2 * math.log1p(world.rain(s, now.t) / 10)
    level = 41 + 11 * busy + 1.8 * s.trait + 1.2 * world.near("noise", s, now.t) + rain
    return {"leq": level + s.rng.gauss(0, 0.6)}


def _smoke(s: Sensor, now: Moment, world: World) -> Values:
    indoors = 22 + 0.35 * (world.weather.temperature(now) - 18) + 2 * s.trait
    return {"smoke": 0.0, "temp": indoors + s.rng.gauss(0, 0.3)}


def _electrical_fire(s: Sensor, now: Moment, world: World) -> Values:
    load = rhythms.power(now) + 0.02 * world.weather.warmer
    damp = 0.6 * world.rain(s, now.t)
    return {
        "residual": max(5.0, 85 + 45 * s.trait + 40 * load + damp + s.rng.gauss(0, 6)),
        "temp": 26 + 14 * load + 3 * s.trait + 0.5 * world.weather.warmer + s.rng.gauss(0, 0.4),
    }


def _manhole(s: Sensor, now: Moment, _world: World) -> Values:
    battery = 72 + 24 * s.trait - 0.02 * now.t / 3600
    return {"tilt": abs(1.2 + s.trait + s.rng.gauss(0, 0.3)), "battery": battery}


def _streetlight(s: Sensor, now: Moment, world: World) -> Values:
    leak = 3 + 2 * s.trait + 0.06 * world.rain(s, now.t) + s.rng.gauss(0, 0.3)
    lit = 99.5 + 0.4 * s.trait + s.rng.gauss(0, 0.05) if rhythms.dark(now) else 100.0
    return {"lit_rate": lit, "leak": max(0.0, leak)}


def _traffic(s: Sensor, now: Moment, world: World) -> Values:
    wet = 0.025 * min(world.rain(s, now.t), 90)
    tpi = 0.9 + 3.7 * rhythms.traffic(now) + 0.45 * s.trait + wet
    tpi = min(9.6, max(0.2, tpi + 0.45 * world.near("traffic", s, now.t) + s.rng.gauss(0, 0.1)))
    return {"tpi": tpi, "speed": max(5.0, 58 - 5.2 * tpi + s.rng.gauss(0, 1))}


def _crowd(s: Sensor, now: Moment, world: World) -> Values:
    dry = 1 / (1 + 0.03 * world.rain(s, now.t))
    share = (6 + 52 * rhythms.out_and_about(now) + 6 * s.trait) * dry
    share = max(0.5, share + 4 * world.near("crowd", s, now.t) + s.rng.gauss(0, 0.8))
    return {"occupancy": share, "persons": share * s.size / 100}


def _parking(s: Sensor, now: Moment, world: World) -> Values:
    share = 4 + 78 * rhythms.parked(now) + 7 * s.trait + 4 * world.near("parking", s, now.t)
    share = min(82.0, max(2.0, share + s.rng.gauss(0, 0.5)))
    return {"occupancy": share, "free": s.size * (1 - share / 100)}


def _dust(s: Sensor, now: Moment, world: World) -> Values:
    washed = 1 / (1 + 0.2 * world.rain(s, now.t))
    work = rhythms.building(now)
    blown = 0.5 + 0.5 * world.near("dust", s, now.t)
    pm10 = (26 + 22 * work + 12 * blown + 5 * s.trait) * washed + s.rng.gauss(0, 1.5)
    return {
        "pm10": max(2.0, pm10),
        "tsp": max(5.0, 3.4 * pm10 + 40 * work + s.rng.gauss(0, 6)),
        "noise": 43 + 17 * work + s.trait + s.rng.gauss(0, 1),
    }


def _transformer(s: Sensor, now: Moment, world: World) -> Values:
    heat = max(0.0, world.weather.warmer)
    load = 20 + 38 * rhythms.power(now) + 8 * s.trait + 3 * world.near("power", s, now.t)
    load = max(5.0, load + 2.8 * heat + s.rng.gauss(0, 0.8))
    return {"load": load, "temp": 24 + 0.4 * load + 0.6 * heat + s.rng.gauss(0, 0.3)}


def _elevator(s: Sensor, now: Moment, _world: World) -> Values:
    trips = (4 + 60 * rhythms.awake(now) * (0.6 + rhythms.traffic(now))) * (1 + 0.3 * s.trait)
    return {"trapped": 0.0, "trips": max(0.0, trips + s.rng.gauss(0, 2))}


def _gateway(s: Sensor, _now: Moment, _world: World) -> Values:
    return {"children": float(s.size)}


def _flow(s: Sensor, t: float, rise: Callable[[float, float, float], float]) -> None:
    """Moves a reservoir (`depth`) on to `t` in steps of at most a minute."""
    while s.seen < t:
        dt = min(STEP_S, t - s.seen)
        s.depth = max(0.0, rise(s.depth, s.seen + dt / 2, dt))
        s.seen += dt


SENSES: dict[str, Callable[[Sensor, Moment, World], Values]] = {
    "gas": _gas,
    "water_pressure": _water_pressure,
    "waterlogging": _waterlogging,
    "rain": _rain,
    "river": _river,
    "bridge": _bridge,
    "air": _air,
    "noise": _noise,
    "smoke": _smoke,
    "electrical_fire": _electrical_fire,
    "manhole": _manhole,
    "streetlight": _streetlight,
    "traffic": _traffic,
    "crowd": _crowd,
    "parking": _parking,
    "dust": _dust,
    "transformer": _transformer,
    "pump": _pump,
    "elevator": _elevator,
    "gateway": _gateway,
}
