"""Any JSON by mapping, see docs/protocols/profile.md: paths (JMESPath) from a source file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Literal, cast
from zoneinfo import ZoneInfo

import msgspec

from app.domain.readings import Telemetry
from app.errors import Rejected
from streams import filters, paths, wire
from streams.dialects import Known, Thing
from streams.sources import Introductions, Source, number

TOPICS: tuple[str, ...] = ()
_decoder = msgspec.json.Decoder()


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where things are: JMESPath, or text with {levels} of the topic."""

    device: paths.Path = "{device}"
    records: str = ""  # the list of records; without it the message is the only one
    type: str = ""  # what `kind` maps
    time: str = ""
    time_format: str = "iso"  # iso, s, ms, or a strptime format
    no_time: Literal["refuse", "arrival"] = "refuse"  # what becomes of a record without its time
    lon: str = ""
    lat: str = ""
    id: str = ""  # the message's own id
    online: str = ""  # says whether the device is there: a birth or a farewell
    name: str = ""
    metric_name: str = ""  # records of one value each: its name …
    metric_value: str = ""
    metric_unit: str = ""


PATHS = tuple(f for f in Options.__struct_fields__ if f not in {"time_format", "no_time"})


def faults(source: Source) -> list[str]:
    """What is wrong with the paths of a source."""
    options: Options = source.options
    said = [(f"options.{f}", getattr(options, f)) for f in PATHS if getattr(options, f)]
    every = [*said, *((f"metrics.{m}", m) for m in source.metrics if not options.metric_name)]
    return [*_wrong(every), *_missing_levels(source, said), *_halves(source, options)]


def _wrong(every: list[tuple[str, str]]) -> Iterator[str]:
    for name, text in every:
        try:
            paths.compiled(text)
        except ValueError as why:
            yield f"`{name}`: {why}"


def _missing_levels(source: Source, said: list[tuple[str, str]]) -> Iterator[str]:
    for name, text in said:
        wanted = set(filters.names(text)) if paths.LEVELS.fullmatch(text) else set()
        for topic in source.topics:
            if missing := sorted(wanted - set(filters.names(topic))):
                each = ", ".join(f"{{{m}}}" for m in missing)
                yield f"`{name}`: {topic!r} has no {each}; name the level or give a path"


def _halves(source: Source, options: Options) -> Iterator[str]:
    if bool(options.lon) != bool(options.lat):
        yield "`options.lon` and `options.lat` belong together"
    if bool(options.metric_name) != bool(options.metric_value):
        yield "`options.metric_name` and `options.metric_value` belong together"
    if not source.metrics and not options.metric_name and not options.online:
        yield "`metrics` is missing: map at least one path to a metric"
    yield from paths.time_faults(options.time_format, source.zone)


def reader(source: Source) -> Reader:
    """A reader of this source's messages."""
    return Reader(source)


class Reader:
    """Records by their paths; those of one device and moment become one Telemetry."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._options: Options = source.options
        self._paths = {f: paths.compiled(t) for f in PATHS if (t := getattr(self._options, f))}
        self._metrics = {name: paths.compiled(name) for name in source.metrics}
        self._zone = ZoneInfo(source.zone) if source.zone else None
        self._births = Introductions()

    def read(self, topic: str, payload: bytes, arrived: int) -> list[Thing]:
        """One message as our things; raises Rejected."""
        whole = wire.decode(_decoder, payload)
        levels = paths.levels(self._source, topic)
        things: list[Thing] = []
        for record in paths.listed(self._paths.get("records"), whole):
            try:
                things += self._record(record, whole, levels, arrived)
            except Rejected as why:
                things.append(why)
        if things and all(isinstance(each, Rejected) for each in things):
            raise cast(Rejected, things[0])
        return _merged(things) or [Known("empty")]

    def _record(
        self, record: Any, whole: Any, levels: dict[str, str], arrived: int
    ) -> Iterator[Thing]:
        source = self._source

        def get(field: str) -> Any:
            """From the record, else from the message around it."""
            find = self._paths.get(field)
            if find is None:
                return None
            found = paths.search(find, record, levels)
            return paths.search(find, whole, levels) if found is None else found

        device, kind = source.code(get("device")), source.kind_of(get("type"))
        at = self._moment(get("time"), arrived)
        lon, lat = source.place(get("lon"), get("lat"))
        online = get("online")
        if online is not None:
            yield from self._presence(device, kind, at, _truth(online), get("name"), lon, lat)
        said = [*self._said(record)]
        bad: list[Thing] = []
        metrics = source.measured(kind, said, bad)
        if metrics or not said and online is None:
            # what a replay of the whole says must not pass for a part of it
            own = None if bad else _short(get("id"))
            more = {"message_id": own} | ({} if lon is None else _place(lon, lat))
            yield source.telemetry(device, kind, at, metrics, arrived, **more)
            yield from bad
        elif online is None:  # one of their many values that nobody has asked for
            yield Known("unmapped")

    def _presence(
        self, device: str, kind: str, at: int, online: bool, name: Any, lon: Any, lat: Any
    ) -> list[Thing]:
        more = {"name": _short(name), "lon": lon, "lat": lat} if online else {}
        return [*self._births.news(self._source.birth(device, kind, at, online=online, **more))]

    def _said(self, record: Any) -> Iterator[tuple[str, Any, str]]:
        if "metric_name" in self._paths:
            name, value, unit = (
                paths.search(self._paths[f], record, {}) if f in self._paths else None
                for f in ("metric_name", "metric_value", "metric_unit")
            )
            if value is not None and name is not None:
                yield str(name)[:64], value, unit if isinstance(unit, str) else ""
            return
        for name, find in self._metrics.items():
            value = paths.search(find, record, {})
            if value is not None:
                yield name, value, ""

    def _moment(self, said: Any, arrived: int) -> int:
        form, source = self._options.time_format, self._source
        if "time" not in self._paths or source.clock == "arrival":
            return arrived
        if said is None and self._options.no_time == "arrival":
            return arrived
        if said is None:
            raise Rejected("bad_time", f"no time at {self._options.time!r}")
        if form == "iso":
            return source.moment(said if isinstance(said, str) else str(said)[:40], arrived)
        if form in {"s", "ms"}:
            scale = 1000 if form == "s" else 1
            return source.moment(number(said, "bad_time") * scale, arrived)
        return source.moment(self._strptime(str(said)[:64], form), arrived)

    def _strptime(self, said: str, form: str) -> datetime:
        try:
            at = datetime.strptime(said, form)  # noqa: DTZ007 - the zone is given below
        except ValueError as why:
            raise Rejected("bad_time", f"{said!r} is not of the form {form!r}") from why
        return at if at.tzinfo else at.replace(tzinfo=self._zone)


def _truth(said: Any) -> bool:
    if not isinstance(said, bool | int):
        raise Rejected("wrong_field", "online: write an expression such as state == 'online'")
    return bool(said)


def _place(lon: float, lat: float | None) -> dict[str, Any]:
    return {"lon": lon, "lat": lat}


def _merged(things: list[Thing]) -> list[Thing]:
    """Readings of the same device and moment as one, behind everything else."""
    rest = [each for each in things if not isinstance(each, Telemetry)]
    found: dict[tuple[str, int, str], Telemetry] = {}
    for t in things:
        if isinstance(t, Telemetry):
            key = t.device, t.at, t.kind
            found[key] = _both(found[key], t) if key in found else t
    return [*rest, *found.values()]


def _both(one: Telemetry, other: Telemetry) -> Telemetry:
    place = other if one.lon is None else one
    return msgspec.structs.replace(
        one, metrics=one.metrics | other.metrics, lon=place.lon, lat=place.lat
    )


def _short(said: Any) -> str | None:
    return str(said)[:128] if isinstance(said, str | int) and str(said) else None
