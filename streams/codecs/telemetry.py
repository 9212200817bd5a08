"""Readings of a device, see docs/protocols/telemetry.md."""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal

import msgspec

from app.domain.readings import Quality, Telemetry
from app.errors import Rejected
from streams import wire
from streams.topics import Template

TEMPLATE = Template("city/{district}/{kind}/{device}/telemetry")
OLDEST_MS = 24 * 3600 * 1000
METRICS = 64

QUALITIES = {"good": Quality.GOOD, "suspect": Quality.SUSPECT, "bad": Quality.BAD}
_NAMES = {int(quality): name for name, quality in QUALITIES.items()}

MetricName = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]


class Wire(msgspec.Struct):
    """The payload."""

    ts: int | float | str
    metrics: dict[MetricName, float | bool]
    id: Annotated[str, msgspec.Meta(max_length=128)] | None = None
    lon: float | None = None
    lat: float | None = None
    crs: wire.Crs = "wgs84"
    quality: Literal["good", "suspect", "bad"] = "good"


_decoder = msgspec.json.Decoder(Wire)


def read(fields: dict[str, str], payload: bytes, arrived: int) -> Telemetry:
    """One message as Telemetry; raises Rejected. `arrived` is epoch ms."""
    said = wire.decode(_decoder, payload)
    at = wire.moment(said.ts, arrived)
    if at < arrived - OLDEST_MS:
        raise Rejected("too_old", f"ts is {(arrived - at) // 3_600_000} hours old; at most 24")
    lon, lat = said.lon, said.lat
    if lon is not None or lat is not None:
        lon, lat = wire.place(lon, lat, said.crs)
    return Telemetry(
        device=fields["device"],
        kind=fields["kind"],
        at=at,
        metrics=_metrics(said.metrics),
        lon=lon,
        lat=lat,
        message_id=said.id or None,
        quality=QUALITIES[said.quality],
    )


def _metrics(said: dict[str, float | bool]) -> dict[str, float]:
    if not 0 < len(said) <= METRICS:
        raise Rejected("no_metrics", f"{len(said)} metrics; 1 to {METRICS} are expected")
    metrics: dict[str, float] = said
    if bool in set(map(type, said.values())):
        metrics = {name: float(value) for name, value in said.items()}
    if not math.isfinite(sum(metrics.values())):  # also when finite ones are too large together
        for name, value in metrics.items():
            if not math.isfinite(value):
                raise Rejected("wrong_field", f"metric {name!r} is not finite")
    return metrics


def write(t: Telemetry, district: str) -> tuple[str, bytes]:
    """Topic and payload of a Telemetry."""
    body: dict[str, Any] = {"ts": t.at, "metrics": t.metrics}
    if t.message_id:
        body["id"] = t.message_id
    if t.lon is not None:
        body["lon"], body["lat"] = t.lon, t.lat
    if t.quality != Quality.GOOD:
        body["quality"] = _NAMES[t.quality]
    topic = TEMPLATE.fill(district=district, kind=t.kind, device=t.device)
    return topic, msgspec.json.encode(body)
