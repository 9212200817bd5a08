"""Home Assistant MQTT discovery, see docs/protocols/homeassistant.md.

A config message says on which topic an entity speaks and how its value is taken out. The topics
must be subscribed by the source (`topics`), since they may be any; configs are retained, so they
come again with each subscription.
"""

from __future__ import annotations

from typing import Any

import msgspec

from app.errors import Rejected
from streams.dialects import Known, Thing
from streams.dialects.gadgets import Gadgets, Said, json_object
from streams.dialects.hatemplate import Path, read_value, template
from streams.sources import Source

TOPICS = ("homeassistant/#",)
ENTITIES = 100_000
# short keys of configs, as the integration's documentation lists them
SHORT = {
    **{"stat_t": "state_topic", "val_tpl": "value_template", "avty_t": "availability_topic"},
    **{"avty": "availability", "avty_tpl": "availability_template", "pl_on": "payload_on"},
    **{"pl_off": "payload_off", "pl_avail": "payload_available", "uniq_id": "unique_id"},
    **{"pl_not_avail": "payload_not_available", "unit_of_meas": "unit_of_measurement"},
    **{"dev": "device", "dev_cla": "device_class", "cmps": "components", "p": "platform"},
    **{"ids": "identifiers", "cns": "connections", "mdl": "model", "t": "topic"},
}
READ = ("sensor", "binary_sensor")
NO_VALUE = {"", "unknown", "unavailable", "none", "null"}


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The discovery prefix."""

    prefix: str = "homeassistant"


class Entity(msgspec.Struct, frozen=True):
    """One value of a device."""

    device: str
    kind: str
    name: str | None
    metrics: tuple[str, ...]  # its names, the one to use first
    unit: str
    path: Path
    words: dict[str, float]


class Availability(msgspec.Struct, frozen=True):
    """How a topic says whether a device is there."""

    device: str
    kind: str
    path: Path
    yes: str
    no: str


class Reader:
    """Configs define entities; states become readings, availability presence."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._prefix = (source.options or Options()).prefix + "/"
        self._gadgets = Gadgets(source)
        self._entities: dict[str, dict[str, Entity]] = {}  # by state topic, by config
        self._available: dict[str, dict[str, Availability]] = {}
        self._places: dict[str, list[tuple[dict[str, Any], str]]] = {}  # of a config in these

    def read(self, topic: str, payload: bytes, arrived: int) -> list[Thing]:
        """One message as our things; raises Rejected."""
        if topic.startswith(self._prefix):
            levels = topic[len(self._prefix) :].split("/")
            if levels[-1] == "config" and len(levels) in (3, 4):
                return self._config(topic, levels, payload)
            if levels == ["status"]:
                return [Known("status")]
        things: list[Thing] = []
        for entry in {e.device: e for e in self._available.get(topic, {}).values()}.values():
            things += self._presence(entry, payload, arrived)
        if topic in self._entities:
            things += self._state(list(self._entities[topic].values()), payload, arrived)
        return things or [Known("undiscovered")]

    def _config(self, topic: str, levels: list[str], payload: bytes) -> list[Thing]:
        self._forget(topic)
        if not payload.strip():
            return [Known("config:removed")]
        said = _spelled_out(json_object(payload))
        if levels[0] != "device":
            if levels[0] not in READ:
                return [Known(f"config:{levels[0][:24]}")]
            self._learn(topic, levels[0], levels[-2], said)
            return [Known("config")]
        parts = said.get("components")
        if not isinstance(parts, dict):
            raise Rejected("wrong_field", "components: a device config names its entities")
        for name, part in parts.items():
            part = _spelled_out(part) if isinstance(part, dict) else {}
            if part.get("platform") in READ:
                common = {key: value for key, value in said.items() if key != "components"}
                self._learn(topic, part["platform"], name, common | part)
        return [Known("config")]

    def _learn(self, topic: str, component: str, object_id: str, said: dict[str, Any]) -> None:
        """Remember an entity and the topics of its availability; raises Rejected."""
        device = said.get("device")
        device = _spelled_out(device) if isinstance(device, dict) else {}
        code = self._source.code(_identity(device, said, topic))
        model = device.get("model")
        kind = self._source.kind_of(model, said.get("device_class"), component)
        state = said.get("state_topic")
        if not isinstance(state, str):
            raise Rejected("wrong_field", "state_topic: a sensor says where it speaks")
        names = (said.get("unique_id"), object_id, said.get("device_class"))
        unit, name = said.get("unit_of_measurement"), device.get("name")
        words = {}
        if component == "binary_sensor":
            on, off = said.get("payload_on", "ON"), said.get("payload_off", "OFF")
            words = {_text(on): 1.0, _text(off): 0.0}
        entity = Entity(
            device=code,
            kind=kind,
            name=name[:100] if isinstance(name, str) and name else None,
            metrics=tuple(n for n in names if isinstance(n, str) and n),
            unit=unit if isinstance(unit, str) else "",
            path=template(said.get("value_template")),
            words=words,
        )
        waiting = list(_availability(said))
        entries = [Availability(code, kind, template(t), yes, no) for _, t, yes, no in waiting]
        self._put(self._entities, state, f"{topic} {object_id}", entity, topic)
        for (where, *_), entry in zip(waiting, entries, strict=True):
            self._put(self._available, where, f"{topic} {object_id}", entry, topic)

    def _put(self, kept: dict[str, Any], where: str, key: str, thing: Any, config: str) -> None:
        if len(kept) >= ENTITIES:
            kept.clear()
        kept.setdefault(where, {})[key] = thing
        self._places.setdefault(config, []).append((kept, where))

    def _forget(self, config: str) -> None:
        for kept, where in self._places.pop(config, []):
            there = kept.get(where, {})
            for key in [key for key in there if key.startswith(f"{config} ")]:
                del there[key]
            if not there:
                kept.pop(where, None)

    def _presence(self, entry: Availability, payload: bytes, arrived: int) -> list[Thing]:
        said = _text(read_value(entry.path, payload))
        if said not in (entry.yes, entry.no):
            raise Rejected("wrong_value", f"{said[:40]!r} is neither available nor not available")
        return self._gadgets.presence(entry.device, entry.kind, arrived, said == entry.yes)

    def _state(self, entities: list[Entity], payload: bytes, arrived: int) -> list[Thing]:
        """The values of one message, together by device."""
        found: dict[str, tuple[Entity, list[Said]]] = {}
        for entity in entities:
            value = read_value(entity.path, payload)
            if value is None or _text(value).lower() in NO_VALUE:
                continue
            said = (self._metric(entity), _number(entity, value), entity.unit)
            found.setdefault(entity.device, (entity, []))[1].append(said)
        things: list[Thing] = []
        for device, (entity, values) in found.items():
            things += self._gadgets.reading(
                device, entity.kind, arrived, values, arrived, name=entity.name
            )
        return things or [Known("no_value")]

    def _metric(self, entity: Entity) -> str:
        """The name the source maps, else the object id (or what there is)."""
        mapped = [name for name in entity.metrics if name in self._source.metrics]
        return (mapped or list(entity.metrics[1:2]) or list(entity.metrics) or ["value"])[0]


def reader(source: Source) -> Reader:
    """A reader of this source's messages."""
    return Reader(source)


def faults(source: Source) -> list[str]:
    """What is wrong with the options."""
    options: Options = source.options or Options()
    wrong = not options.prefix or set("+#") & set(options.prefix) or options.prefix[-1] == "/"
    return ["prefix is a topic such as homeassistant, without wildcards"] if wrong else []


def _spelled_out(said: dict[str, Any]) -> dict[str, Any]:
    """Short keys written in full, and `~` at either end of a topic put in."""
    full = {SHORT.get(key, key): value for key, value in said.items()}
    root = full.pop("~", None)
    if isinstance(root, str):
        for key, value in full.items():
            if key.endswith("topic") and isinstance(value, str):
                full[key] = _rooted(value, root)
            if key == "availability" and isinstance(value, list):
                rows = [_spelled_out({"~": root} | v) for v in value if isinstance(v, dict)]
                full[key] = rows
    return full


def _rooted(topic: str, root: str) -> str:
    if topic.startswith("~"):
        return root + topic[1:]
    return topic[:-1] + root if topic.endswith("~") else topic


def _identity(device: dict[str, Any], said: dict[str, Any], topic: str) -> str:
    """The device's first identifier or connection, else the entity's own id."""
    ids = device.get("identifiers")
    first = ids[0] if isinstance(ids, list) and ids else ids
    if isinstance(first, str | int) and first:
        return str(first)
    links = device.get("connections")
    if isinstance(links, list) and links and isinstance(links[0], list) and len(links[0]) == 2:
        return str(links[0][1])[:512]
    own = said.get("unique_id")
    return own if isinstance(own, str) and own else "/".join(topic.split("/")[1:-1])


def _availability(said: dict[str, Any]) -> list[tuple[str, Any, str, str]]:
    """Topic, template and the two payloads of each availability topic."""
    rows = said.get("availability")
    rows = rows if isinstance(rows, list) else [rows]
    listed = [_spelled_out(row) for row in rows if isinstance(row, dict)]
    one = {
        "topic": said.get("availability_topic"),
        "value_template": said.get("availability_template"),
    }
    return [
        (
            row["topic"],
            row.get("value_template"),
            _text(row.get("payload_available", said.get("payload_available", "online"))),
            _text(row.get("payload_not_available", said.get("payload_not_available", "offline"))),
        )
        for row in [*listed, one]
        if isinstance(row.get("topic"), str)
    ]


def _text(value: Any) -> str:
    """A value as Home Assistant would write it: Python's True, no quotes."""
    return value if isinstance(value, str) else str(value)


def _number(entity: Entity, value: Any) -> Any:
    """ON and OFF as numbers, numbers out of their text; other texts as they are."""
    if entity.words:
        said = _text(value)
        if said not in entity.words:
            raise Rejected("wrong_value", f"{said[:40]!r} is none of {', '.join(entity.words)}")
        return entity.words[said]
    try:
        return float(value) if isinstance(value, str) else value
    except ValueError:
        return value
