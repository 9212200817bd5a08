"""Sources: who sends, in which dialect, and what it means in our kinds, metrics, time and place.

A dialect takes a message apart; the source's verbs here say what the parts are with us, so that
every dialect converts, checks and names them alike. They raise Rejected and nothing else.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import Annotated, Any, Literal
from zlib import crc32
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta

from app.domain.adoption import Adopt
from app.domain.kinds import BY_CODE
from app.domain.readings import DeviceStatus, Quality, Telemetry
from app.errors import Rejected
from streams import units, wire
from streams.codecs.telemetry import METRICS, OLDEST_MS
from streams.stream_settings import StreamSettings

PLACES = {"lon", "lat"}  # as metrics: where the device is
CODE = 64  # characters of a device code
ANY_TYPE = "*"
_NO_CODE = re.compile(r"[^\w.:@-]")

Name = Annotated[str, Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)]
Text = Annotated[str, Meta(min_length=1)]


class MetricMap(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One of their values as one of our metrics: value × scale + offset, then unit → our unit.

    `values` gives texts a number; a text that is not among them is refused.
    """

    metric: Text
    scale: float = 1.0
    offset: float = 0.0
    unit: str = ""
    values: dict[str, float] = {}


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """One feed of one sender; `options` are the dialect's own settings (its `Options`)."""

    name: Name
    dialect: str
    owner: Text
    crs: wire.Crs
    kind: str | dict[str, str] = ""  # needed by dialects that say readings
    by: Literal["mqtt", "webhook", "stream", "drop"] = "mqtt"  # the way its messages come
    clock: Literal["device", "arrival"] = "device"
    zone: str = ""  # of times without an offset, e.g. Asia/Shanghai
    period_s: Annotated[int, Meta(ge=1, le=86_400)] | None = None
    quiet_s: Annotated[int, Meta(ge=1, le=604_800)] | None = None  # silent for longer: lost
    prefix: Annotated[str, Meta(pattern=r"^[\w.:@-]{0,24}$")] = ""  # before each device code
    topics: tuple[str, ...] = ()
    user: Annotated[str, Meta(pattern=r"^[\w.@-]{0,64}$")] = ""  # at the broker; else its name
    metrics: dict[str, MetricMap] = {}
    personal: tuple[str, ...] = ()
    stream: StreamSettings | None = None  # where `by: stream` reads
    adopt: tuple[Adopt, ...] = ()  # who of its unknown devices is put on the map, and how
    options: Any = None

    def code(self, said: object) -> str:
        """The device code of a foreign id: other characters become `_`, with a check sum."""
        text = str(said) if isinstance(said, str | int) and not isinstance(said, bool) else ""
        if not text or len(text) > 512:
            raise Rejected("no_device", f"the message names no device (found {text[:40]!r})")
        code = self.prefix + text
        plain = _NO_CODE.sub("_", code)
        if plain == code and len(code) <= CODE:
            return code
        return f"{plain[: CODE - 9]}.{crc32(code.encode('utf-8', 'replace')):08x}"

    def kind_of(self, *types: object) -> str:
        """Our kind of a device by the first of its types that the source maps."""
        if isinstance(self.kind, str):
            return self.kind
        for each in (*types, ANY_TYPE):
            if isinstance(each, str) and each in self.kind:
                return self.kind[each]
        seen = ", ".join(repr(t[:60]) for t in types if isinstance(t, str)) or "none"
        raise Rejected("unknown_kind", f"types {seen}: none stands under `kind` of {self.name}")

    def moment(self, said: float | str | datetime | None, arrived: int) -> int:
        """Epoch ms of what the device says (ms, ISO-8601), or of arrival if its clock is not used.

        A message without a time is taken as of now.
        """
        if said is None or self.clock == "arrival":
            return arrived
        if isinstance(said, datetime):
            said = said.isoformat()
        if isinstance(said, bool) or not isinstance(said, int | float | str):
            raise Rejected("bad_time", f"a time of type {type(said).__name__}")
        try:
            return wire.moment(self._zoned(said) if isinstance(said, str) else said, arrived)
        except OverflowError as why:
            raise Rejected("bad_time", "a time beyond all numbers") from why

    def _zoned(self, said: str) -> str:
        if not self.zone:
            return said
        try:
            at = datetime.fromisoformat(said)
        except ValueError:
            return said
        return at.replace(tzinfo=ZoneInfo(self.zone)).isoformat() if at.tzinfo is None else said

    def place(self, lon: Any, lat: Any) -> tuple[float, float] | tuple[None, None]:
        """WGS-84 degrees of a place in the source's system; (None, None) without one.

        0, 0 is what a receiver says that sees no satellite, "" is an empty field: no place.
        """
        x, y = (None if v in (None, "") else number(v, "bad_place") for v in (lon, lat))
        if x == 0 and y == 0:
            return None, None
        return _placed(x, y, self.crs)

    def measured(
        self, kind: str, said: Iterable[tuple[str, Any, str]], bad: list[Any] | None = None
    ) -> dict[str, float]:
        """Our metrics of (their name, value, their unit or ""); what is not mapped is left out.

        A source that maps nothing passes all numbers under their own names. The unit of the
        mapping wins over the one that the message says; without any the value is as ours. null and
        "" are no values. A wrong value raises Rejected; with `bad` it stands there while others
        are good.
        """
        found: dict[str, float] = {}
        wrong: list[Rejected] = []
        for name, value, unit in said:
            rule = self.metrics.get(name)
            unmapped = self.metrics or not isinstance(value, bool | int | float)
            if value is None or (rule is None and unmapped):
                continue
            if value == "" and not (rule and "" in rule.values):
                continue
            rule = rule or MetricMap(name[:64] or "value")
            try:
                found[rule.metric] = self._measure(kind, name, rule, value, unit)
            except Rejected as why:
                wrong.append(why)
        if wrong and (bad is None or not found):
            raise wrong[0]
        if bad is not None:
            bad += wrong
        return found

    def _measure(self, kind: str, name: str, rule: MetricMap, value: Any, unit: str) -> float:
        own = unit_of(kind, rule.metric)
        try:
            if not (isinstance(value, str) and value in rule.values):
                value, unit = units.parted(value, unit, rule.unit)
            plain = self._value(name, rule, value)
            return units.convert(plain, rule.unit or unit or own, own)
        except ValueError as why:
            raise Rejected("wrong_unit", f"{name[:64]!r}: {why}") from why

    def _value(self, name: str, rule: MetricMap, value: Any) -> float:
        if isinstance(value, str) and rule.values:
            if value not in rule.values:
                known = ", ".join(rule.values)
                raise Rejected("wrong_value", f"{name[:64]!r}: {value[:40]!r} is none of {known}")
            value = rule.values[value]
        return number(value, "wrong_field", name) * rule.scale + rule.offset

    def telemetry(
        self, device: str, kind: str, at: int, metrics: dict[str, float], arrived: int, **more: Any
    ) -> Telemetry:
        """A Telemetry of this source; Rejected when it says nothing or is older than 24 hours.

        `device` is from `code`, `at` from `moment`; `more` are lon, lat, message_id, quality.
        Metrics named lon and lat are where the device is, in the source's coordinates.
        """
        if metrics.keys() >= PLACES:
            more["lon"], more["lat"] = self.place(metrics["lon"], metrics["lat"])
        metrics = {name: value for name, value in metrics.items() if name not in PLACES}
        if not metrics:
            raise Rejected(
                "no_metrics", "it has nothing that `metrics` names; see the paths and names"
            )
        if len(metrics) > METRICS:
            raise Rejected(
                "no_metrics", f"{len(metrics)} metrics; at most {METRICS} are one reading"
            )
        if not all(math.isfinite(value) for value in metrics.values()):
            raise Rejected("wrong_field", "a metric is not finite")
        if at < arrived - OLDEST_MS:
            raise Rejected("too_old", f"{(arrived - at) // 3_600_000} hours old; at most 24")
        more.setdefault("quality", Quality.GOOD)
        if at == arrived and not more.get("message_id"):
            # without a time and an id of its own: others in its batch have the same moment
            more["message_id"] = f"{arrived}:{crc32(repr(metrics).encode()):08x}"
        return Telemetry(device=device, kind=kind, at=at, metrics=metrics, feed=self.name, **more)

    def birth(
        self, device: str, kind: str, at: int, *, online: bool = True, **more: Any
    ) -> DeviceStatus:
        """A DeviceStatus of this source: period and owner are the source's; `more` wins."""
        own: dict[str, Any] = {"feed": self.name}
        if online:
            own |= {"period_s": self.period_s, "unit": self.owner}
        return DeviceStatus(device=device, kind=kind, at=at, online=online, **(own | more))


# most devices stand still, and the way back from GCJ-02 is iterated
_placed = lru_cache(maxsize=50_000)(wire.place)


class Introductions:
    """Lets a birth through when it says something new, or again after `again_ms`.

    A device says who it is with each message; the roster wants to hear it once, and again now and
    then, since the device may only have been placed on the map meanwhile.
    """

    def __init__(self, again_ms: int = 600_000, kept: int = 100_000) -> None:
        self._told: dict[str, tuple[DeviceStatus, int]] = {}
        self._again_ms = again_ms
        self._kept = kept

    def news(self, said: DeviceStatus) -> list[DeviceStatus]:
        """The status itself, or nothing when it was told not long ago."""
        told = self._told.get(said.device)
        timeless = msgspec.structs.replace(said, at=0)
        if told and told[0] == _completed(timeless, told[0]):
            timeless = told[0]
            if 0 <= said.at - told[1] < self._again_ms:
                return []
        if len(self._told) >= self._kept:
            self._told.clear()
        self._told[said.device] = timeless, said.at
        return [said]


def _completed(said: DeviceStatus, before: DeviceStatus) -> DeviceStatus:
    """What was said, with what was said before where it says nothing."""
    fields = {f: getattr(said, f) for f in said.__struct_fields__}
    return msgspec.structs.replace(before, **{f: v for f, v in fields.items() if v is not None})


def number(value: Any, reason: str, name: str = "") -> float:
    """A finite number, also from true, false or "3.5"; Rejected with this reason."""
    try:
        found = float(value) if isinstance(value, bool | int | float | str) else math.nan
    except (ValueError, OverflowError):
        found = math.nan
    if not math.isfinite(found):
        raise Rejected(reason, f"{name[:64]} {str(value)[:40]!r} is no number".strip())
    return found


def flat(said: Any, depth: int = 6) -> dict[str, Any]:
    """Nested objects and lists as one: {"a": {"b": [3]}} → {"a.b.0": 3}; deeper is left out."""
    found: dict[str, Any] = {}
    inner: Iterable[tuple[Any, Any]] = ()
    if isinstance(said, dict):
        inner = said.items()
    elif isinstance(said, list):
        inner = enumerate(said[:METRICS])
    for key, value in inner:
        if not isinstance(value, dict | list):
            found[str(key)] = value
        elif depth > 1:
            found.update({f"{key}.{name}": v for name, v in flat(value, depth - 1).items()})
    return found


# what devices say of themselves besides what they measure
DIAGNOSTICS = {
    "battery": "%",
    "voltage": "V",
    "current": "A",
    "power": "W",
    "energy": "kWh",
    "rssi": "dBm",
    "snr": "dB",
    "temp": "℃",
    "humidity": "%",
}


def unit_of(kind: str, metric: str) -> str:
    """Our unit of a metric, "" when neither its kind nor the diagnostics name one."""
    found = BY_CODE.get(kind)
    own = {m.code: m.unit for m in found.metrics} if found else {}
    return own.get(metric, DIAGNOSTICS.get(metric, ""))
