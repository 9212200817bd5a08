"""ChirpStack v4, JSON marshaler, see docs/protocols/chirpstack.md."""

from __future__ import annotations

from typing import Any

import msgspec

from app.errors import Rejected
from streams import wire
from streams.dialects import Known, Thing
from streams.dialects.lorawan import Heard, Network, Uplink
from streams.sources import Source, number

TOPICS = ("application/+/device/+/event/+", "+/gateway/+/state/conn")

EVENT = "up"  # the end of a topic that is not said (run.py feeds try)


class DeviceInfo(msgspec.Struct, frozen=True, rename="camel"):
    """Who sent it; tags are those of the device and its profile."""

    dev_eui: str
    device_name: str = ""
    device_profile_name: str = ""
    device_profile_id: str = ""
    tags: dict[str, str] = {}


class Location(msgspec.Struct, frozen=True):
    """Degrees; ChirpStack leaves a zero away."""

    latitude: float = 0.0
    longitude: float = 0.0


class RxInfo(msgspec.Struct, frozen=True, rename="camel"):
    """A gateway that heard the uplink."""

    gateway_id: str
    rssi: float = -200.0
    location: Location | None = None


class Event(msgspec.Struct, frozen=True, rename="camel"):
    """What we read of any event."""

    device_info: DeviceInfo
    deduplication_id: str | None = None
    time: str | None = None
    f_port: int = 0
    data: str = ""
    object: Any = None
    rx_info: list[RxInfo] = []
    margin: float | None = None
    battery_level: float | None = None
    battery_level_unavailable: bool = False
    location: Location | None = None
    level: str | None = None


class Conn(msgspec.Struct, frozen=True, rename="camel"):
    """The state of a gateway's own line; its will says OFFLINE, a zero that is left away."""

    gateway_id: str
    state: str = "OFFLINE"


_decoder = msgspec.json.Decoder(Event)
_conn_decoder = msgspec.json.Decoder(Conn)

HINT = "; a topic ends in …/event/up, a webhook's address in ?event=up"
KNOWN = {"ack", "txack", "log", "integration"}


def reader(source: Source) -> Reader:
    """A reader of this source's messages."""
    return Reader(source)


class Reader:
    """Uplinks become readings; everything else is presence or known."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._network = Network(source)

    def read(self, topic: str, payload: bytes, arrived: int) -> list[Thing]:
        """One event as our things; raises Rejected."""
        if topic.endswith("/state/conn"):
            return self._conn(payload, arrived)
        what = topic.rpartition("/")[2]
        said = wire.decode(_decoder, payload)
        if what in KNOWN:
            bad = what == "log" and said.level in {"WARNING", "ERROR"}
            return [Known(f"log:{said.level}".lower() if bad else what)]
        if what not in {"up", "join", "status", "location"}:
            raise Rejected("unknown_topic", f"event {what[:40]!r} is none of ChirpStack v4{HINT}")
        up = self._uplink(said, what, arrived)
        said_of_itself: list[Thing] = []
        if what == "up":
            said_of_itself = self._values(said, up, arrived)
        elif what == "status":
            said_of_itself = self._battery(said, up, arrived)
        return [*self._network.presence(up), *said_of_itself] or [Known(what)]

    def _conn(self, payload: bytes, arrived: int) -> list[Thing]:
        said = wire.decode(_conn_decoder, payload)
        gateway = self._source.code(said.gateway_id)
        online = said.state == "ONLINE"
        return [self._source.birth(gateway, "gateway", arrived, online=online)]

    def _uplink(self, said: Event, what: str, arrived: int) -> Uplink:
        who, source = said.device_info, self._source
        place: tuple[Any, Any] = (who.tags.get("lon"), who.tags.get("lat"))
        if what == "location" and said.location:
            place = said.location.longitude, said.location.latitude
        return Uplink(
            device=source.code(who.dev_eui),
            kind=source.kind_of(who.device_profile_name, who.device_profile_id),
            at=source.moment(said.time, arrived),
            name=who.device_name[:100],
            lon=place[0],
            lat=place[1],
            heard=[_heard(source, each) for each in said.rx_info[:16]],
            values=said.object,
            message_id=said.deduplication_id,
        )

    def _values(self, said: Event, up: Uplink, arrived: int) -> list[Thing]:
        if said.f_port == 0:
            return [Known("up:mac")]
        if said.object is None and said.data:
            raise Rejected("not_decoded", "no object: give the device profile a codec")
        return self._network.reading(up, arrived)

    def _battery(self, said: Event, up: Uplink, arrived: int) -> list[Thing]:
        if said.battery_level is None or said.battery_level_unavailable:
            return []
        level = {"battery": number(said.battery_level, "wrong_field")}
        more = {"message_id": said.deduplication_id}
        return [self._source.telemetry(up.device, up.kind, up.at, level, arrived, **more)]


def _heard(source: Source, said: RxInfo) -> Heard:
    at = said.location
    lon, lat = (at.longitude, at.latitude) if at else (None, None)
    return Heard(source.code(said.gateway_id), said.rssi, lon, lat)
