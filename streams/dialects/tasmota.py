"""Tasmota, see docs/protocols/tasmota.md."""

from __future__ import annotations

from typing import Any

from app.errors import Rejected
from streams.dialects import Known, Thing
from streams.dialects.gadgets import Gadgets, Said, is_online, json_object
from streams.sources import Source, flat

TOPICS = ("tele/+/+", "stat/+/+", "tasmota/discovery/+/+")

# the last part of a flattened name → ours, and the unit Tasmota means where the message says none
NAMES = {
    "Temperature": ("temp", "℃"),
    "Humidity": ("humidity", "%"),
    "Power": ("power", "W"),
    "Voltage": ("voltage", "V"),
    "Current": ("current", "A"),
    "Total": ("energy", "kWh"),
    "Signal": ("rssi", "dBm"),
}
# units that a message states once for all its sensors
UNITS = {"Temperature": "TempUnit", "DewPoint": "TempUnit", "Pressure": "PressureUnit"}
SWITCH = {"ON": 1.0, "OFF": 0.0}


class Reader:
    """Telemetry becomes readings, the last will presence."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._gadgets = Gadgets(source)

    def read(self, topic: str, payload: bytes, arrived: int) -> list[Thing]:
        """One message as our things; raises Rejected."""
        if topic.startswith("tasmota/discovery/"):
            return [Known("discovery")]
        parts = topic.split("/")
        if len(parts) < 3:
            raise Rejected("unknown_topic", f"{topic[:80]!r} is no topic of Tasmota")
        prefix, device, what = parts[0], "/".join(parts[1:-1]), parts[-1]
        code, kind = self._source.code(device), self._source.kind_of(device)
        if what == "LWT":
            return self._gadgets.presence(
                code, kind, arrived, is_online(payload), name=device[:100]
            )
        if prefix == "tele" and what in ("SENSOR", "STATE"):
            said = json_object(payload)
            at = self._source.moment(said.get("Time"), arrived)
            values = self._values(said, what)
            things = self._gadgets.reading(code, kind, at, values, arrived, name=device[:100])
            return [Known(what.lower()) if isinstance(t, Known) else t for t in things]
        return [Known(f"{prefix[:8]}:{what[:16]}" if prefix in ("tele", "stat") else "other")]

    def _values(self, said: dict[str, Any], what: str) -> list[Said]:
        """SENSOR's numbers; of STATE only what the source maps and the strength of the signal."""
        values: list[Said] = []
        for name, value in flat(said).items():
            last = name.rsplit(".", 1)[-1]
            if name == "Time" or (what == "STATE" and not self._wanted(name)):
                continue
            if isinstance(value, str) and value in SWITCH and name not in self._texts():
                value = SWITCH[value]
            stated = said.get(UNITS.get(last, ""))
            stated = "℉" if stated == "F" else stated  # a lone F is a farad elsewhere
            unit = stated if isinstance(stated, str) else NAMES.get(last, ("", ""))[1]
            values.append((name, value, unit))
        names = {n: NAMES[last][0] for n, _, _ in values if (last := n.rsplit(".", 1)[-1]) in NAMES}
        return self._gadgets.named(values, names)

    def _wanted(self, name: str) -> bool:
        return name in self._source.metrics if self._source.metrics else name == "Wifi.Signal"

    def _texts(self) -> set[str]:
        """Names whose texts the source itself turns into numbers."""
        return {name for name, rule in self._source.metrics.items() if rule.values}


def reader(source: Source) -> Reader:
    """A reader of this source's messages."""
    return Reader(source)
