"""zigbee2mqtt, see docs/protocols/zigbee2mqtt.md.

Which properties a device has, and their units, stands in bridge/devices, a retained message; a
device that came before it is read with the usual units.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from app.errors import Rejected
from streams import wire
from streams.dialects import Known, Thing
from streams.dialects.gadgets import Gadgets, Said, is_online, json_object, word
from streams.sources import Source, flat

TOPICS = ("zigbee2mqtt/#",)
MODELS = 10_000
_decoder = msgspec.json.Decoder()

NAMES = {"temperature": "temp", "device_temperature": "chip_temp"}
USUAL = {"temperature": "℃", "humidity": "%", "battery": "%", "power": "W", "current": "A"}
USUAL |= {"energy": "kWh", "pressure": "hPa"}
SWITCH = {"ON": 1.0, "OFF": 0.0}
# what a message says besides what is measured
ABOUT = ("last_seen", "update.", "update_available", "elapsed", "color", "device.")


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The bridge's base topic."""

    base: str = "zigbee2mqtt"


class Model(NamedTuple):
    """What the bridge says of a device."""

    name: str
    units: dict[str, str]


class Reader:
    """States become readings; the bridge and availability are presence."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._base = (source.options or Options()).base
        self._gadgets = Gadgets(source)
        self._models: dict[str, Model] = {}
        self._groups: set[str] = set()

    def read(self, topic: str, payload: bytes, arrived: int) -> list[Thing]:
        """One message as our things; raises Rejected."""
        if not topic.startswith(self._base + "/"):
            raise Rejected("unknown_topic", f"{topic[:80]!r} is not under {self._base}")
        name = topic[len(self._base) + 1 :]
        if name.startswith("bridge/"):
            return self._bridge(name[7:], payload, arrived)
        name, _, last = name.rpartition("/") if "/" in name else (name, "", "")
        if last in ("set", "get"):
            return [Known("command")]
        if last == "availability":
            code, kind = self._who(name)
            return self._gadgets.presence(
                code, kind, arrived, is_online(payload), gateway=self._gateway()
            )
        if last and payload and not payload.lstrip().startswith(b"{"):
            return self._reading(name, {last: _plain(word(payload))}, arrived)  # output: attribute
        name = f"{name}/{last}" if last else name
        if name in self._groups:
            return [Known("group")]
        if not payload:
            return [Known("removed")]
        return self._reading(name, json_object(payload), arrived)

    def _reading(self, name: str, said: dict[str, Any], arrived: int) -> list[Thing]:
        code, kind = self._who(name)
        at = self._source.moment(said.get("last_seen"), arrived)
        values = self._gadgets.named(self._values(name, said), NAMES)
        about = {"name": name[:100], "gateway": self._gateway()}
        return self._gadgets.reading(code, kind, at, values, arrived, **about)

    def _values(self, name: str, said: dict[str, Any]) -> Iterator[Said]:
        model = self._models.get(name)
        units = model.units if model else {}
        for key, value in flat(said).items():
            if key.startswith(ABOUT):
                continue
            rule = self._source.metrics.get(key)
            if isinstance(value, str) and value in SWITCH and not (rule and rule.values):
                value = SWITCH[value]
            # a battery's voltage is in mV, a socket's in V
            usual = "mV" if key == "voltage" and "battery" in said else USUAL.get(key, "")
            yield key, value, units.get(key) or usual

    def _bridge(self, what: str, payload: bytes, arrived: int) -> list[Thing]:
        if what == "state":
            return self._gadgets.presence(
                self._gateway(), "gateway", arrived, is_online(payload), name=self._base[:100]
            )
        if what == "devices":
            self._models = dict(_models(_list(payload)))
        elif what == "groups":
            names = (each.get("friendly_name") for each in _list(payload))
            self._groups = {name for name in names if isinstance(name, str)}
        return [Known("bridge")]

    def _who(self, name: str) -> tuple[str, str]:
        model = self._models.get(name)
        return self._source.code(name), self._source.kind_of(name, model.name if model else None)

    def _gateway(self) -> str:
        return self._source.code(self._base)


def reader(source: Source) -> Reader:
    """A reader of this source's messages."""
    return Reader(source)


def faults(source: Source) -> list[str]:
    """What is wrong with the options."""
    options: Options = source.options or Options()
    wrong = not options.base or options.base.startswith("/") or set("+#") & set(options.base)
    return ["base is a topic such as zigbee2mqtt, without wildcards"] if wrong else []


def _plain(said: str) -> Any:
    """The value of an attribute on a topic of its own: number, true, false, or the text."""
    try:
        return _decoder.decode(said)
    except msgspec.DecodeError:
        return said


def _list(payload: bytes) -> list[dict[str, Any]]:
    said = wire.decode(_decoder, payload)
    if not isinstance(said, list):
        raise Rejected("wrong_field", "the bridge's list is no JSON array")
    return [each for each in said[:MODELS] if isinstance(each, dict)]


def _models(devices: list[dict[str, Any]]) -> Iterator[tuple[str, Model]]:
    for each in devices:
        name, found = each.get("friendly_name"), each.get("definition")
        if isinstance(name, str) and isinstance(found, dict):
            model = found.get("model")
            units = dict(_units(found.get("exposes"), 4))
            yield name, Model(model if isinstance(model, str) else "", units)


def _units(exposes: Any, depth: int) -> Iterator[tuple[str, str]]:
    """Units by property, those of nested features included."""
    for each in exposes if isinstance(exposes, list) and depth else []:
        if not isinstance(each, dict):
            continue
        name, unit = each.get("property"), each.get("unit")
        if isinstance(name, str) and isinstance(unit, str):
            yield name, unit
        yield from _units(each.get("features"), depth - 1)
