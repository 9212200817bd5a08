"""Dialects against hostile bytes: only Rejected comes out, nothing hangs, no list is empty."""

from __future__ import annotations

import json
import time
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import Rejected
from streams.dialects import (
    Reader,
    hj212,
    homeassistant,
    ngsi,
    sensorthings,
    shelly,
    sparkplug,
    tasmota,
    zigbee2mqtt,
)
from streams.dialects import sparkplug_wire as pb
from streams.dialects.hj212_frame import Packet, pack
from streams.sources import MetricMap, Source

HERE = Path(__file__).parent / "samples"
NOW = 1_795_269_605_000
ENTITY = {"stat_t": "s/1", "val_tpl": "{{ value_json.a }}", "avty_t": "s/1", "dev": {"ids": ["d"]}}

# dialect → topics, and payloads that are read (what is changed below)
SAID: dict[ModuleType, tuple[tuple[str, ...], tuple[Any, ...]]] = {
    ngsi: (
        ("ngsi/a",),
        tuple(json.loads(path.read_text()) for path in sorted((HERE / "ngsi").glob("*.json"))),
    ),
    sensorthings: (
        ("v1.1/Observations", "v1.1/Datastreams(5)/Observations"),
        (
            json.loads((HERE / "sensorthings" / "expanded.json").read_text()),
            {"value": [{"result": 1}]},
            [{"components": ["result"], "dataArray": [[1]], "Datastream": {"@iot.id": 5}}],
        ),
    ),
    homeassistant: (
        ("homeassistant/sensor/a/b/config", "homeassistant/device/a/config", "s/1"),
        (
            ENTITY,
            {"cmps": {"x": ENTITY | {"p": "sensor"}}, "dev": {"ids": "d"}},
            {"a": 1},
            "online",
        ),
    ),
    tasmota: (
        ("tele/a/SENSOR", "tele/a/STATE", "tele/a/LWT", "stat/a/RESULT"),
        ({"Time": "2026-11-21T22:00:00", "ENERGY": {"Power": 1}, "TempUnit": "C"}, "Online"),
    ),
    zigbee2mqtt: (
        ("zigbee2mqtt/a", "zigbee2mqtt/bridge/devices", "zigbee2mqtt/bridge/groups")
        + ("zigbee2mqtt/bridge/state", "zigbee2mqtt/a/availability"),
        (
            {"temperature": 1, "last_seen": NOW, "voltage": 3},
            [{"friendly_name": "a", "definition": {"model": "m", "exposes": [{"features": []}]}}],
            {"state": "online"},
        ),
    ),
    shelly: (
        ("shellies/announce", "shellies/a/relay/0/power", "shellies/a/online", "a/events/rpc")
        + ("a/online", "a/status/switch:0"),
        (
            {
                "src": "a",
                "method": "NotifyStatus",
                "params": {"ts": 1.5, "switch:0": {"apower": 1}},
            },
            {"id": "a", "model": "m"},
            12.5,
        ),
    ),
}
SPARKPLUG = tuple(
    f"spBv1.0/g/{what}/n" + ("/d" if what[0] == "D" else "")
    for what in ("NBIRTH", "DBIRTH", "NDATA", "DDATA", "NDEATH", "DDEATH", "NCMD")
)
TOPICS = {module: topics for module, (topics, _) in SAID.items()}
TOPICS |= {sparkplug: SPARKPLUG, hj212: ("hj212/a",)}


def source(module: ModuleType, **more: Any) -> Source:
    name = module.__name__.rsplit(".", 1)[-1]
    plain = {"name": "s", "dialect": name, "owner": "o", "crs": "gcj02", "kind": "air"}
    return Source(**(plain | {"zone": "Asia/Shanghai"} | more))


@cache
def readers(module: ModuleType) -> tuple[Reader, Reader]:
    mapped = {
        name: MetricMap("temp", unit="℃") for name in ("a", "co", "temperature", "ENERGY.Power")
    }
    return module.reader(source(module)), module.reader(source(module, metrics=mapped))


def tell(module: ModuleType, topic: str, payload: bytes) -> None:
    for reader in readers(module):
        try:
            things = reader.read(topic, payload, NOW)
        except Rejected as why:
            things = [why]
        assert things
        for thing in things:
            assert not isinstance(thing, Rejected) or 0 < len(thing.detail) < 1000


@pytest.mark.parametrize("module", TOPICS, ids=lambda m: m.__name__)
@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b'{"a":{"value":' * 20_000,
        b"1e999",
        b"9" * 5000,
        b'{"a":' + b"9" * 5000 + b"}",
        b'"\\ud800"',
        b"##" * 5_000,
        b"\x12" * 5_000,
        b"\x12\x80\x80\x80\x80\x08",
        b"{" + b",".join(b'"k%d":%d' % (i, i) for i in range(20_000)) + b"}",
        b"[" + b",".join([b'{"friendly_name":"x","id":"x","type":"y"}'] * 10_000) + b"]",
    ],
    ids=range(14),
)
def test_hostile_payloads(module: ModuleType, payload: bytes) -> None:
    began = time.perf_counter()
    for topic in TOPICS[module]:
        tell(module, topic, payload)
    assert time.perf_counter() - began < 5


@pytest.mark.parametrize("module", TOPICS, ids=lambda m: m.__name__)
def test_hostile_topics(module: ModuleType) -> None:
    for topic in (
        "",
        "/",
        "//",
        "a",
        "a/b/c/d/e/f",
        "\x00",
        "shellies/",
        "zigbee2mqtt/",
        "x" * 60_000,
    ):
        tell(module, topic, b"{}")
        tell(module, TOPICS[module][0] + "/" + topic, b"1")


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(list(TOPICS)), st.data(), st.binary(max_size=200))
def test_bytes(module: ModuleType, data: st.DataObject, payload: bytes) -> None:
    tell(module, data.draw(st.sampled_from(TOPICS[module])), payload)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)


def paths(said: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = (
        said.items()
        if isinstance(said, dict)
        else enumerate(said)
        if isinstance(said, list)
        else ()
    )
    return [path, *(p for key, value in inner for p in paths(value, (*path, key)))]


def changed(said: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    copy = dict(said) if isinstance(said, dict) else list(said)
    copy[path[0]] = changed(said[path[0]], path[1:], value)
    return copy


@settings(max_examples=600, deadline=None)
@given(st.sampled_from(list(SAID)), st.data())
def test_good_messages_with_a_wrong_part(module: ModuleType, data: st.DataObject) -> None:
    topics, payloads = SAID[module]
    said = data.draw(st.sampled_from(payloads))
    for _ in range(data.draw(st.integers(1, 2))):
        said = changed(said, data.draw(st.sampled_from(paths(said))), data.draw(JSON))
    tell(module, data.draw(st.sampled_from(topics)), json.dumps(said).encode())


wild = st.builds(
    pb.Written,
    name=st.none() | st.text(max_size=6),
    value=st.floats(width=32) | st.integers(-(1 << 70), 1 << 70).map(float),
    datatype=st.sampled_from([pb.FLOAT, pb.DOUBLE]),
    alias=st.none() | st.integers(0, 3),
    at=st.none() | st.integers(0, (1 << 64) - 1),
    historical=st.booleans(),
    unit=st.text(max_size=3),
)


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(SPARKPLUG),
    st.lists(wild, max_size=4),
    st.none() | st.integers(0, (1 << 64) - 1) | st.just(NOW),
    st.none() | st.integers(0, (1 << 64) - 1),
    st.integers(0, 60),
)
def test_sparkplug(
    topic: str, metrics: list[Any], at: int | None, seq: int | None, cut: int
) -> None:
    payload = (
        pb.encode(metrics, at, seq)
        if all(m.datatype == 10 or abs(m.value) < 3e38 for m in metrics)
        else b""
    )
    tell(sparkplug, topic, payload)
    tell(sparkplug, topic, payload[: max(0, len(payload) - cut)])


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(["2011", "2061", "2031", "9014"]), st.text(max_size=60), st.text(max_size=10)
)
def test_hj212(command: str, data: str, station: str) -> None:
    for text in (data, f"DataTime=20261121223000;a34002-Rtd={data}", f"DataTime={data};a-Avg=1"):
        try:
            tell(hj212, "hj212/a", pack(Packet("1", "22", command, "1", station, 5, data=text)))
        except UnicodeEncodeError:
            return
