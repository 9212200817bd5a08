"""A simulated city in time: who says what when; a pure function of seed, scenario and start.

Times inside the story are seconds since its start. The story runs `speed` times faster than the
clock on the wall, but the time stamps of its messages are always those of the wall.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial

from geodata.areas import AreaTree
from streams.simulator import city, episodes, faults, messages, rhythms, scenarios, senses
from streams.simulator.episodes import Episode
from streams.simulator.faults import Absence, Fault
from streams.simulator.fields import NoiseField
from streams.simulator.messages import Message
from streams.simulator.people import People
from streams.simulator.rhythms import Moment
from streams.simulator.senses import World
from streams.simulator.sensor import Sensor
from streams.simulator.weather import Weather

BIRTHS_PER_S = 400.0
PLACE_EVERY = 20  # one message in so many says where the device is
BIRTH_EVERY = 120  # and one in so many repeats the birth, for a broker that has forgotten it
SECOND_BIRTH = 2  # and the second: iotcore hands a late listener only 100 retained messages
GARBLED_SHARE = 0.1
ALARM_PERIOD_S = {"gas": 10.0, "waterlogging": 15.0}  # how often a device speaks in alarm
ALARM_FROM = {"gas": ("ch4", 6.0), "waterlogging": ("depth", 5.0)}

Says = list[Message]
Turn = Callable[[float], tuple[Says, float | None]]


class Story:
    """All actors of a city and their next turns; `until` must be called with growing times."""

    def __init__(
        self,
        tree: AreaTree,
        *,
        devices: int,
        scenario: str,
        seed: int,
        start_ms: int,
        speed: float = 1.0,
    ) -> None:
        self.start_ms, self.speed, self._seed = start_ms, speed, seed
        self.sensors = city.place(tree, devices, seed)
        gas = [sensor for sensor in self.sensors if sensor.kind == "gas"]
        if gas:
            gas[0].fault = None  # the leak must be seen
        self.scenario = scenarios.choose(scenario, self.sensors, gas[0] if gas else None)
        noise = NoiseField(seed)
        weather = Weather(noise, self.scenario.front, self.scenario.warmer)
        self.world = World(noise, weather)
        self._episodes: dict[str, list[Episode]] = {}
        self._bend(self.scenario.episodes)
        self._outages = {outage.gateway: outage for outage in self.scenario.outages}
        self._absences: dict[str, Absence] = {}
        self._stuck: dict[str, senses.Values] = {}
        self._turns: list[tuple[float, int, Turn]] = []
        self._order = itertools.count()
        self._cast(tree)

    def until(self, t: float) -> Iterator[Message]:
        """Everything that is said up to moment `t`, in order."""
        while self._turns and self._turns[0][0] <= t:
            due, _, turn = heapq.heappop(self._turns)
            says, again = turn(due)
            yield from says
            if again is not None:
                self._at(again, turn)

    def births(self, t: float) -> Says:
        """The births of all devices that can be heard at a moment: for a broker that restarted."""
        return [self._birth(sensor, t) for sensor in self.sensors if not self._silent(sensor, t)]

    def moment(self, t: float) -> Moment:
        """What hour it is in the story."""
        return rhythms.moment(t, self.start_ms / 1000 + t)

    def ts(self, t: float) -> int:
        """The epoch milliseconds on the wall at a moment of the story."""
        return self.start_ms + round(t / self.speed * 1000)

    def clock(self, t: float) -> str:
        """The Beijing time on the wall, for the corner of a photo."""
        local = datetime.fromtimestamp(self.ts(t) / 1000, UTC) + timedelta(hours=8)
        return local.strftime("%Y-%m-%d %H:%M")

    def stirred(self, t: float) -> float:
        """How much of the scenario people notice: 0 to 1."""
        leak = max((episode.weight(t) for episode in self.scenario.episodes), default=0.0)
        heat = 0.5 if self.scenario.warmer else 0.0
        return max(leak, heat, min(1.0, self.world.weather.rain(0, 0, t) / 40))

    def _cast(self, tree: AreaTree) -> None:
        """Gives everybody the first turn."""
        for n, sensor in enumerate(self.sensors):
            born = n / BIRTHS_PER_S * self.speed
            if sensor.fault is Fault.ABSENT:
                self._absences[sensor.code] = Absence.of(sensor.rng)
            self._at(born, partial(self._appear, sensor))
            self._at(born + sensor.rng.uniform(0.0, sensor.period), partial(self._speak, sensor))
        for outage in self.scenario.outages:
            self._at(outage.start, self._break)
            self._at(outage.end, self._mend)
        self._at(0.0, self._plan_hour)
        People(self, tree, self._seed).begin(self._at)

    def _at(self, due: float, turn: Turn) -> None:
        heapq.heappush(self._turns, (due, next(self._order), turn))

    def _plan_hour(self, t: float) -> tuple[Says, float]:
        """Draws the mishaps of the hour that begins."""
        hour = round(t / episodes.HOUR_S)
        self._bend(episodes.mishaps(self.sensors, self._seed, hour, self.scenario.per_hour))
        return [], t + episodes.HOUR_S

    def _bend(self, more: tuple[Episode, ...] | list[Episode]) -> None:
        for episode in more:
            self._episodes.setdefault(episode.device, []).append(episode)

    def _appear(self, sensor: Sensor, t: float) -> tuple[Says, None]:
        return [self._birth(sensor, t)], None

    def _speak(self, sensor: Sensor, t: float) -> tuple[Says, float]:
        """One turn of a device: what it says, and when it speaks again."""
        if self._silent(sensor, t):
            sensor.said = 0  # it comes back with a birth
            return [], t + sensor.period
        values = self._values(sensor, t)
        again = sensor.said % BIRTH_EVERY == 0 or sensor.said == SECOND_BIRTH
        says = [self._birth(sensor, t)] if again else []
        place = self._place(sensor) if sensor.said % PLACE_EVERY == 1 else None
        sensor.said += 1
        message = messages.telemetry(sensor, self._ts(sensor, t), values, place)
        if sensor.fault is Fault.GARBLED and sensor.rng.random() < GARBLED_SHARE:
            message = message._replace(payload=faults.garbled(message.payload))
        return [*says, message], t + _period(sensor, values)

    def _values(self, sensor: Sensor, t: float) -> senses.Values:
        if sensor.code in self._stuck:
            return self._stuck[sensor.code]
        values = senses.sense(sensor, self.moment(t), self.world)
        for episode in self._episodes.get(sensor.code, ()):
            if episode.metric in values:
                values[episode.metric] = episode.bend(values[episode.metric], t)
        if sensor.fault is Fault.DRIFT:
            values = {name: faults.drifted(value, t) for name, value in values.items()}
        values = senses.tidy(sensor.kind, values)
        if sensor.fault is Fault.STUCK:
            self._stuck[sensor.code] = values
        return values

    def _silent(self, sensor: Sensor, t: float) -> bool:
        """Whether nobody hears the device: its gateway is dead, or its link is bad."""
        outage = self._outages.get(sensor.gateway or sensor.code)
        if outage and outage.start <= t < outage.end:
            return True
        absence = self._absences.get(sensor.code)
        return absence is not None and absence.silent(t)

    def _break(self, t: float) -> tuple[Says, None]:
        dead = {outage.gateway for outage in self.scenario.outages if outage.start == t}
        return [messages.farewell(s, self.ts(t)) for s in self.sensors if s.code in dead], None

    def _mend(self, t: float) -> tuple[Says, None]:
        back = {outage.gateway for outage in self.scenario.outages if outage.end == t}
        heard = [s for s in self.sensors if (s.gateway or s.code) in back]
        return [self._birth(sensor, t) for sensor in heard if not self._silent(sensor, t)], None

    def _birth(self, sensor: Sensor, t: float) -> Message:
        return messages.birth(sensor, self._ts(sensor, t), self._place(sensor))

    def _place(self, sensor: Sensor) -> tuple[float, float]:
        if sensor.fault is not Fault.SHIFTED:
            return sensor.lon, sensor.lat
        lon, lat = faults.shifted(sensor.lon, sensor.lat)
        return round(lon, 6), round(lat, 6)

    def _ts(self, sensor: Sensor, t: float) -> int:
        """The time stamp that the device believes in."""
        return self.ts(t) + (sensor.clock_error_ms if sensor.fault is Fault.CLOCK else 0)


def _period(sensor: Sensor, values: senses.Values) -> float:
    """When the device speaks again: sooner in alarm."""
    metric, limit = ALARM_FROM.get(sensor.kind, ("", 0.0))
    if metric and values.get(metric, 0.0) >= limit:
        return ALARM_PERIOD_S[sensor.kind]
    return sensor.period
