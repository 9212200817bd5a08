"""What goes over the wire: our topics and JSON payloads (docs/protocols)."""

from __future__ import annotations

from typing import Any, NamedTuple

import orjson

from streams.simulator.sensor import Sensor


class Message(NamedTuple):
    """One MQTT message, QoS 1."""

    topic: str
    payload: bytes
    retain: bool = False


def telemetry(
    sensor: Sensor, ts: int, metrics: dict[str, float], place: tuple[float, float] | None
) -> Message:
    """The readings of a device; `place` is told now and then, in WGS-84."""
    body: dict[str, Any] = {"ts": ts, "metrics": metrics}
    if place:
        body["lon"], body["lat"] = place
    return Message(_topic(sensor, "telemetry"), orjson.dumps(body))


def birth(sensor: Sensor, ts: int, place: tuple[float, float]) -> Message:
    """A device says who and where it is; retained, so that a later listener learns it too."""
    body: dict[str, Any] = {
        "ts": ts,
        "online": True,
        "name": sensor.name,
        "lon": place[0],
        "lat": place[1],
        "period_s": round(sensor.period),
    }
    if sensor.gateway:
        body["gateway"] = sensor.gateway
    return Message(_topic(sensor, "status"), orjson.dumps(body), retain=True)


def farewell(sensor: Sensor, ts: int) -> Message:
    """What the broker says when a gateway's connection breaks; not retained: its birth stays."""
    return Message(_topic(sensor, "status"), orjson.dumps({"ts": ts, "online": False}))


def sent(district: str, publisher: str, ts: int, count: int) -> Message:
    """How many messages a publisher has sent since its start, of those that the broker has."""
    body = {"ts": ts, "online": True, "sent": count}
    return Message(f"city/{district}/publisher/{publisher}/status", orjson.dumps(body))


def position(district: str, worker: str, ts: int, lon: float, lat: float) -> Message:
    """Where a grid worker is."""
    body = {"ts": ts, "lon": lon, "lat": lat}
    return Message(f"city/{district}/grid/{worker}/position", orjson.dumps(body))


def report(district: str, worker: str, body: dict[str, Any]) -> Message:
    """What a grid worker found."""
    return Message(f"city/{district}/grid/{worker}/report", orjson.dumps(body))


def order(district: str, order_no: str, body: dict[str, Any]) -> Message:
    """A 12345 order."""
    return Message(f"city/{district}/12345/{order_no}/order", orjson.dumps(body))


def _topic(sensor: Sensor, leaf: str) -> str:
    return f"city/{sensor.district}/{sensor.kind}/{sensor.code}/{leaf}"
