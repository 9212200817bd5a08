"""What bench.fuzz feeds: each reader of the border with its topics and real payloads to begin with.

The readers are imported when they are asked for, so that atheris can watch their branches.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT / "tests/streams/samples"
NOW = 1_795_300_120_000

Read = Callable[[str, bytes, int], bool]


class Target(NamedTuple):
    """A reader: `reader()` gives read(topic, payload, arrived) → whether something was taken."""

    reader: Callable[[], Read]
    topics: tuple[str, ...]
    samples: str
    more: tuple[bytes, ...] = ()

    def seeds(self) -> Iterable[bytes]:
        """Payloads that are read well."""
        yield from (path.read_bytes() for path in sorted(SAMPLES.glob(self.samples)))
        yield from self.more


def _guarded(read: Callable[..., Any]) -> Read:
    def attempt(topic: str, payload: bytes, arrived: int) -> bool:
        from app.errors import Rejected

        try:
            read(topic, payload, arrived)
        except Rejected:
            return False
        return True

    return attempt


def _codec(name: str, **fields: str) -> Callable[[], Read]:
    def make() -> Read:
        module = importlib.import_module(f"streams.codecs.{name}")
        return _guarded(lambda _, payload, at: module.read(fields, payload, at))

    return make


def _dialect(name: str, options: dict[str, Any] | None = None, **more: Any) -> Callable[[], Read]:
    """The reader of a dialect as a source file would make it."""

    def make() -> Read:
        import msgspec

        module = importlib.import_module(f"streams.dialects.{name}")
        from streams.sources import MetricMap, Source

        kinds: dict[str, Any] = {"kind": "air", "zone": "Asia/Shanghai"}
        rules = {each: MetricMap("temp", unit="℃") for each in ("a", "temperature", "temp")}
        given = {"name": "s", "dialect": name, "owner": "o", "crs": "gcj02", "metrics": rules}
        if hasattr(module, "Options"):
            given["options"] = msgspec.convert(options or {}, module.Options)
        return _guarded(module.reader(Source(**(kinds | given | more))).read)

    return make


def _json(*texts: str) -> tuple[bytes, ...]:
    return tuple(text.encode() for text in texts)


ORDER = (
    '{"ts":1795300120000,"channel":"电话","type":"投诉","urgency":"紧急","category":"市容",'
    '"title":"渣土车","content":"夜里施工","address":"清潭路","caller_phone":"13812345678"}'
)
REPORT = (
    '{"id":"R-1","ts":1795300120000,"code":"06","title":"占道","description":"早市",'
    '"lon":119.95,"lat":31.78,"photos":[{"type":"image/jpeg","data":"/9j/4AAQ"}]}'
)
SPARKPLUG = tuple(
    f"spBv1.0/g/{what}/n" + ("/d" if what[0] == "D" else "")
    for what in ("NBIRTH", "DBIRTH", "NDATA", "DDATA", "NDEATH", "DDEATH", "NCMD")
)

STATION = (
    b"QN=20261122062840000;ST=22;CN=2011;PW=123456;MN=A1;Flag=5;CP=&&"
    b"DataTime=20261122062840;a34004-Rtd=35.0,a34004-Flag=N&&"
)


def _framed() -> Read:
    """HJ 212 with the length and check sum that belong to the body: else only those are tried."""
    from streams.dialects.hj212_frame import crc

    read = _dialect("hj212", metrics={})()
    return lambda topic, body, at: read(
        topic, b"##%04d%s%04X\r\n" % (len(body), body, crc(body)), at
    )


TARGETS: dict[str, Target] = {
    "telemetry": Target(
        _codec("telemetry", district="320404", kind="gas", device="G1"),
        ("",),
        "none",
        _json('{"ts":1795300120000,"metrics":{"ch4":3.2},"id":"a","lon":119.9,"lat":31.7}'),
    ),
    "status": Target(
        _codec("status", district="320404", kind="gas", device="G1"),
        ("",),
        "none",
        _json('{"ts":1795300120000,"online":true,"name":"a","lon":119.9,"lat":31.7,"period_s":30}'),
    ),
    "position": Target(
        _codec("position", district="320404", worker="W001"),
        ("",),
        "none",
        _json('{"ts":1795300120000,"lon":119.9,"lat":31.7,"crs":"gcj02"}'),
    ),
    "grid_report": Target(
        _codec("grid_report", district="320404", worker="W001"), ("",), "none", _json(REPORT)
    ),
    "hotline": Target(
        _codec("hotline", district="320404", order_no="CZ1"), ("",), "none", _json(ORDER)
    ),
    "profile": Target(
        _dialect(
            "profile",
            {"records": "data", "time": "ts", "lon": "lon", "lat": "lat"},
            topics=("plant/{device}/data",),
        ),
        ("plant/a/data",),
        "profile/*.json",
        _json('{"data":[{"ts":"2026-11-22T06:28:30","a":1,"lon":119.9,"lat":31.7}]}'),
    ),
    "chirpstack": Target(
        _dialect("chirpstack"),
        tuple(f"application/a/device/b/event/{x}" for x in ("up", "status", "join", "log")),
        "chirpstack/*.json",
    ),
    "thethings": Target(
        _dialect("thethings"),
        tuple(f"v3/a@ttn/devices/b/{x}" for x in ("up", "join", "down/ack")),
        "thethings/*.json",
    ),
    "senml": Target(
        _dialect("senml"),
        ("senml/a",),
        "senml/*",
        (b'\x81\xa3"\xf9\x00\x00\x00\x61a\x02\x18\x2a', *_json('[{"bn":"a","n":"a","v":1}]')),
    ),
    "cap": Target(_dialect("cap"), ("cap/a",), "cap/*.xml"),
    "cnwarning": Target(_dialect("cnwarning"), ("cn/a",), "cnwarning/*.json"),
    "ngsi": Target(_dialect("ngsi"), ("ngsi/a",), "ngsi/*.json"),
    "sensorthings": Target(
        _dialect("sensorthings"),
        ("v1.1/Observations", "v1.1/Datastreams(5)/Observations"),
        "sensorthings/*.json",
    ),
    "homeassistant": Target(
        _dialect("homeassistant"),
        ("homeassistant/sensor/a/b/config", "homeassistant/device/a/config", "s/1"),
        "none",
        _json('{"stat_t":"s/1","val_tpl":"{{ value_json.a }}","dev":{"ids":["d"]}}', '{"a":1}'),
    ),
    "tasmota": Target(
        _dialect("tasmota"),
        tuple(f"tele/a/{x}" for x in ("SENSOR", "STATE", "LWT")),
        "none",
        _json('{"Time":"2026-11-21T22:00:00","ENERGY":{"Power":1},"TempUnit":"C"}', "Online"),
    ),
    "zigbee2mqtt": Target(
        _dialect("zigbee2mqtt"),
        ("zigbee2mqtt/a", "zigbee2mqtt/bridge/devices", "zigbee2mqtt/a/availability"),
        "none",
        _json('{"temperature":1,"voltage":3}', '[{"friendly_name":"a","definition":{}}]'),
    ),
    "shelly": Target(
        _dialect("shelly"),
        ("shellies/announce", "shellies/a/relay/0/power", "a/events/rpc", "a/status/switch:0"),
        "none",
        _json('{"src":"a","method":"NotifyStatus","params":{"ts":1.5,"switch:0":{"apower":1}}}'),
    ),
    "sparkplug": Target(
        _dialect("sparkplug"),
        SPARKPLUG,
        "none",
        (bytes.fromhex("08c0a1f4d4bb3412130a0474656d7010011809290000000000003540180022"),),
    ),
    "orders": Target(
        _dialect(
            "orders",
            {"records": "data.list", "fields": {"order_no": "no", "title": "t", "content": "c"}},
        ),
        ("webhook/s",),
        "orders/*.json",
        _json('{"data":{"list":[{"no":"1","t":"a","c":"b"}]}}', ORDER),
    ),
    "table": Target(
        _dialect(
            "table",
            {
                "what": "order",
                "columns": {"order_no": "no", "title": "t", "content": "c", "ts": "at"},
            },
        ),
        ("drop/s",),
        "drop/*.json",
        _json('{"no":"1","t":"a","c":"b","at":"2026/11/22 6:20"}'),
    ),
    "hj212": Target(_framed, ("hj212/a",), "none", (STATION,)),
}
