"""SenML: base fields, relative times, units; and what we write we read."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from app.domain.readings import Telemetry
from app.errors import Rejected
from streams.dialects import Known, senml
from streams.sources import MetricMap, Source
from tests.streams.fuzzing import NOW, only_rejected, sample, shared

SOURCE = Source(
    name="bridges",
    dialect="senml",
    owner="交通局",
    crs="wgs84",
    kind="bridge",
    topics=("senml/{device}", "packs/#"),
)


def read(pack: Any, topic: str = "packs/a", source: Source = SOURCE) -> list[Any]:
    return senml.reader(source).read(topic, json.dumps(pack).encode(), NOW)


def test_a_pack_is_one_reading_per_moment_oldest_first() -> None:
    things = senml.reader(SOURCE).read("packs/a", sample("senml", "bridge.json"), NOW)
    code = "urn:dev:mac:0024befffe804ff1"
    base = {"device": code, "kind": "bridge", "feed": "bridges"}
    at = 1_795_300_110_000
    assert things == [
        Telemetry(at=at - 10_000, metrics={"deflection": 12.1}, **base),
        Telemetry(at=at - 5_000, metrics={"deflection": pytest.approx(12.3)}, **base),
        Telemetry(
            at=at,
            metrics={"deflection": 12.5, "load_ratio": 63.0, "cabinet_open": 0.0},
            lon=119.95,
            lat=31.78,
            **base,
        ),
    ]


def test_times_are_relative_below_a_limit_and_missing_ones_are_now() -> None:
    (t,) = read([{"bn": "d:", "n": "strain", "v": 3, "t": -2.5}])
    assert t.at == NOW - 2500
    (t,) = read([{"bn": "d:", "n": "strain", "v": 3}])
    assert t.at == NOW
    with pytest.raises(Rejected, match="clock_ahead"):
        read([{"bn": "d:", "n": "strain", "v": 3, "t": 4000}])


def test_base_values_and_units_hold_until_they_change() -> None:
    pack = [
        {"bn": "d:", "bu": "m", "bv": 0.1, "n": "deflection", "v": 0.002},
        {"n": "other", "u": "V"},
        {"bn": "e:", "bu": "mm", "bv": 0, "n": "deflection", "v": 7},
    ]
    one, two = read(pack)
    assert one.metrics == {"deflection": pytest.approx(102), "other": 0.1}
    assert (two.device, two.metrics) == ("e", {"deflection": 7})


def test_the_device_is_base_name_topic_or_what_stands_before_a_mapped_name() -> None:
    (t,) = read([{"n": "strain", "v": 1}], "senml/B-7")
    assert (t.device, t.metrics) == ("B-7", {"strain": 1})
    mapped = msgspec.structs.replace(SOURCE, metrics={"str": MetricMap("strain")})
    (t,) = read([{"n": "urn:dev:mac:1_str", "v": 1}], source=mapped)
    assert (t.device, t.metrics) == ("urn:dev:mac:1", {"strain": 1})
    (t,) = read([{"n": "urn:dev:mac:1", "v": 1, "u": "V"}])
    assert (t.device, t.metrics) == ("urn:dev:mac:1", {"V": 1})


def test_texts_need_a_mapping_and_alone_they_are_known() -> None:
    pack = [{"bn": "d:", "n": "state", "vs": "open"}]
    assert read(pack) == [Known("unmapped")]
    mapped = msgspec.structs.replace(
        SOURCE, metrics={"state": MetricMap("load_ratio", values={"open": 5})}
    )
    assert read(pack, source=mapped)[0].metrics == {"load_ratio": 5}


@pytest.mark.parametrize(
    ("reason", "pack"),
    [
        ("wrong_field", {}),
        ("no_metrics", []),
        ("no_metrics", [{"n": "d", "v": 1}] * 1001),
        ("wrong_field", [{"n": "d"}]),
        ("wrong_field", [{"n": "d", "v": "1"}]),
        ("wrong_field", [{"n": "d", "vb": 1}]),
        ("wrong_field", [{"n": 3, "v": 1}]),
        ("wrong_field", [{"n": "d", "v": 1, "secret_": 1}]),
        ("bad_time", [{"n": "d", "v": 1, "bt": 1e308, "t": 1e308}]),
        ("wrong_version", [{"n": "d", "v": 1, "bver": 11}]),
        ("wrong_unit", [{"bn": "d:", "n": "strain", "u": "V", "v": 1}]),
        ("no_device", [{"v": 1}]),
        ("too_old", [{"bn": "d:", "n": "strain", "v": 1, "t": -90_000}]),
        ("swapped_place", [{"bn": "d:", "u": "lon", "v": 31}, {"u": "lat", "v": 119.9}]),
    ],
)
def test_senml_is_refused_with_its_reason(reason: str, pack: Any) -> None:
    with pytest.raises(Rejected) as why:
        read(pack)
    assert why.value.reason == reason


def test_one_bad_moment_does_not_take_the_others_along() -> None:
    pack = [{"bn": "d:", "n": "strain", "v": 1, "t": -90_000}, {"n": "strain", "v": 2}]
    bad, good = read(pack)
    assert isinstance(bad, Rejected)
    assert good.metrics == {"strain": 2}


@pytest.mark.parametrize(
    "thing",
    [
        Telemetry(
            device="G1", kind="gas", at=NOW - 1, metrics={"ch4": 3.2, "h2s": 0.0}, feed="bridges"
        ),
        Telemetry(
            device="urn:x",
            kind="transformer",
            at=NOW - 1,
            metrics={"load": 80.5, "temp": 61.0},
            lon=119.95,
            lat=31.78,
            feed="bridges",
        ),
    ],
)
def test_what_is_written_is_read(thing: Telemetry) -> None:
    topic, payload = senml.write(thing, "packs/x")
    source = msgspec.structs.replace(SOURCE, kind=thing.kind)
    assert senml.reader(source).read(topic, payload, NOW) == [thing]


def test_the_shared_samples_are_understood() -> None:
    air = msgspec.structs.replace(SOURCE, kind="transformer", metrics={"Cel": MetricMap("temp")})
    (t,) = read(shared("senml/rfc8428_1.json"), source=air)
    assert (t.device, t.metrics) == ("urn:dev:ow:10e2073a01080063", {"temp": 23.1})
    arrived = 1_276_020_077_000
    reader = senml.reader(msgspec.structs.replace(SOURCE, kind="air"))
    got = reader.read("packs/a", json.dumps(shared("senml/rfc8428_2.json")).encode(), arrived)
    assert [t.at - 1_276_020_076_001 for t in got] == [-5000, -4000, -3000, -2000, -1000, 0]
    assert got[-1].metrics == {"voltage": 120.1, "current": 1.7}


def test_only_rejected_comes_out() -> None:
    only_rejected(lambda: senml.reader(SOURCE), "packs/a", [sample("senml", "bridge.json")])
