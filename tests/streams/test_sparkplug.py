"""Sparkplug B: births, aliases, history, sequence gaps, deaths; what is written is read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from app.domain.readings import DeviceStatus, Quality, Telemetry
from app.errors import Rejected
from streams.dialects import Ask, Known, sparkplug
from streams.dialects import sparkplug_wire as pb
from streams.dialects.sparkplug import Where
from streams.dialects.sparkplug_wire import Written
from streams.sources import MetricMap, Source

NOW = 1_795_000_000_000
SAMPLES = Path(__file__).parents[2].parent / "shared" / "samples" / "sparkplug"
SOURCE = Source(
    name="plant",
    dialect="sparkplug",
    owner="水务处",
    crs="wgs84",
    kind="river",
    metrics={"水位": MetricMap("level"), "faults": MetricMap("faults"), "run": MetricMap("run")},
)
NODE = Where("zl", "NBIRTH", "gw1", "")
DEVICE = Where("zl", "DBIRTH", "gw1", "w7")

NBIRTH = sparkplug.write(
    NODE, [Written("bdSeq", 3, 8), Written(sparkplug.REBIRTH, False, 11)], NOW, 0
)
DBIRTH = sparkplug.write(
    DEVICE,
    [
        Written("水位", 3.48, pb.DOUBLE, alias=1, unit="m"),
        Written("faults", -3, 4, alias=2),
        Written("run", True, pb.BOOLEAN, alias=3),
        Written("Properties/fw", "2.1", pb.STRING),
    ],
    NOW,
    1,
)


def data(seq: int, *metrics: Written, at: int = NOW + 1000) -> tuple[str, bytes]:
    return sparkplug.write(DEVICE._replace(what="DDATA"), metrics, at, seq)


def born() -> sparkplug.Sparkplug:
    reader = sparkplug.reader(SOURCE)
    for message in (NBIRTH, DBIRTH):
        reader.read(*message, NOW)
    return reader


def only(things: list[Any], kind: type) -> list[Any]:
    return [thing for thing in things if isinstance(thing, kind)]


def test_births_introduce_the_node_and_its_devices() -> None:
    reader = sparkplug.reader(SOURCE)
    (node,) = reader.read(*NBIRTH, NOW)
    device, first = reader.read(*DBIRTH, NOW)
    assert (node.device, node.kind, node.online) == ("zl.gw1", "gateway", True)
    assert (device.device, device.kind, device.gateway) == ("zl.gw1.w7", "river", "zl.gw1")
    assert first.metrics == {"level": 3.48, "faults": -3.0, "run": 1.0}


def test_data_by_alias() -> None:
    (got,) = born().read(
        *data(2, Written(None, 3.6, alias=1), Written(None, None, 4, alias=2)), NOW
    )
    assert got == Telemetry(
        device="zl.gw1.w7", kind="river", at=NOW + 1000, metrics={"level": 3.6}, feed="plant"
    )


@pytest.mark.parametrize(
    ("datatype", "raw", "value"),
    [
        (1, 0xFD, -3),
        (1, 0xFFFFFFFD, -3),
        (2, 0xFFFE, -2),
        (3, 0xFFFFFFFF, -1),
        (7, 4294967295, 4294967295),
    ]
    + [(4, (1 << 64) - 5, -5), (8, (1 << 64) - 1, float((1 << 64) - 1)), (5, 200, 200)],
)
def test_integers_of_each_width(datatype: int, raw: int, value: float) -> None:
    metric = pb.Payload().metrics.add()
    setattr(metric, "long_value" if raw > 0xFFFFFFFF else "int_value", raw)
    assert pb.number(metric, datatype) == value


def test_history_is_late_and_apart() -> None:
    old = Written(None, 2.9, alias=1, at=NOW - 60_000, historical=True)
    live = Written(None, 3.5, alias=1, at=NOW)
    got = born().read(*data(2, old, live), NOW)
    assert [(t.at, t.quality, t.metrics) for t in got] == [
        (NOW - 60_000, Quality.LATE, {"level": 2.9}),
        (NOW, Quality.GOOD, {"level": 3.5}),
    ]


def test_a_historical_value_that_is_too_old_does_not_take_the_others_along() -> None:
    old = Written(None, 2.9, alias=1, at=NOW - 90_000_000, historical=True)
    got = born().read(*data(2, old, Written(None, 3.5, alias=1)), NOW)
    assert isinstance(got[0], Rejected)
    assert got[0].reason == "too_old"
    assert got[1].metrics == {"level": 3.5}


def test_a_birth_with_old_values_is_a_birth() -> None:
    old = Written("水位", 3.4, alias=1, at=NOW - 900_000_000)
    reader = sparkplug.reader(SOURCE)
    reader.read(*NBIRTH, NOW)
    status, said = reader.read(*sparkplug.write(DEVICE, [old], NOW, 1), NOW)
    assert isinstance(status, DeviceStatus)
    assert said == Known("old_value")


def test_data_that_is_too_old_is_refused() -> None:
    with pytest.raises(Rejected, match="too_old"):
        born().read(*data(2, Written(None, 3.4, alias=1, at=NOW - 900_000_000)), NOW)


def test_a_gap_in_the_sequence_asks_for_a_rebirth_once_a_minute() -> None:
    reader = born()
    assert only(reader.read(*data(5, Written(None, 3.5, alias=1)), NOW), Ask)
    following = data(6, Written(None, 3.6, alias=1), at=NOW + 2000)
    assert not only(reader.read(*following, NOW + 1000), Ask)
    (again,) = only(reader.read(*data(7, at=NOW + 3000), NOW + 61_000), Ask)
    assert again.topic == "spBv1.0/zl/NCMD/gw1"
    asked = pb.decode(again.payload).metrics[0]
    assert (asked.name, asked.boolean_value) == (b"Node Control/Rebirth", True)
    reader.read(*sparkplug.write(NODE, [Written("bdSeq", 4, 8)], NOW + 62_000, 0), NOW + 62_000)
    reborn = sparkplug.write(DEVICE, [Written("水位", 1.0, alias=1)], NOW + 62_000, 1)
    assert not only(reader.read(*reborn, NOW + 130_000), Ask)


def test_the_sequence_goes_round() -> None:
    reader = born()
    for i in range(2, 600):
        assert not only(reader.read(*data(i % 256, at=NOW + i), NOW + i), Ask)


def test_without_a_birth_nothing_is_guessed() -> None:
    reader = sparkplug.reader(SOURCE)
    said, ask = reader.read(*data(9, Written(None, 3.5, alias=1)), NOW)
    assert said == Known("unborn")
    assert isinstance(ask, Ask)


def test_an_unknown_alias_asks_and_keeps_the_rest() -> None:
    got = born().read(*data(2, Written(None, 3.5, alias=1), Written(None, 1.0, alias=77)), NOW)
    assert only(got, Telemetry)[0].metrics == {"level": 3.5}
    assert only(got, Ask)


def test_a_run_of_messages_read_again_says_the_same() -> None:
    run = [
        NBIRTH,
        DBIRTH,
        *(data(i, Written(None, float(i), alias=1), at=NOW + i) for i in range(2, 9)),
    ]
    reader = sparkplug.reader(SOURCE)
    first = [reader.read(*message, NOW) for message in run]
    assert [reader.read(*message, NOW) for message in run] == first
    assert [reader.read(*message, NOW) for message in run[4:]] == first[4:]


def test_a_run_that_spans_two_sessions_keeps_each_ones_aliases() -> None:
    reader = born()
    old = data(2, Written(None, 3.5, alias=1), at=NOW + 1)
    first = reader.read(*old, NOW)
    swapped = [Written("faults", 1, 4, alias=1), Written("水位", 3.0, alias=2)]
    reader.read(*sparkplug.write(NODE, [Written("bdSeq", 4, 8)], NOW + 50, 0), NOW)
    reader.read(*sparkplug.write(DEVICE, swapped, NOW + 50, 1), NOW)
    assert reader.read(*old, NOW) == first


def test_a_dead_node_takes_its_devices_along() -> None:
    death = sparkplug.write(NODE._replace(what="NDEATH"), [Written("bdSeq", 3, 8)], None, None)
    got = born().read(*death, NOW + 5)
    assert [(s.device, s.online, s.at) for s in only(got, DeviceStatus)] == [
        ("zl.gw1", False, NOW + 5),
        ("zl.gw1.w7", False, NOW + 5),
    ]


def test_the_death_of_an_older_session_is_no_death() -> None:
    death = sparkplug.write(NODE._replace(what="NDEATH"), [Written("bdSeq", 2, 8)], None, None)
    assert born().read(*death, NOW) == [Known("old_death")]


def test_a_device_dies_alone() -> None:
    (got,) = born().read(*sparkplug.write(DEVICE._replace(what="DDEATH"), [], NOW + 9, 2), NOW)
    assert (got.device, got.online, got.at) == ("zl.gw1.w7", False, NOW + 9)


def test_a_place_from_metrics() -> None:
    options = sparkplug.Options(lon="Properties/lon", lat="Properties/lat")
    source = Source(
        name="p", dialect="sparkplug", owner="o", crs="gcj02", kind="river", options=options
    )
    place = [Written("Properties/lon", 119.9547), Written("Properties/lat", 31.777905)]
    status = sparkplug.reader(source).read(*sparkplug.write(NODE, place, NOW, 0), NOW)[0]
    assert isinstance(status, DeviceStatus)
    assert status.lon == pytest.approx(119.95, abs=2e-6)
    half = msgspec.structs.replace(source, options=sparkplug.Options(lon="x"))
    assert sparkplug.faults(half) == ["lon and lat belong together: name both metrics or none"]


@pytest.mark.parametrize(
    "topic", ["spBv1.0/STATE/scada", "spBv1.0/zl/NCMD/gw1", "spBv1.0/zl/DCMD/gw1/w7"]
)
def test_others_traffic_is_known(topic: str) -> None:
    assert isinstance(sparkplug.reader(SOURCE).read(topic, b"{}", NOW)[0], Known)


@pytest.mark.parametrize("topic", ["spBv1.0/zl/NBIRTH/gw1/w7", "spBv1.0/zl/XDATA/gw1", "spBv1.0/a"])
def test_other_topics_are_refused(topic: str) -> None:
    with pytest.raises(Rejected, match="unknown_topic"):
        sparkplug.reader(SOURCE).read(topic, b"", NOW)


def test_more_metrics_than_one_reading_holds() -> None:
    source = Source(name="p", dialect="sparkplug", owner="o", crs="wgs84", kind="river")
    many = [Written(f"t{i}", float(i)) for i in range(150)]
    got = sparkplug.reader(source).read(*sparkplug.write(NODE, many, NOW, 0), NOW)
    assert [len(t.metrics) for t in only(got, Telemetry)] == [64, 64, 22]


def test_shared_samples() -> None:
    if not SAMPLES.exists():
        print(f"no samples at {SAMPLES}: read with our own fixtures only")  # noqa: T201
        return
    reader = sparkplug.reader(bare_source())
    at = 1_735_689_660_000
    names = {"nbirth": "NBIRTH/n", "dbirth_water": "DBIRTH/n/w", "ddata_alias_only": "DDATA/n/w"}
    got = [
        reader.read(f"spBv1.0/g/{rest}", (SAMPLES / f"{name}.bin").read_bytes(), at)
        for name, rest in names.items()
    ]
    assert got[1][1].metrics == {
        "水位": 3.482, "rain_1h": 0.0, "pump/running": 0.0, "battery": 87.0, "faults": -3.0
    }  # fmt: skip
    assert [t.metrics for t in got[2]] == [{"rain_1h": 12.5}, {"水位": 3.611}]


def bare_source() -> Source:
    return Source(name="p", dialect="sparkplug", owner="o", crs="wgs84", kind="river")
