"""HJ 212-2017 (and HJ/T 212-2005): stations of pollution sources, see docs/protocols/hj212.md.

One payload is one frame, by TCP (streams/hj212_server.py) or through a broker. Every packet of a
split message is read by itself; one that does not repeat the DataTime has that of the first.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any

import msgspec

from app.domain.readings import Quality
from app.errors import Rejected
from streams.dialects import Known, Thing
from streams.dialects.hj212_frame import Packet, items, pack, unpack
from streams.sources import Introductions, Source

TOPICS: tuple[str, ...] = ()
NEEDS_TOPICS = False
ZONE = "Asia/Shanghai"  # the standard's times are Beijing time
SPLIT_KEPT = 1000  # messages whose further packets may still come

# pollutant codes of the standard (and the short names that many stations use) → ours
FACTORS = {
    **{"a34004": "pm25", "a34002": "pm10", "a34001": "tsp", "a21026": "so2", "a21004": "no2"},
    **{"a21005": "co", "a05024": "o3", "a01001": "temp", "a01002": "humidity"},
    **{"a01006": "air_pressure", "a01007": "wind_speed", "a01008": "wind_direction"},
    **{"PM25": "pm25", "PM10": "pm10", "TSP": "tsp", "SO2": "so2", "NO2": "no2", "CO": "co"},
    **{"O3": "o3", "Leq": "leq", "LA": "noise", "w01001": "ph", "w01018": "cod", "w01009": "do"},
    **{"w01019": "codmn", "w21003": "nh3n", "w21011": "tp", "w21001": "tn", "w01003": "turbidity"},
    **{"w01010": "temp", "w01014": "conductivity", "w00000": "flow"},
    **{"001": "ph", "011": "cod", "060": "nh3n", "101": "tp", "065": "tn", "B01": "flow"},
}
# command → what it says, and for how long (hours); minutes have a length of their own
PERIODS = {"2011": "rtd", "2051": "minutes", "2061": "1h", "2031": "24h"}
HOURS = {"2061": 1, "2031": 24}
STATISTICS = {"Rtd": "", "Avg": "", "Min": "_min", "Max": "_max", "Cou": "_sum"}
STATISTICS |= {"ZsRtd": "_zs", "ZsAvg": "_zs", "ZsMin": "_zs_min", "ZsMax": "_zs_max"}
# normal; over range and entered by hand; all others (F stopped, M maintenance, D fault,
# C calibration, B communication …) measure nothing of the outside
QUALITIES = {"N": Quality.GOOD, "T": Quality.SUSPECT, "S": Quality.SUSPECT}
FLAGS_2005 = {"3": Quality.GOOD, "1": Quality.GOOD, "2": Quality.SUSPECT}  # air stations


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`live` is the command whose values are the device's readings now; the rest is the server's.

    `listen` is host:port, `idle_s` the silence after which a station is hung up on.
    """

    live: str = "2011"
    password: str = ""
    listen: str = ""
    connections: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 500
    idle_s: Annotated[float, msgspec.Meta(gt=0, le=86_400)] = 3900.0


class Reader:
    """Frames become readings; commands and acknowledgements are known."""

    def __init__(self, source: Source) -> None:
        zone = source.zone or ZONE
        self._source = msgspec.structs.replace(source, zone=zone)
        self._options: Options = source.options or Options()
        self._births = Introductions()
        self._times: dict[tuple[str, str], str] = {}  # DataTime by station and QN

    def read(self, topic: str, payload: bytes, arrived: int) -> list[Thing]:
        """One frame as our things; raises Rejected."""
        packet = unpack(payload)
        if self._options.password and packet.password != self._options.password:
            raise Rejected("wrong_password", f"station {packet.station[:40]!r}: its PW is not ours")
        code = self._source.code(packet.station)
        if packet.command not in PERIODS:
            return [Known(f"cn{packet.command[:8]}")]
        kind = self._source.kind_of(packet.station, packet.system)
        said = items(packet.data)
        at = self._at(packet, said, arrived)
        piles, wrong = self._piles(packet, said)
        things: list[Thing] = [*wrong]
        for quality, values in sorted(piles.items(), reverse=True):  # the good ones last: they stay
            metrics = self._source.measured(kind, values)
            if metrics:
                more = {"quality": Quality(quality)}
                things.append(self._source.telemetry(code, kind, at, metrics, arrived, **more))
        birth = self._source.birth(code, kind, at)
        return [*self._births.news(birth), *(things or [Known("unmapped")])]

    def _at(self, packet: Packet, said: dict[str, dict[str, str]], arrived: int) -> int:
        """Epoch ms; an average of an hour or a day counts from its end, once that has come."""
        stamp = said.get("DataTime", {}).get("")
        key = packet.station, packet.number
        if stamp and packet.parts > 1:
            if len(self._times) >= SPLIT_KEPT:
                self._times.clear()
            self._times[key] = stamp
        begin = _stamp(stamp or self._times.get(key, ""))
        whole = self._source.moment(begin.isoformat(), arrived)
        end = whole + HOURS.get(packet.command, 0) * 3_600_000
        return end if end <= arrived else whole

    def _piles(
        self, packet: Packet, said: dict[str, dict[str, str]]
    ) -> tuple[dict[int, list[tuple[str, Any, str]]], list[Rejected]]:
        """Name and value of each factor by quality, and those that are no numbers."""
        piles: dict[int, list[tuple[str, Any, str]]] = {}
        wrong: list[Rejected] = []
        live = packet.command == self._options.live
        period = "" if live else f"_{PERIODS[packet.command]}"
        for factor, fields in said.items():
            name = factor if self._source.metrics else FACTORS.get(factor, factor)
            quality = _quality(fields.get("Flag", "N"))
            for field, end in STATISTICS.items():
                value = fields.get(field, "")
                if value in ("", "-", "--"):
                    continue
                number = _number(value)
                if number is None:
                    detail = f"{factor[:24]}-{field}={value[:24]!r} is no number"
                    wrong.append(Rejected("wrong_field", detail))
                    continue
                piles.setdefault(quality, []).append((f"{name}{period}{end}", number, ""))
        return piles, wrong


def reader(source: Source) -> Reader:
    """A reader of this source's messages."""
    return Reader(source)


def faults(source: Source) -> Iterator[str]:
    """What is wrong with the options."""
    options: Options = source.options or Options()
    if options.live not in PERIODS:
        yield f"live is one of {', '.join(PERIODS)}: the command whose values are shown as now"
    host, _, port = options.listen.rpartition(":")
    if options.listen and not (host and port.isascii() and port.isdigit() and int(port) < 65_536):
        yield "listen is host:port, for example 0.0.0.0:9212"
    if not options.listen and not source.topics:
        yield "set `listen` (host:port), or `topics` where the frames come through a broker"


def _stamp(said: str) -> datetime:
    try:
        if len(said) != 14 or not said.isdigit():
            raise ValueError(said)
        return datetime.strptime(said, "%Y%m%d%H%M%S")  # noqa: DTZ007 (the source has the zone)
    except ValueError as why:
        raise Rejected("bad_time", f"DataTime {said[:20]!r} is not YYYYMMDDhhmmss") from why


def _quality(flag: str) -> int:
    if flag.isdigit():
        return FLAGS_2005.get(flag, Quality.BAD)
    return QUALITIES.get(flag.upper(), Quality.BAD)


def _number(said: str) -> float | None:
    try:
        value = float(said)
    except ValueError:
        return None
    return value if abs(value) < 1e300 else None


def write(
    station: str, command: str, at: datetime, values: dict[str, str], number: str, **more: Any
) -> tuple[str, bytes]:
    """Topic and frame of a station's message; `values` are such as {"a34004-Rtd": "35"}.

    `at` is Beijing time, `number` the QN; `more` are the other fields of Packet.
    """
    data = ";".join(
        [f"DataTime={at:%Y%m%d%H%M%S}"] + [f"{name}={value}" for name, value in values.items()]
    )
    packet = Packet(number=number, command=command, station=station, data=data, **more)
    return f"hj212/{station}", pack(packet)
