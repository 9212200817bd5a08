"""The Things Stack v3, JSON, see docs/protocols/thethings.md."""

from __future__ import annotations

from typing import Any

import msgspec

from app.errors import Rejected
from streams import wire
from streams.dialects import Known, Thing
from streams.dialects.lorawan import Heard, Network, Uplink
from streams.sources import Source

TOPICS = (
    "v3/+/devices/+/up",
    "v3/+/devices/+/join",
    "v3/+/devices/+/down/+",
    "v3/+/devices/+/service/data",
    "v3/+/devices/+/location/solved",
)


class Ids(msgspec.Struct, frozen=True):
    """An id of a device, an application or a gateway."""

    device_id: str = ""
    application_id: str = ""
    gateway_id: str = ""
    dev_eui: str = ""
    application_ids: Ids | None = None


class Location(msgspec.Struct, frozen=True):
    """Degrees."""

    latitude: float = 0.0
    longitude: float = 0.0


class RxMetadata(msgspec.Struct, frozen=True):
    """A gateway that heard the uplink."""

    gateway_ids: Ids = Ids()
    rssi: float = -200.0
    location: Location | None = None


class VersionIds(msgspec.Struct, frozen=True):
    """What the device is."""

    brand_id: str = ""
    model_id: str = ""


class Solved(msgspec.Struct, frozen=True):
    """A place that was computed or entered."""

    location: Location = Location()


class UplinkMessage(msgspec.Struct, frozen=True):
    """What we read of an uplink."""

    f_port: int = 0
    f_cnt: int = 0
    session_key_id: str = ""
    frm_payload: str = ""
    decoded_payload: Any = None
    rx_metadata: list[RxMetadata] = []
    received_at: str | None = None
    locations: dict[str, Location] = {}
    version_ids: VersionIds = VersionIds()


class Message(msgspec.Struct, frozen=True):
    """What we read of any message; its one body tells what it is."""

    end_device_ids: Ids
    received_at: str | None = None
    correlation_ids: list[str] = []
    uplink_message: UplinkMessage | None = None
    join_accept: Any = None
    location_solved: Solved | None = None
    service_data: Any = None
    downlink_ack: Any = None
    downlink_nack: Any = None
    downlink_sent: Any = None
    downlink_failed: Any = None
    downlink_queued: Any = None
    downlink_queue_invalidated: Any = None
    simulated: bool = False


_decoder = msgspec.json.Decoder(Message)

FOREIGN = "packetbroker"  # the name that stands for all gateways of other networks

KNOWN = (
    "downlink_ack",
    "downlink_nack",
    "downlink_sent",
    "downlink_failed",
    "downlink_queued",
    "downlink_queue_invalidated",
    "service_data",
)
DOWN = {"push", "replace"}  # what we or others send to the stack: heard again by down/+


def reader(source: Source) -> Reader:
    """A reader of this source's messages."""
    return Reader(source)


class Reader:
    """Uplinks become readings; everything else is presence or known."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._network = Network(source)

    def read(self, topic: str, payload: bytes, arrived: int) -> list[Thing]:
        """One message as our things; raises Rejected."""
        if topic.rpartition("/")[2] in DOWN:
            return [Known("downlink_command")]
        said = wire.decode(_decoder, payload)
        for what in KNOWN:
            if getattr(said, what) is not None:
                return [Known(what)]
        if said.simulated:
            return [Known("simulated")]
        if said.uplink_message is not None:
            return self._up(said, said.uplink_message, arrived)
        if said.join_accept is None and said.location_solved is None:
            raise Rejected("unknown_message", "none of the bodies of The Things Stack v3")
        return self._sign_of_life(said, arrived)

    def _sign_of_life(self, said: Message, arrived: int) -> list[Thing]:
        solved = said.location_solved.location if said.location_solved else None
        known = Known("join" if solved is None else "location")
        try:
            up = self._uplink(said, UplinkMessage(), solved, arrived)
        except Rejected as why:
            if why.reason != "unknown_kind":
                raise
            return [known]  # only uplinks say the model: what it is stands in the next one
        return self._network.presence(up) or [known]

    def _up(self, said: Message, body: UplinkMessage, arrived: int) -> list[Thing]:
        place = body.locations.get("user") or next(iter(body.locations.values()), None)
        up = self._uplink(said, body, place, arrived)
        if body.f_port == 0:
            return [*self._network.presence(up), Known("up:mac")]
        if body.decoded_payload is None and body.frm_payload:
            raise Rejected("not_decoded", "no decoded_payload: give it a payload formatter")
        readings = self._network.reading(up, arrived)
        return [*self._network.presence(up), *readings]

    def _uplink(
        self, said: Message, body: UplinkMessage, place: Location | None, arrived: int
    ) -> Uplink:
        ids, source, kind = said.end_device_ids, self._source, body.version_ids
        application = ids.application_ids.application_id if ids.application_ids else ""
        types = (f"{kind.brand_id}/{kind.model_id}", kind.model_id, application)
        return Uplink(
            device=source.code(ids.dev_eui or f"{application}:{ids.device_id}"),
            kind=source.kind_of(*types, ids.device_id),
            at=source.moment(body.received_at or said.received_at, arrived),
            name=ids.device_id[:100],
            lon=place.longitude if place else None,
            lat=place.latitude if place else None,
            heard=[h for each in body.rx_metadata[:16] if (h := _heard(source, each))],
            values=body.decoded_payload,
            message_id=_message_id(said, body),
        )


def _heard(source: Source, said: RxMetadata) -> Heard | None:
    """The gateway; None for one of another network, whose name we do not learn."""
    if said.gateway_ids.gateway_id in ("", FOREIGN):
        return None
    at = said.location
    lon, lat = (at.longitude, at.latitude) if at else (None, None)
    return Heard(source.code(said.gateway_ids.gateway_id), said.rssi, lon, lat)


def _message_id(said: Message, body: UplinkMessage) -> str | None:
    """The id that the application server gave it, else its place in the session."""
    for each in said.correlation_ids:
        if each.startswith("as:up:"):
            return each[:128]
    return f"{body.session_key_id}:{body.f_cnt}"[:128] if body.session_key_id else None
