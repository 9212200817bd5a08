"""A stranger's sensor: it knows the broker's address and the protocol, and nothing else of us."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

DISTRICT = "320404"
IN_STREET_05 = (119.93751, 31.77889)  # 南大街街道, street05's; street16 must hear nothing of it
IN_STREET_16 = (119.77283, 31.77836)  # 邹区镇, street16's


@dataclass
class Sensor:
    """One gas sensor in a manhole, with its own connection (QoS 1)."""

    code: str
    line: paho.Client
    place: tuple[float, float] = IN_STREET_05
    kind: str = "gas"
    told_at: int = 0

    @property
    def topic(self) -> str:
        """Its topic without the last word."""
        return f"city/{DISTRICT}/{self.kind}/{self.code}"

    def be_born(self, name: str) -> None:
        """Say that it is there, what it is called and where."""
        lon, lat = self.place
        self._tell("status", {"online": True, "name": name, "period_s": 30, "lon": lon, "lat": lat})

    def says(self, ch4: float) -> float:
        """Publish a reading in %LEL; return the monotonic moment before it was published."""
        lon, lat = self.place
        before = time.monotonic()
        self._tell("telemetry", {"metrics": {"ch4": ch4}, "lon": lon, "lat": lat})
        return before

    def leaks(self, ch4: float) -> float:
        """Publish two readings above a limit: one alone may be an error of the sensor."""
        self.says(ch4)
        return self.says(ch4)

    def _tell(self, what: str, body: dict[str, Any]) -> None:
        # the same moment twice would be the same message twice
        self.told_at = max(int(time.time() * 1000), self.told_at + 1)
        self.tells(f"{self.topic}/{what}", {"ts": self.told_at, **body})

    def tells(self, topic: str, body: Any) -> None:
        """Publish under any topic: bytes as they are, all else as JSON."""
        payload = body if isinstance(body, bytes) else json.dumps(body)
        self.line.publish(topic, payload, qos=1).wait_for_publish(30)

    def __enter__(self) -> Sensor:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, why: BaseException | None, at: TracebackType | None
    ) -> None:
        """Leave nothing open behind: the value is normal again, the line is closed."""
        self.says(0.0)
        self.says(0.0)
        self.line.disconnect()
        self.line.loop_stop()


def sensor(
    settings: dict[str, Any], code: str, place: tuple[float, float] = IN_STREET_05
) -> Sensor:
    """Connect a sensor to the broker of a running city."""
    line = paho.Client(CallbackAPIVersion.VERSION2, client_id=f"stranger-{code}")
    line.username_pw_set(settings["mqtt_user"], settings["mqtt_password"])
    line.connect("127.0.0.1", int(settings["mqtt_port"]))
    line.loop_start()
    return Sensor(code, line, place)
