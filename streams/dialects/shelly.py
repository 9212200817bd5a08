"""Shelly, first generation and the RPC generations (2, 3, 4), see docs/protocols/shelly.md.

The first generation says one value per topic, the later ones a JSON object per component; both come
as names like `switch:0.apower`, `relay/0/power`, which a source maps.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from app.errors import Rejected
from streams.dialects import Known, Thing
from streams.dialects.gadgets import Gadgets, Said, is_online, json_object, word
from streams.sources import Source, flat

TOPICS = ("shellies/#", "+/events/rpc", "+/online", "+/status/+")

# generation 1: the last words of a topic → ours, the unit
VALUES = {
    "power": ("power", "W"),
    "energy": ("energy", "W·min"),
    "total": ("energy", "Wh"),
    "voltage": ("voltage", "V"),
    "current": ("current", "A"),
    "temperature": ("temp", "℃"),
    "ext_temperature": ("ext_temp", "℃"),
    "humidity": ("humidity", "%"),
    "battery": ("battery", "%"),
    "concentration": ("gas", "ppm CH4"),
    "smoke": ("smoke", ""),
    "flood": ("flood", ""),
    "vibration": ("vibration", ""),
    "motion": ("motion", ""),
    "tilt": ("tilt", "°"),
    "lux": ("lux", ""),
    "pf": ("pf", ""),
    "relay": ("output", ""),
    "state": ("open", ""),  # of a door or window
}
WORDS = {"on": 1.0, "off": 0.0, "true": 1.0, "false": 0.0, "open": 1.0, "close": 0.0}
# generation 2: the field within a component → ours, the unit
FIELDS = {
    "apower": ("power", "W"),
    "act_power": ("power", "W"),
    "total_act_power": ("power", "W"),
    "voltage": ("voltage", "V"),
    "current": ("current", "A"),
    "aenergy.total": ("energy", "Wh"),
    "total_act_energy": ("energy", "Wh"),
    "total_act": ("energy", "Wh"),
    "temperature.tC": ("chip_temp", "℃"),
    "tC": ("temp", "℃"),
    "rh": ("humidity", "%"),
    "battery.percent": ("battery", "%"),
    "battery.V": ("battery_voltage", "V"),
    "output": ("output", ""),
    "alarm": ("alarm", ""),
    "rssi": ("rssi", "dBm"),
    "freq": ("freq", ""),
    "lux": ("lux", ""),
}
# energy of the last minutes, the same in Fahrenheit, timers: no readings
NOISE = re.compile(
    r"\.(?:aenergy\.(?:by_minute|minute_ts).*|.*tF|tF|timer_\w+|id|minute_ts|last_\w+_ts)$"
)
SILENT = ("sys", "cloud", "mqtt", "ble", "ws", "ht_ui", "wifi", "eth", "modbus", "matter", "knx")


class Reader:
    """Statuses become readings; announcements, online topics and wills are presence."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._gadgets = Gadgets(source)

    def read(self, topic: str, payload: bytes, arrived: int) -> list[Thing]:
        """One message as our things; raises Rejected."""
        if topic.startswith("shellies/"):
            return self._first(topic.split("/")[1:], payload, arrived)
        for end, step in (("/events/rpc", self._rpc), ("/online", self._online)):
            if topic.endswith(end) and len(topic) > len(end):
                return step(topic[: -len(end)], payload, arrived)
        device, _, component = topic.rpartition("/status/")
        if not device:
            raise Rejected("unknown_topic", f"{topic[:80]!r} is no topic of a Shelly")
        said = {component: json_object(payload)}
        return self._components(device, said, arrived, arrived)

    def _first(self, levels: list[str], payload: bytes, arrived: int) -> list[Thing]:
        """Generation 1: `shellies/{device}/…`."""
        if levels == ["announce"]:
            said = json_object(payload)
            return self._online_as(said.get("id"), arrived, said.get("model"))
        device, path = levels[0], levels[1:]
        if not path or path[-1] == "command":
            return [Known("command")]
        if path == ["online"]:
            return self._online(device, payload, arrived)
        last = next((level for level in reversed(path) if not level.isdigit()), "")
        said_word = word(payload)
        value: Any = WORDS.get(said_word.lower(), said_word)
        if said_word.startswith(("{", "[")) or (last not in VALUES and not self._mapped(path)):
            return [Known(f"shelly:{last[:24]}")]
        code, kind = self._who(device)
        ours, unit = VALUES.get(last, (last, ""))
        channel = next((level for level in path if level.isdigit()), "0")
        names = {"/".join(path): _numbered(ours, channel)}
        if unit == "W·min":
            value, unit = _watt_minutes(value), "kWh"
        given: list[Said] = [("/".join(path), _as_number(value), unit)]
        values = self._gadgets.named(given, names)
        return self._gadgets.reading(code, kind, arrived, values, arrived, name=device[:100])

    def _rpc(self, device: str, payload: bytes, arrived: int) -> list[Thing]:
        said = json_object(payload)
        params = said.get("params")
        if said.get("method") not in ("NotifyStatus", "NotifyFullStatus"):
            return [Known("rpc")]
        if not isinstance(params, dict):
            raise Rejected("wrong_field", "params: a status is a JSON object")
        ts = params.pop("ts", None)
        seconds = isinstance(ts, int | float) and not isinstance(ts, bool)
        at = self._source.moment(ts * 1000 if seconds and ts else None, arrived)
        return self._components(device, params, at, arrived)

    def _components(self, device: str, said: dict[str, Any], at: int, arrived: int) -> list[Thing]:
        code, kind = self._who(device)
        given = list(self._fields(said))
        names = {name: ours for name, _, _ in given if (ours := _our_name(name))}
        values = self._gadgets.named(given, names)
        return self._gadgets.reading(code, kind, at, values, arrived, name=device[:100])

    def _fields(self, said: dict[str, Any]) -> Iterator[Said]:
        for name, value in flat(said).items():
            component = name.split(".")[0].split(":")[0]
            silent = component in SILENT and not name.endswith("wifi.rssi")
            if (silent or NOISE.search(name)) and name not in self._source.metrics:
                continue
            yield name, value, FIELDS.get(_end(name), ("", ""))[1]

    def _online(self, device: str, payload: bytes, arrived: int) -> list[Thing]:
        return self._online_as(device, arrived, None, is_online(payload))

    def _online_as(self, device: Any, arrived: int, model: Any, online: bool = True) -> list[Thing]:
        code, kind = self._who(device, model)
        return self._gadgets.presence(code, kind, arrived, online, name=device[:100])

    def _who(self, device: Any, model: Any = None) -> tuple[str, str]:
        """The code, and the kind by the device, by its model, or by the name before the dash."""
        code = self._source.code(device if isinstance(device, str) else None)
        return code, self._source.kind_of(device, model, device.rsplit("-", 1)[0])

    def _mapped(self, path: list[str]) -> bool:
        return "/".join(path) in self._source.metrics


def reader(source: Source) -> Reader:
    """A reader of this source's messages."""
    return Reader(source)


def _end(name: str) -> str:
    """The field within its component: `switch:0.aenergy.total` → `aenergy.total`."""
    return name.split(".", 1)[-1]


def _our_name(name: str) -> str:
    """`switch:0.apower` → power, `switch:1.apower` → power_1; "" for a field that is not ours."""
    component, channel = name.split(".")[0].partition(":")[::2]
    ours = FIELDS.get(_end(name), ("", ""))[0]
    ours = component if ours == "alarm" else ours
    return _numbered(ours, channel or "0") if ours else ""


def _numbered(ours: str, channel: str) -> str:
    """A message may say one channel only, so the names of the others never depend on it."""
    return ours if channel == "0" else f"{ours}_{channel}"


def _as_number(value: Any) -> Any:
    """A payload is text even where it is a number."""
    try:
        return float(value)
    except ValueError:
        return value


def _watt_minutes(value: Any) -> Any:
    number = _as_number(value)
    return number / 60_000 if isinstance(number, float) else value
