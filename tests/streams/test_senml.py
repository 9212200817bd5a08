"""SenML: base fields, relative times, units; and what we write we read."""

from __future__ import annotations

import contextlib
import json
from decimal import Decimal
from typing import Any

import cbor2
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
        ("swapped_lonlat", [{"bn": "d:", "u": "lon", "v": 31}, {"u": "lat", "v": 119.9}]),
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


def cbor(*records: dict[Any, Any]) -> list[Any]:
    return senml.reader(SOURCE).read("packs/a", cbor2.dumps(list(records)), NOW)


def test_a_pack_in_cbor_is_what_it_is_in_json() -> None:
    # RFC 8428, figure 5: the labels are numbers
    (t,) = cbor(
        {-2: "d:", -3: NOW / 1000, -4: "m", 0: "deflection", 2: 0.0125},
        {0: "strain", 1: "µε", 2: 81},
    )
    assert t.metrics == {"deflection": 12.5, "strain": 81.0}
    same = read([{"bn": "d:", "bt": NOW / 1000, "n": "strain", "v": 81}])
    tagged = b"\xd9\xd9\xf7" + cbor2.dumps(
        [{-2: "d:", -3: NOW // 1000, 0: "strain", 2: Decimal(81)}]
    )
    assert senml.reader(SOURCE).read("packs/a", tagged, NOW) == same


def test_what_we_write_in_cbor_we_read() -> None:
    given = Telemetry(
        device="d", kind="bridge", at=NOW - 9, metrics={"strain": 81.0}, feed="bridges"
    )
    topic, payload = senml.write(given, "packs/a", cbor=True)
    assert senml.reader(SOURCE).read(topic, payload, NOW) == [given]


@pytest.mark.parametrize(
    ("reason", "payload"),
    [
        ("not_cbor", b"\x81"),
        ("not_cbor", b"\x81" * 500_000),
        ("not_cbor", b"\x9b\x7f\xff\xff\xff\xff\xff\xff\xff"),
        ("not_cbor", cbor2.dumps([{0: cbor2.CBORTag(35, "(a+)+$")}])),
        ("wrong_field", cbor2.dumps([{-2: "d:", 0: "strain", 2: 2**80_000}])),
        ("wrong_field", cbor2.dumps([{-2: "d:", 0: "strain", 2: cbor2.CBORTag(4, [10**6, 1])}])),
        ("wrong_field", cbor2.dumps([[1]])),
        ("wrong_field", cbor2.dumps([{0: {0: 1}}])),
        ("wrong_field", cbor2.dumps([{-2: "d:", 0: "strain", "new_": 1, 2: 3}])),
        ("wrong_version", cbor2.dumps([{-1: 11, -2: "d:", 0: "strain", 2: 3}])),
        ("too_large", b"\x80" + b"\x00" * (1 << 20)),
        ("no_metrics", b"\x80"),
    ],
)
def test_cbor_is_refused_with_its_reason(reason: str, payload: bytes) -> None:
    with pytest.raises(Rejected) as refused:
        senml.reader(SOURCE).read("packs/a", payload, NOW)
    assert refused.value.reason == reason


CBOR = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.text(max_size=9)
    | st.binary(max_size=9)
    | st.builds(cbor2.CBORTag, st.integers(0, 300), st.integers()),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.integers(-7, 9) | st.text(max_size=4), inner, max_size=5)
    ),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None)
@given(st.lists(CBOR, max_size=4), st.binary(max_size=40))
def test_of_cbor_only_rejected_comes_out(pack: list[Any], raw: bytes) -> None:
    for payload in (cbor2.dumps(pack), b"\x82" + raw, cbor2.dumps(pack)[:-1] + raw):
        with contextlib.suppress(Rejected):
            assert senml.reader(SOURCE).read("packs/a", payload, NOW)
