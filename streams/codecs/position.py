"""Where grid workers are, see docs/protocols/position.md."""

from __future__ import annotations

import msgspec

from app.domain.readings import WorkerPosition
from app.errors import Rejected
from streams import wire
from streams.topics import Template

TEMPLATE = Template("city/{district}/grid/{worker}/position")


class Wire(msgspec.Struct):
    """The payload."""

    ts: int | float | str
    lon: float
    lat: float
    crs: wire.Crs = "wgs84"


_decoder = msgspec.json.Decoder(Wire)


def read(fields: dict[str, str], payload: bytes, arrived: int) -> WorkerPosition:
    """One message as WorkerPosition; raises Rejected."""
    said = wire.decode(_decoder, payload)
    at = wire.moment(said.ts, arrived)
    lon, lat = wire.place(said.lon, said.lat, said.crs)
    if lon is None or lat is None:
        raise Rejected("bad_place", "a position needs lon and lat")
    return WorkerPosition(worker=fields["worker"], at=at, lon=lon, lat=lat)


def write(p: WorkerPosition, district: str) -> tuple[str, bytes]:
    """Topic and payload of a WorkerPosition."""
    body = {"ts": p.at, "lon": p.lon, "lat": p.lat}
    return TEMPLATE.fill(district=district, worker=p.worker), msgspec.json.encode(body)
