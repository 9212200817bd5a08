"""What the two LoRaWAN dialects share: an uplink becomes a reading, and tells who is alive."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from app.errors import Rejected
from streams.dialects import Known, Thing
from streams.sources import Introductions, Source, flat

KEPT = 100_000  # devices whose gateway is remembered
QUIET_S = 3600  # default: a gateway hears some device within an hour


class Heard(NamedTuple):
    """A gateway that heard an uplink, and how well (dBm)."""

    gateway: str
    rssi: float
    lon: Any = None
    lat: Any = None


class Uplink(NamedTuple):
    """An uplink or another sign of life of a device; `values` is None when it says no values."""

    device: str
    kind: str
    at: int
    name: str | None = None
    lon: Any = None
    lat: Any = None
    heard: Sequence[Heard] = ()
    values: Any = None
    message_id: str | None = None


class Network:
    """Births of devices and gateways from what they send, told when they are news."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._births = Introductions()
        self._behind: dict[str, str] = {}

    def presence(self, up: Uplink) -> list[Thing]:
        """The gateways that heard a device, then the device itself behind one of them."""
        source, said = self._source, list[Thing]()
        for each in up.heard:
            try:
                lon, lat = source.place(each.lon, each.lat)
            except Rejected as why:  # a gateway in a wrong place takes no device's values along
                said.append(why)
                lon, lat = None, None
            period = source.period_s or QUIET_S
            said += self._births.news(
                source.birth(each.gateway, "gateway", up.at, lon=lon, lat=lat, period_s=period)
            )
        lon, lat = source.place(up.lon, up.lat)
        more: dict[str, Any] = {
            "name": up.name or None,
            "lon": lon,
            "lat": lat,
            "gateway": self._gateway(up),
        }
        said += self._births.news(source.birth(up.device, up.kind, up.at, **more))
        return said

    def _gateway(self, up: Uplink) -> str | None:
        """The one it was behind before while that hears it, else the one that hears it best."""
        heard = {each.gateway: each.rssi for each in up.heard}
        before = self._behind.get(up.device)
        if not heard or before in heard:
            return before
        if len(self._behind) >= KEPT:
            self._behind.clear()
        self._behind[up.device] = max(heard, key=lambda gateway: heard[gateway])
        return self._behind[up.device]

    def reading(self, up: Uplink, arrived: int) -> list[Thing]:
        """The uplink's values as Telemetry; frames without a value of ours are known."""
        source = self._source
        said = ((name, value, "") for name, value in flat(up.values).items())
        bad: list[Thing] = []
        metrics = source.measured(up.kind, said, bad)
        if not metrics:
            return [Known("up:unmapped")]
        lon, lat = source.place(up.lon, up.lat)
        # what a replay of the whole says must not pass for this part of it
        own = None if bad else up.message_id
        more = {"lon": lon, "lat": lat, "message_id": own}
        return [source.telemetry(up.device, up.kind, up.at, metrics, arrived, **more), *bad]
