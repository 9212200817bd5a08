"""HJ 212: frames and their CRC, factors, flags, statistics, split messages, acknowledgements."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.readings import DeviceStatus, Quality, Telemetry
from app.errors import Rejected
from streams.dialects import Known, Thing, hj212
from streams.dialects.hj212_frame import Packet, answer, crc, items, pack, split, unpack
from streams.sources import MetricMap, Source

MN = "010000A8900016F000169DC0"
# the standard's own example, and the acknowledgement that other implementations agree on
EXAMPLE = (
    b"##0101QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;"
    b"Flag=5;CP=&&RtdInterval=30&&1C80\r\n"
)
ACKNOWLEDGED = (
    b"##0087QN=20160801085000001;ST=91;CN=9014;PW=123456;MN=010000A8900016F000169DC0;"
    b"Flag=4;CP=&&&&C241\r\n"
)
AT = datetime(2026, 11, 21, 14, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
NOW = int(AT.timestamp() * 1000) + 5_000


def source(**more: Any) -> Source:
    plain = {"name": "dust", "dialect": "hj212", "owner": "o", "crs": "wgs84", "kind": "dust"}
    return Source(**(plain | more))


def read(frame: bytes, **more: Any) -> list[Thing]:
    return hj212.reader(source(**more)).read("hj212/10.0.0.9", frame, NOW)


def readings(things: list[Thing]) -> list[Telemetry]:
    return [thing for thing in things if isinstance(thing, Telemetry)]


def frame(values: dict[str, str], command: str = "2011", at: datetime = AT, **more: Any) -> bytes:
    return hj212.write(MN, command, at, values, "20261121143000001", **more)[1]


def test_the_example_of_the_standard() -> None:
    assert crc(EXAMPLE[6:-6]) == 0x1C80
    assert pack(unpack(EXAMPLE)) == EXAMPLE
    assert read(EXAMPLE) == [Known("cn1062")]


def test_real_time_data_of_a_dust_station() -> None:
    values = {"a34004-Rtd": "207", "a34004-Flag": "N", "a34002-Rtd": "295", "LA-Rtd": "50.1"}
    status, got = read(frame(values))
    assert isinstance(status, DeviceStatus)
    assert (status.device, status.kind) == (MN, "dust")
    assert got == Telemetry(
        device=MN,
        kind="dust",
        at=NOW - 5_000,
        metrics={"pm25": 207.0, "pm10": 295.0, "noise": 50.1},
        feed="dust",
    )


def test_flags_are_qualities_and_the_good_come_last() -> None:
    values = {"a34004-Rtd": "9", "a34004-Flag": "D", "a34002-Rtd": "2", "a34002-Flag": "T"}
    values |= {"a34001-Rtd": "3", "a34001-Flag": "N", "SO2-Rtd": "4", "SO2-Flag": "2"}
    got = readings(read(frame(values)))
    assert [(t.quality, t.metrics) for t in got] == [
        (Quality.BAD, {"pm25": 9.0}),
        (Quality.SUSPECT, {"pm10": 2.0, "so2": 4.0}),
        (Quality.GOOD, {"tsp": 3.0}),
    ]


@pytest.mark.parametrize(
    ("command", "begin", "at", "names"),
    [
        ("2051", AT.replace(minute=20), NOW - 605_000, ["pm10_minutes", "pm10_minutes_max"]),
        ("2061", AT.replace(hour=13, minute=0), NOW - 1_805_000, ["pm10_1h", "pm10_1h_max"]),
        ("2061", AT.replace(minute=0), NOW - 1_805_000, ["pm10_1h", "pm10_1h_max"]),
        (
            "2031",
            AT.replace(day=20, hour=0, minute=0),
            NOW - 52_205_000,
            ["pm10_24h", "pm10_24h_max"],
        ),
    ],
)
def test_statistics_have_their_own_names_and_count_from_their_end(
    command: str, begin: datetime, at: int, names: list[str]
) -> None:
    (got,) = readings(read(frame({"a34002-Avg": "80", "a34002-Max": "99"}, command, begin)))
    assert (got.at, sorted(got.metrics)) == (at, names)


def test_a_station_that_sends_averages_only() -> None:
    live = hj212.Options(live="2051", listen="127.0.0.1:0")
    (got,) = readings(read(frame({"a34002-Avg": "80"}, "2051"), options=live))
    assert got.metrics == {"pm10": 80.0}


def test_the_metrics_of_the_source_win() -> None:
    mapped = {"a34002": MetricMap("pm10", unit="mg/m³")}
    (got,) = readings(read(frame({"a34002-Rtd": "0.08", "a34004-Rtd": "3"}), metrics=mapped))
    assert got.metrics == pytest.approx({"pm10": 80.0})


def test_a_value_that_is_no_number_does_not_take_the_others_along() -> None:
    got = read(frame({"a34002-Rtd": "8o", "a34004-Rtd": "3", "a34001-Rtd": "-"}))
    assert isinstance(got[1], Rejected)
    assert readings(got)[0].metrics == {"pm25": 3.0}


def test_packets_of_a_split_message() -> None:
    reader = hj212.reader(source())
    first = frame({"a34002-Rtd": "80"}, parts=2, part=1)
    second = pack(unpack(first)._replace(part=2, data="a34004-Rtd=35,a34004-Flag=N"))
    assert b"Flag=6;PNUM=2;PNO=1;" in first
    got = [*readings(reader.read("t", first, NOW)), *readings(reader.read("t", second, NOW))]
    assert [(t.at, t.metrics) for t in got] == [
        (NOW - 5_000, {"pm10": 80.0}),
        (NOW - 5_000, {"pm25": 35.0}),
    ]
    with pytest.raises(Rejected, match="bad_time"):
        hj212.reader(source()).read("t", second, NOW)


def test_acknowledgements() -> None:
    upload = Packet("20160801085000001", "22", "2011", "123456", MN, flag=5)
    assert answer(upload) == ACKNOWLEDGED
    assert answer(upload._replace(flag=4)) is None
    notice = answer(upload._replace(command="1013"))
    assert notice is not None
    assert b"CN=9013" in notice
    assert answer(upload._replace(command="9011")) is None
    split_one = answer(upload._replace(flag=7, parts=3, part=2))
    assert split_one == ACKNOWLEDGED


def test_a_wrong_password_is_refused() -> None:
    options = hj212.Options(password="654321", listen="127.0.0.1:0")
    with pytest.raises(Rejected, match="wrong_password"):
        read(frame({"a34002-Rtd": "80"}), options=options)


def test_faults_of_options() -> None:
    wrong = hj212.Options(live="2021", listen="9212")
    assert len(list(hj212.faults(source(options=wrong)))) == 2
    assert len(list(hj212.faults(source()))) == 1
    assert not list(hj212.faults(source(topics=("hj212/+",))))


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (EXAMPLE.replace(b"1C80", b"1C81"), "wrong_crc"),
        (EXAMPLE.replace(b"0101", b"0100"), "wrong_length"),
        (EXAMPLE[1:], "no_frame"),
        (b"##", "no_frame"),
        (b"##0003abc%04X" % crc(b"abc"), "wrong_field"),
        (b"##0001\xff%04X" % crc(b"\xff"), "not_text"),
        (pack(Packet(command="2011", data="a34002-Rtd=1")), "wrong_field"),
        (pack(Packet(command="2011", station="a", data="a34002-Rtd=1")), "bad_time"),
        (pack(Packet(command="2011", station="a", data="DataTime=99991231235959")), "clock_ahead"),
        (pack(Packet(command="2011", station="a", data="DataTime=2026112114300")), "bad_time"),
        (frame({"a34002-Rtd": "1"}, at=AT.replace(day=19)), "too_old"),
    ],
)
def test_what_is_refused(payload: bytes, reason: str) -> None:
    with pytest.raises(Rejected, match=reason):
        read(payload)


def test_items_may_be_untidy() -> None:
    assert items("DataTime=1; LA-Rtd=50.1;;a-Rtd=1,a-Flag=N;x") == {
        "DataTime": {"": "1"},
        "LA": {"Rtd": "50.1"},
        "a": {"Rtd": "1", "Flag": "N"},
    }


def test_frames_are_found_among_other_bytes() -> None:
    good = frame({"a34002-Rtd": "80"})
    stream = b"\x00hello" + EXAMPLE + b"##00x1" + good + EXAMPLE[:40] + good + b"##9999" + good[:30]
    for size in (1, 7, 4096):
        buffer, frames, junk = bytearray(), [], b""
        for start in range(0, len(stream), size):
            buffer += stream[start : start + size]
            got, rest = split(buffer)
            frames += got
            junk += rest
        assert frames == [EXAMPLE[:-2], good[:-2], good[:-2]]
        assert bytes(buffer) == good[:30]
        assert b"hello" in junk


@settings(max_examples=200, deadline=None)
@given(st.lists(st.binary(max_size=40) | st.sampled_from([b"##", b"##0101", EXAMPLE, b"\r\n"])))
def test_splitting_ends_and_keeps_little(parts: list[bytes]) -> None:
    buffer = bytearray()
    for part in parts:
        buffer += part
        split(buffer)
        assert len(buffer) < 4096 + 12


values = st.dictionaries(
    st.from_regex(r"[a-zA-Z0-9]{2,8}-(Rtd|Avg|Max)", fullmatch=True),
    st.from_regex(r"[0-9]{1,6}(\.[0-9]{1,3})?", fullmatch=True),
    min_size=1,
    max_size=20,
)


@settings(max_examples=100, deadline=None)
@given(values, st.sampled_from(["2011", "2051", "2061"]), st.integers(0, 60))
def test_what_is_written_is_read(said: dict[str, str], command: str, flag: int) -> None:
    packet = unpack(frame(said, command, flag=flag << 2))
    assert (packet.station, packet.command, packet.flag) == (MN, command, flag << 2)
    found = items(packet.data)
    assert {f"{f}-{k}": v for f, fields in found.items() for k, v in fields.items() if k} == said
