"""Reports of grid workers with photos, see docs/protocols/grid_report.md."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from app.domain.reports import Report
from app.errors import Rejected
from app.services.ingest import Filed
from streams import wire
from streams.topics import FIELD, Template

TEMPLATE = Template("city/{district}/grid/{worker}/report")
PHOTOS = 3
PHOTO_BYTES = 300 * 1024


class Picture(msgspec.Struct):
    """One photo; msgspec decodes the base64."""

    type: Literal["image/jpeg", "image/png", "image/webp"]
    data: bytes


class Wire(msgspec.Struct):
    """The payload."""

    id: Annotated[str, msgspec.Meta(pattern=f"^{FIELD}$")]
    ts: int | float | str
    code: Annotated[str, msgspec.Meta(pattern=r"^[0-9A-Za-z]{0,16}$")]
    title: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    description: Annotated[str, msgspec.Meta(max_length=2000)]
    lon: float | None = None
    lat: float | None = None
    crs: wire.Crs = "wgs84"
    address: Annotated[str, msgspec.Meta(max_length=200)] = ""
    photos: Annotated[list[Picture], msgspec.Meta(max_length=PHOTOS)] = []


_decoder = msgspec.json.Decoder(Wire)


def read(fields: dict[str, str], payload: bytes, arrived: int) -> Filed:
    """One message as a report and its pictures; raises Rejected."""
    said = wire.decode(_decoder, payload)
    made = report(said, wire.moment(said.ts, arrived), worker=fields["worker"], channel="mqtt")
    return Filed(made, pictures(said))


def pictures(said: Wire) -> tuple[bytes, ...]:
    """The pictures of a checked payload; Rejected when one is too large."""
    for picture in said.photos:
        if len(picture.data) > PHOTO_BYTES:
            raise Rejected("too_large", f"a photo of {len(picture.data)} bytes; 300 KB at most")
    return tuple(picture.data for picture in said.photos)


def report(said: Wire, at: int, *, worker: str | None, channel: str) -> Report:
    """The report of a checked payload, `at` epoch ms; Rejected when its place is impossible."""
    lon, lat = wire.place(said.lon, said.lat, said.crs)
    return Report(
        id=said.id,
        channel=channel,
        worker=worker,
        at=at,
        code=said.code,
        title=said.title,
        description=said.description,
        lon=lon,
        lat=lat,
        address=said.address,
    )


def write(filed: Filed, district: str) -> tuple[str, bytes]:
    """Topic and payload of a report; its pictures are sent as JPEG."""
    r = filed.report
    body: dict[str, Any] = {
        "id": r.id,
        "ts": r.at,
        "code": r.code,
        "title": r.title,
        "description": r.description,
        "address": r.address,
        "photos": [{"type": "image/jpeg", "data": data} for data in filed.pictures],
    }
    if r.lon is not None:
        body["lon"], body["lat"] = r.lon, r.lat
    return TEMPLATE.fill(district=district, worker=r.worker or ""), msgspec.json.encode(body)
