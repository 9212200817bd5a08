"""SenML (RFC 8428) in JSON and CBOR, read and written, see docs/protocols/senml.md."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, cast

import msgspec

from app.domain.readings import Telemetry
from app.errors import Rejected
from streams import filters, wire
from streams.dialects import Known, Thing, senml_cbor
from streams.sources import Source, number, unit_of

TOPICS: tuple[str, ...] = ()  # the RFC names none
VERSION = 10  # the newest that RFC 8428 defines
RELATIVE_BELOW = 2**28  # s: smaller times count from now
LATEST = 1e11  # s: about the year 5000
RECORDS = 1_000
ENDS = ":/-_."  # what may stand between a base name and a name
VALUES = ("v", "vb", "vs", "vd", "s")
BASES = ("bn", "bt", "bu", "bv", "bs")
DEGREES = {"lon", "lat"}

Pack = msgspec.json.Decoder(list[dict[str, Any]])


class Resolved(NamedTuple):
    """A record with its base fields applied; `time` is s, absolute or relative to now."""

    base: str
    name: str
    time: float
    unit: str
    value: Any


def reader(source: Source) -> Reader:
    """A reader of this source's messages."""
    return Reader(source)


class Reader:
    """A pack becomes one Telemetry per device and moment."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def read(self, topic: str, payload: bytes, arrived: int) -> list[Thing]:
        """One pack as our things, the oldest first; raises Rejected."""
        is_cbor = senml_cbor.is_cbor(payload)
        pack = senml_cbor.decode(payload) if is_cbor else wire.decode(Pack, payload)
        if not 0 < len(pack) <= RECORDS:
            raise Rejected("no_metrics", f"{len(pack)} records; 1 to {RECORDS} are a pack")
        named = self._topic(topic)
        device = self._source.code(named["device"]) if "device" in named else None
        kind = self._source.kind_of(named.get("type"))
        groups: dict[tuple[str, int], list[tuple[str, Any, str]]] = {}
        things: list[Thing] = []
        for each in resolve(pack):
            who, what = (device, each.name or each.base) if device else self._split(each)
            at = _ms(each.time, arrived)
            groups.setdefault((who, at), []).append((what or _unnamed(each), each.value, each.unit))
        for (who, at), said in sorted(groups.items(), key=lambda group: group[0][1]):
            try:
                things += self._telemetry(who, at, kind, said, arrived)
            except Rejected as why:
                things.append(why)
        if things and all(isinstance(thing, Rejected) for thing in things):
            raise cast(Rejected, things[0])
        return things or [Known("unmapped")]

    def _topic(self, topic: str) -> dict[str, str]:
        for each in self._source.topics:
            if (named := filters.match(each, topic)) is not None:
                return named
        return {}

    def _split(self, said: Resolved) -> tuple[str, str]:
        """Device and metric: base name and name, else a name that ends in a mapped one."""
        if said.base and said.name:
            return self._source.code(said.base.rstrip(ENDS) or said.base), said.name
        whole = said.base + said.name
        for name in self._source.metrics:
            if whole.endswith(name) and whole[: -len(name)][-1:] in set(ENDS):
                return self._source.code(whole[: -len(name) - 1]), name
        return self._source.code(whole.rstrip(ENDS)), ""

    def _telemetry(
        self, device: str, at: int, kind: str, said: list[tuple[str, Any, str]], arrived: int
    ) -> list[Telemetry]:
        source, when = self._source, self._source.moment(at, arrived)
        place = {unit: value for _, value, unit in said if unit in DEGREES}
        lon, lat = source.place(place.get("lon"), place.get("lat"))
        rest = [each for each in said if each[2] not in DEGREES]
        metrics = source.measured(kind, rest)
        if not metrics:
            return []
        return [source.telemetry(device, kind, when, metrics, arrived, lon=lon, lat=lat)]


def _unnamed(said: Resolved) -> str:
    return said.unit or "value"


def _ms(time: float, arrived: int) -> int:
    if not abs(time) < LATEST:
        raise Rejected("bad_time", f"time {time!r} is no time in seconds")
    if time < RELATIVE_BELOW:
        return arrived + round(time * 1000)
    return round(time * 1000)


def resolve(pack: Sequence[dict[str, Any]]) -> Iterator[Resolved]:
    """Apply base fields (RFC 8428, 4.6) in order; sums and opaque data are left out."""
    base: dict[str, Any] = {}
    for record in pack:
        base.update({field: record[field] for field in BASES if field in record})
        _check(record, base)
        value = _value(record, base)
        if value is not None:
            yield Resolved(
                base=_text(base, "bn"),
                name=_text(record, "n"),
                time=_number(base, "bt") + _number(record, "t"),
                unit=_text(record, "u") or _text(base, "bu"),
                value=value,
            )


def _check(record: dict[str, Any], base: dict[str, Any]) -> None:
    version = record.get("bver", VERSION)
    if not isinstance(version, int) or version > VERSION:
        raise Rejected("wrong_version", f"bver {str(version)[:20]!r}; up to {VERSION} is known")
    for field in record:
        if field.endswith("_"):
            raise Rejected("wrong_field", f"{field[:40]!r} must be understood and is not known")
    if "bv" not in base and not any(field in record for field in (*VALUES, *BASES)):
        raise Rejected("wrong_field", "a record without a value (v, vs, vb, vd or s)")


def _value(record: dict[str, Any], base: dict[str, Any]) -> Any:
    if "v" in record or ("bv" in base and not any(field in record for field in VALUES)):
        if "v" not in record and "n" not in record:
            return None  # a record of base fields alone
        return _number(base, "bv") + _number(record, "v")
    if "vb" in record:
        if not isinstance(record["vb"], bool):
            raise Rejected("wrong_field", "vb is neither true nor false")
        return record["vb"]
    return _text(record, "vs") if "vs" in record else None


def _text(record: dict[str, Any], field: str) -> str:
    said = record.get(field, "")
    if not isinstance(said, str):
        raise Rejected("wrong_field", f"{field} is no text")
    return said


def _number(record: dict[str, Any], field: str) -> float:
    said = record.get(field, 0)
    if isinstance(said, str | bool):
        raise Rejected("wrong_field", f"{field} is no number")
    return number(said, "wrong_field", field)


SENML_UNITS = {"℃": "Cel", "": None, "人": "count", "个": "count", "次": "count", "台": "count"}


def write(t: Telemetry, topic: str, *, cbor: bool = False) -> tuple[str, bytes]:
    """Topic and payload of a Telemetry as one pack; its units are those of our kinds."""
    head: dict[str, Any] = {"bn": f"{t.device}:", "bt": t.at / 1000, "bver": VERSION}
    records: list[dict[str, Any]] = []
    for name, value in t.metrics.items():
        unit = unit_of(t.kind, name)
        records.append({"n": name, "u": SENML_UNITS.get(unit, unit), "v": value})
    if t.lon is not None:
        records += [{"n": "lon", "u": "lon", "v": t.lon}, {"n": "lat", "u": "lat", "v": t.lat}]
    records = [{k: v for k, v in r.items() if v is not None} for r in records]
    records[0] = head | records[0]
    return topic, senml_cbor.encode(records) if cbor else msgspec.json.encode(records)
