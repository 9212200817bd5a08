"""12345 orders, see docs/protocols/hotline.md. Personal fields stay in the ledger."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from app.domain.reports import HotlineOrder
from streams import wire
from streams.topics import Template

TEMPLATE = Template("city/{district}/12345/{order_no}/order")

Short = Annotated[str, msgspec.Meta(max_length=100)]
Line = Annotated[str, msgspec.Meta(max_length=200)]


class Wire(msgspec.Struct):
    """The payload; type and urgency are the hotline's own words."""

    ts: int | float | str
    channel: Short
    type: Literal["咨询", "求助", "投诉", "举报", "建议", "表扬", "其他"]
    urgency: Literal["特急", "紧急", "一般"]
    category: Line
    title: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    content: Annotated[str, msgspec.Meta(max_length=5000)]
    address: Line
    lon: float | None = None
    lat: float | None = None
    crs: wire.Crs = "wgs84"
    caller_name: Short | None = None
    caller_phone: Short | None = None
    id_no: Short | None = None


_decoder = msgspec.json.Decoder(Wire)


def read(fields: dict[str, str], payload: bytes, arrived: int) -> HotlineOrder:
    """One message as HotlineOrder; raises Rejected."""
    said = wire.decode(_decoder, payload)
    return order(said, fields["order_no"], wire.moment(said.ts, arrived))


def order(said: Wire, order_no: str, at: int) -> HotlineOrder:
    """The order of a checked payload, `at` epoch ms; Rejected when its place is impossible."""
    lon, lat = wire.place(said.lon, said.lat, said.crs)
    return HotlineOrder(
        order_no=order_no,
        channel=said.channel,
        at=at,
        type=said.type,
        urgency=said.urgency,
        category=said.category,
        title=said.title,
        content=said.content,
        address=said.address,
        lon=lon,
        lat=lat,
        caller_name=said.caller_name or None,
        caller_phone=said.caller_phone or None,
        id_no=said.id_no or None,
    )


def write(order: HotlineOrder, district: str) -> tuple[str, bytes]:
    """Topic and payload of an order."""
    body: dict[str, Any] = {k: v for k, v in msgspec.to_builtins(order).items() if v is not None}
    body["ts"] = body.pop("at")
    topic = TEMPLATE.fill(district=district, order_no=body.pop("order_no"))
    return topic, msgspec.json.encode(body)
