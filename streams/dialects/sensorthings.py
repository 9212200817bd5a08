"""OGC SensorThings API 1.0 and 1.1 observations, see docs/protocols/sensorthings.md.

An observation says what it is about in its expanded Datastream; one that does not is looked up by
the number of its Datastream, which stands in the topic, in a link or in the source's options.
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

TOPICS = tuple(f"v1.{n}/{level}Observations" for n in (0, 1) for level in ("", "+/"))
OBSERVATIONS = 1000  # of one message
_decoder = msgspec.json.Decoder()
STREAMS = ("Datastreams", "MultiDatastreams")
_STREAM = re.compile(r"(?:Multi)?Datastreams\('?([^')]{1,100})'?\)")


class Stream(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a Datastream is: `metric` is their name, which the source maps; `unit` is theirs."""

    device: str
    metric: str
    unit: str = ""
    type: str = ""


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The Datastreams by their @iot.id."""

    datastreams: dict[str, Stream] = {}


class About(NamedTuple):
    """What an observation is about; one unit and one metric for each of its results."""

    device: Any
    types: tuple[Any, ...]
    metrics: tuple[str, ...]
    units: tuple[str, ...]
    name: str | None
    point: tuple[Any, Any]


class Reader:
    """Observations become readings; it remembers only whom it has introduced."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._options: Options = source.options or Options()
        self._births = Introductions()

    def read(self, topic: str, payload: bytes, arrived: int) -> list[Thing]:
        """An observation, or a list of them as by HTTP, as our things; raises Rejected."""
        said = list(_observations(wire.decode(_decoder, payload)))
        if not 0 < len(said) <= OBSERVATIONS:
            raise Rejected("no_observation", f"{len(said)} of 1 to {OBSERVATIONS} observations")
        return one_by_one(said, lambda observation: self._observation(topic, observation, arrived))

    def _observation(self, topic: str, said: dict[str, Any], arrived: int) -> list[Thing]:
        about = self._about(topic, said)
        code = self._source.code(about.device)
        kind = self._source.kind_of(*about.types)
        at = self._source.moment(_time(said), arrived)
        lon, lat = self._source.place(*about.point)
        place: dict[str, Any] = {"lon": lon, "lat": lat}
        result = said.get("result")
        values = result if isinstance(result, list) else [result]
        bad: list[Thing] = []
        said_values = zip(about.metrics, values, about.units, strict=False)
        metrics = self._source.measured(kind, said_values, bad)
        reading: Thing = Known("unmapped")
        if metrics:
            reading = self._source.telemetry(code, kind, at, metrics, arrived, **place)
        birth = self._source.birth(code, kind, at, name=about.name, **place)
        return [*self._births.news(birth), reading, *bad]

    def _about(self, topic: str, said: dict[str, Any]) -> About:
        stream = said.get("Datastream", said.get("MultiDatastream"))
        own = stream if isinstance(stream, dict) else {}
        known = self._options.datastreams.get(_number(topic, own, said))
        if known:
            types = (known.type, known.device)
            return About(
                known.device, types, (known.metric,), (known.unit,), None, _point(own, said)
            )
        thing = _part(own, "Thing")
        if not thing:
            raise Rejected(
                "unknown_datastream",
                f"Datastream {_number(topic, own, said)!r} is neither expanded nor in the options",
            )
        name = thing.get("name")
        return About(
            thing.get("@iot.id", name),
            (_part(thing, "properties").get("type"), name, own.get("name")),
            tuple(_names(own)),
            tuple(_units(own)),
            name[:100] if isinstance(name, str) and name else None,
            _point(own, said),
        )


def reader(source: Source) -> Reader:
    """A reader of this source's messages."""
    return Reader(source)


def _observations(said: Any) -> Iterator[dict[str, Any]]:
    """The observations of a message: one, a list, a page ("value") or data arrays."""
    if isinstance(said, dict) and isinstance(said.get("value"), list):
        said = said["value"]
    for each in said if isinstance(said, list) else [said]:
        if not isinstance(each, dict):
            raise Rejected("wrong_field", "an observation is no JSON object")
        if "dataArray" in each:
            yield from _rows(each)
        else:
            yield from _unfolded(each)


def _unfolded(said: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The observation itself, or those within a Thing or a Datastream asked for with $expand."""
    streams = [stream | {"Thing": said} for name in STREAMS for stream in _listed(said, name)]
    for stream in [said, *streams]:
        name = "MultiDatastream" if "unitOfMeasurements" in stream else "Datastream"
        yield from (each | {name: stream} for each in _listed(stream, "Observations"))
    if not any(name in said for name in ("Observations", *STREAMS)):
        yield said


def _listed(said: dict[str, Any], name: str) -> list[dict[str, Any]]:
    found = said.get(name)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _rows(said: dict[str, Any]) -> Iterator[dict[str, Any]]:
    names, rows = said.get("components"), said["dataArray"]
    if not isinstance(names, list) or not isinstance(rows, list):
        raise Rejected("wrong_field", "a data array has components and rows")
    common = {name: said[name] for name in ("Datastream", "MultiDatastream") if name in said}
    for row in rows[: OBSERVATIONS + 1]:
        if not isinstance(row, list) or len(row) != len(names):
            raise Rejected("wrong_field", "a row of the data array has not its components' length")
        yield common | {str(name): value for name, value in zip(names, row, strict=True)}


def _number(topic: str, stream: dict[str, Any], said: dict[str, Any]) -> str:
    """The @iot.id of the Datastream, wherever it stands; "" when nowhere."""
    own = stream.get("@iot.id")
    if isinstance(own, str | int):
        return str(own)
    links = (said.get("Datastream@iot.navigationLink"), stream.get("@iot.selfLink"), topic)
    for link in links:
        found = _STREAM.search(link) if isinstance(link, str) else None
        if found:
            return found[1]
    return ""


def _time(said: dict[str, Any]) -> str | None:
    """The time of the phenomenon, an interval's end, else that of the result."""
    for name in ("phenomenonTime", "resultTime"):
        if isinstance(said.get(name), str):
            return str(said[name]).rsplit("/", 1)[-1]
    return None


def _names(stream: dict[str, Any]) -> Iterator[str]:
    properties = stream.get("ObservedProperties", [_part(stream, "ObservedProperty")])
    for each in properties if isinstance(properties, list) else []:
        name = each.get("name") if isinstance(each, dict) else None
        yield str(name or stream.get("name") or "result")


def _units(stream: dict[str, Any]) -> Iterator[str]:
    units = stream.get("unitOfMeasurements", [stream.get("unitOfMeasurement")])
    for each in units if isinstance(units, list) else []:
        symbol = each.get("symbol") if isinstance(each, dict) else None
        yield symbol if isinstance(symbol, str) else ""


def _point(stream: dict[str, Any], said: dict[str, Any]) -> tuple[Any, Any]:
    """Longitude and latitude of the feature of interest, else of the thing's first location."""
    places = _part(stream, "Thing").get("Locations")
    first = places[0] if isinstance(places, list) and places else None
    where = first.get("location") if isinstance(first, dict) else None
    feature = _part(said, "FeatureOfInterest").get("feature")
    for shape in (feature, where):
        if isinstance(shape, dict) and isinstance(shape.get("geometry"), dict):
            shape = shape["geometry"]
        if isinstance(shape, dict) and shape.get("type") == "Point":
            at = shape.get("coordinates")
            if isinstance(at, list) and len(at) >= 2:
                return at[0], at[1]
    return None, None


def _part(said: dict[str, Any], name: str) -> dict[str, Any]:
    found = said.get(name)
    return found if isinstance(found, dict) else {}
