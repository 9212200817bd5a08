"""NGSI-v2 and NGSI-LD, normalized and key-values, see docs/protocols/ngsi.md.

The Smart Data Models give an observation an id with its time in it: the device is what is left
without the time and the URN, so that all encodings of one observation name the same device.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from app.errors import Rejected
from streams import wire
from streams.dialects import Known, Thing, one_by_one
from streams.sources import Introductions, Source

TOPICS = ("ngsi/#",)
ENTITIES = 1000  # of one message
NULL = "urn:ngsi-ld:null"  # NGSI-LD's word for an attribute that was taken away
_decoder = msgspec.json.Decoder()

_TIME = r"\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-][\d:]+)?"
_STAMP = re.compile(rf"(?:[-_:.]{_TIME}(?:[-_/]{_TIME})?)$")
_URN = re.compile(r"^urn:ngsi(?:-ld)?:[^:]+:")
# where the time stands, the best first; an interval counts from its end
TIMES = ("observedAt", "TimeInstant", "dateObserved", "dateObservedTo", "dateObservedFrom")
DEVICES = ("refDevice", "source_device", "deviceId")
# no measurements, even where they are numbers
ABOUT = {"id", "type", "location", "address", "reliability", "owner", "seeAlso", *TIMES, *DEVICES}
# attributes of the Smart Data Models, in small letters → ours
NAMES = {
    **{"pm2_5": "pm25", "pm2.5": "pm25", "pm25": "pm25", "pm10": "pm10", "no2": "no2", "o3": "o3"},
    **{"so2": "so2", "co": "co", "tsp": "tsp", "airqualityindex": "aqi"},
    **{"laeq": "leq", "temperature": "temp", "relativehumidity": "humidity"},
    **{"waterlevel": "level", "batterylevel": "battery", "rssi": "rssi"},
}
SHARES = {"humidity", "battery"}  # 0..1 in the models, when no unit is said


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`device` is the attribute that names the device, when it is none of the usual ones."""

    device: str = ""


class Attribute(NamedTuple):
    """The value of an attribute, its unit and the time it was observed, "" without one."""

    value: Any
    unit: str
    at: str


class Reader:
    """Entities become readings; it remembers only whom it has introduced."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._options: Options = source.options or Options()
        self._births = Introductions()

    def read(self, topic: str, payload: bytes, arrived: int) -> list[Thing]:
        """A notification, a list or a single entity as our things; raises Rejected."""
        entities = list(_entities(wire.decode(_decoder, payload)))
        if not 0 < len(entities) <= ENTITIES:
            raise Rejected("no_entity", f"{len(entities)} entities; 1 to {ENTITIES} are expected")
        return one_by_one(entities, lambda entity: self._entity(entity, arrived))

    def _entity(self, entity: dict[str, Any], arrived: int) -> list[Thing]:
        if "deletedAt" in entity:
            return [Known("deleted")]
        types = entity.get("type", entity.get("@type"))
        several = types if isinstance(types, list) else [types]
        kind = self._source.kind_of(*(_short(each) for each in several))
        said = {_short(name): _attribute(value) for name, value in entity.items()}
        code = self._device(entity, said)
        lon, lat = self._source.place(*_point(said))
        place: dict[str, Any] = {"lon": lon, "lat": lat}
        readings: list[Thing] = []
        bad: list[Thing] = []
        newest = 0
        for time, values in self._piles(entity, said).items():
            at = self._source.moment(time or None, arrived)
            if metrics := self._source.measured(kind, values, bad):
                newest = max(newest, at)
                telemetry = self._source.telemetry(code, kind, at, metrics, arrived, **place)
                readings.append(telemetry)
        name = said["name"].value if "name" in said else None
        more: dict[str, Any] = {"name": name[:100] if isinstance(name, str) and name else None}
        birth = self._source.birth(code, kind, newest or arrived, **place, **more)
        return [*self._births.news(birth), *(readings or [Known("unmapped")]), *bad]

    def _device(self, entity: dict[str, Any], said: dict[str, Attribute]) -> str:
        for name in (self._options.device, *DEVICES):
            if name in said and isinstance(said[name].value, str):
                return self._source.code(_plain_id(said[name].value))
        own = entity.get("id", entity.get("@id"))
        return self._source.code(_plain_id(own) if isinstance(own, str) else own)

    def _piles(
        self, entity: dict[str, Any], said: dict[str, Attribute]
    ) -> dict[str, list[tuple[str, Any, str]]]:
        """Name, value and unit of the measurements, by their time."""
        common = next((t for name in TIMES if (t := _time(said.get(name)))), "")
        piles: dict[str, list[tuple[str, Any, str]]] = {}
        every = ((_short(name), one) for name, value in entity.items() for one in _several(value))
        for name, instance in every:
            attribute = _attribute(instance)
            if name in ABOUT or isinstance(attribute.value, dict | list | None):
                continue
            at = attribute.at or common
            piles.setdefault(at, []).append(self._measure(name, attribute))
        return piles

    def _measure(self, name: str, attribute: Attribute) -> tuple[str, Any, str]:
        ours = name if self._source.metrics else NAMES.get(name.lower(), name)
        unit = attribute.unit or ("1" if ours in SHARES else "")
        return ours, attribute.value, unit


def reader(source: Source) -> Reader:
    """A reader of this source's messages."""
    return Reader(source)


def _entities(said: Any) -> Iterator[dict[str, Any]]:
    """The entities of a notification, a list, a GeoJSON collection or a single one."""
    if isinstance(said, dict) and isinstance(said.get("body"), dict):  # MQTT of NGSI-LD
        said = said["body"]
    if isinstance(said, dict):
        for name in ("data", "features"):
            if isinstance(said.get(name), list):
                said = said[name]
                break
    for entity in said if isinstance(said, list) else [said]:
        if not isinstance(entity, dict):
            raise Rejected("wrong_field", "an entity is no JSON object")
        if entity.get("type") == "Feature" and isinstance(entity.get("properties"), dict):
            place = {"id": entity.get("id"), "location": entity.get("geometry")}
            entity = place | entity["properties"]
        yield entity


def _several(said: Any) -> list[Any]:
    """The instances of an attribute, one per time; of several datasetIds the one without."""
    if not isinstance(said, list) or not said or not isinstance(said[0], dict):
        return [said]
    return [a for a in said if isinstance(a, dict) and "datasetId" not in a] or said[:1]


def _attribute(said: Any) -> Attribute:
    """An attribute in any encoding: plain, or an object with a value."""
    said = _several(said)[0]
    if not isinstance(said, dict):
        return Attribute(None if said == NULL else said, "", "")
    if "@value" in said:
        return Attribute(said["@value"], "", "")
    if "object" in said:
        return Attribute(said["object"], "", "")
    if "value" not in said:
        return Attribute(said, "", "")
    about = said.get("metadata")
    about = about if isinstance(about, dict) else {}
    value = None if said["value"] == NULL else said["value"]
    if isinstance(value, dict) and "@value" in value:
        value = value["@value"]
    if said.get("type") == "geo:point" and isinstance(value, str):
        value = {"type": "Point", "coordinates": value.split(",")[::-1]}
    unit = said.get("unitCode", _meta(about, "unitCode"))
    at = said.get("observedAt", _meta(about, "TimeInstant") or _meta(about, "dateObserved"))
    return Attribute(value, unit if isinstance(unit, str) else "", _end(at))


def _meta(about: dict[str, Any], name: str) -> Any:
    said = about.get(name)
    return said.get("value") if isinstance(said, dict) else said


def _time(said: Attribute | None) -> str:
    return _end(said.value) if said else ""


def _end(said: Any) -> str:
    """The end of an interval, or the time itself; fractions as Python reads them."""
    return said.rsplit("/", 1)[-1] if isinstance(said, str) else ""


def _point(said: dict[str, Attribute]) -> tuple[Any, Any]:
    """Longitude and latitude of a GeoJSON point; other geometries are no place of a device."""
    value = said["location"].value if "location" in said else None
    if not isinstance(value, dict) or value.get("type") != "Point":
        return None, None
    at = value.get("coordinates")
    if not isinstance(at, list) or len(at) < 2:
        raise Rejected("bad_place", "location: a point has two coordinates")
    return at[0], at[1]


def _plain_id(said: str) -> str:
    return _STAMP.sub("", _URN.sub("", said)) or said


def _short(name: Any) -> str:
    """The last part of an expanded JSON-LD name."""
    return re.split(r"[/#]", name)[-1] if isinstance(name, str) else ""
