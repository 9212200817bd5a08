"""Births, wills and leaves of devices and gateways, see docs/protocols/status.md."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from app.domain.readings import DeviceStatus
from app.errors import Rejected
from streams import wire
from streams.topics import FIELD, Template

TEMPLATE = Template("city/{district}/{kind}/{device}/status")

DAY_S = 86_400
MOST_SENT = 2**48  # a count that a float still holds exactly, and sums of it a counter


class Wire(msgspec.Struct):
    """The payload."""

    ts: int | float | str
    online: bool
    name: Annotated[str, msgspec.Meta(max_length=100)] | None = None
    lon: float | None = None
    lat: float | None = None
    crs: wire.Crs = "wgs84"
    period_s: Annotated[float, msgspec.Meta(gt=0, le=DAY_S)] | None = None
    gateway: Annotated[str, msgspec.Meta(pattern=f"^{FIELD}$")] | None = None
    unit: Annotated[str, msgspec.Meta(max_length=64)] | None = None
    sent: Annotated[int, msgspec.Meta(ge=0, le=MOST_SENT)] | None = None


_decoder = msgspec.json.Decoder(Wire)


def read(fields: dict[str, str], payload: bytes, arrived: int) -> DeviceStatus:
    """One message as DeviceStatus; raises Rejected. A retained birth may be of any age."""
    said = wire.decode(_decoder, payload)
    at = wire.moment(said.ts, arrived)
    lon, lat = wire.place(said.lon, said.lat, said.crs)
    if said.gateway == fields["device"]:
        raise Rejected("wrong_field", "gateway: a device cannot be behind itself")
    return DeviceStatus(
        device=fields["device"],
        kind=fields["kind"],
        at=at,
        online=said.online,
        name=said.name or None,
        lon=lon,
        lat=lat,
        period_s=max(1, round(said.period_s)) if said.period_s else None,
        gateway=said.gateway,
        unit=said.unit or None,
        sent=said.sent,
    )


def write(s: DeviceStatus, district: str) -> tuple[str, bytes]:
    """Topic and payload of a DeviceStatus."""
    body: dict[str, Any] = {"ts": s.at, "online": s.online}
    for name in ("name", "lon", "lat", "period_s", "gateway", "unit", "sent"):
        if getattr(s, name) is not None:
            body[name] = getattr(s, name)
    topic = TEMPLATE.fill(district=district, kind=s.kind, device=s.device)
    return topic, msgspec.json.encode(body)
