"""Any JSON by mapping: paths, levels, times, records, and what is wrong with a mapping."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.domain.readings import DeviceStatus, Telemetry
from app.errors import Rejected
from streams import sourcefile
from streams.dialects import Known, profile
from streams.feeds_try import attempt
from streams.sources import Source
from tests.streams.fuzzing import NOW, SAMPLES, only_rejected, sample, shared

FILE = SAMPLES / "profile" / "sources.yaml"
AT = 1_795_300_110_000
HEAD = "sources:\n- {name: p, dialect: profile, owner: o, crs: wgs84, kind: river, "


def source(rest: str) -> Source:
    sources, faults = sourcefile.read(HEAD + rest + "}", "f.yaml")
    assert not faults
    return sources[0]


def read(rest: str, body: Any, topic: str = "t/D1") -> list[Any]:
    return profile.reader(source(rest)).read(topic, json.dumps(body).encode(), NOW)


def told(rest: str, body: Any) -> str:
    with pytest.raises(Rejected) as why:
        read(rest, body)
    return why.value.reason


PLAIN = "topics: ['t/{device}'], metrics: {l: level}"


def test_a_flat_message_becomes_a_reading() -> None:
    waterworks, _ = sourcefile.load(FILE)
    got = profile.reader(waterworks).read(
        "plant/P7/a/data", sample("profile", "waterworks.json"), NOW
    )
    (t,) = got
    assert (t.lon, t.lat) == (pytest.approx(119.95, abs=2e-6), pytest.approx(31.78, abs=2e-6))
    assert t == Telemetry(
        device="P7",
        kind="water_pressure",
        at=AT,
        metrics={"pressure": pytest.approx(0.3125), "battery": 90},
        lon=t.lon,
        lat=t.lat,
        message_id="90211",
        feed="waterworks",
    )


def test_records_of_one_value_each_are_brought_together() -> None:
    _, cloud = sourcefile.load(FILE)
    things = profile.reader(cloud).read("cloud/l1/push", sample("profile", "dust.json"), NOW)
    births = [t for t in things if isinstance(t, DeviceStatus)]
    readings = [t for t in things if isinstance(t, Telemetry)]
    refused = [t for t in things if isinstance(t, Rejected)]
    assert [b.device for b in births] == ["YC-01", "YC-02"]
    assert [(t.device, t.kind, t.metrics) for t in readings] == [
        ("YC-01", "dust", {"tsp": pytest.approx(412), "pm10": 121}),
        ("YC-02", "noise", {"leq": 71.5}),
    ]
    assert readings[0].lon == pytest.approx(119.95, abs=1e-4)
    assert [r.reason for r in refused] == ["unknown_kind"]


def test_a_value_that_nobody_asked_for_is_known_and_a_wrong_path_is_refused() -> None:
    rest = "topics: ['t/{device}'], metrics: {l: level}, options: {records: r, metric_name: %s, "
    rest += "metric_value: v}"
    body = {"r": [{"n": "l", "v": 3}, {"n": "pressure", "v": 4}]}
    known, reading = read(rest % "n", body)
    assert (known, reading.metrics) == (Known("unmapped"), {"level": 3})
    assert read(rest % "n", {"r": body["r"][1:]}) == [Known("unmapped")]
    assert told(rest % "name", body) == "no_metrics"


@pytest.mark.parametrize(
    ("form", "zone", "said"),
    [
        ("iso", "", "2026-11-22T06:28:30+08:00"),
        ("iso", "Asia/Shanghai", "2026-11-22 06:28:30"),
        ("s", "", AT / 1000),
        ("s", "", str(AT // 1000)),
        ("ms", "", AT),
        ("%Y%m%d%H%M%S", "Asia/Shanghai", 20261122062830),
        ("%d/%m/%Y %H:%M:%S %z", "", "21/11/2026 22:28:30 +0000"),
    ],
)
def test_times_of_every_form(form: str, zone: str, said: Any) -> None:
    rest = f"{PLAIN}, zone: '{zone}', options: {{time: t, time_format: '{form}'}}"
    assert read(rest, {"t": said, "l": 3})[0].at == AT
    for wrong in (None, "yesterday", [], {}):
        assert told(rest, {"t": wrong, "l": 3}) == "bad_time"


def test_the_clock_of_arrival_needs_no_time() -> None:
    rest = PLAIN + ", clock: arrival, options: {time: t}"
    assert read(rest, {"t": "nonsense", "l": 3})[0].at == NOW


def test_devices_come_from_levels_or_paths() -> None:
    levels = "topics: ['{site}/x/{device}/#'], metrics: {l: level}, options: {device: "
    assert read(levels + "'{site}-{device}'}", {"l": 1}, "S/x/7/a/b")[0].device == "S-7"
    assert read(levels + "dev.id}", {"l": 1, "dev": {"id": 9}}, "S/x/7")[0].device == "9"
    assert told(levels + "dev.id}", {"l": 1}) == "no_device"


def test_names_with_signs_and_chinese_names_are_found() -> None:
    metrics = "topics: ['t/{device}'], metrics: {水位: level, '\"PM2.5\"': battery, 2-A: voltage}"
    (t,) = read(metrics, {"水位": "3.1", "PM2.5": 40, "2-A": 5, "other": "x"})
    assert t.metrics == {"level": 3.1, "battery": 40, "voltage": 5}


def test_arrays_of_columns_and_values_from_around_the_record() -> None:
    rest = (
        "topics: ['t/#'], metrics: {'[1]': level}, options: {device: '[0]', records: rows, "
        "time: meta.at, time_format: ms}"
    )
    got = read(rest, {"meta": {"at": AT}, "rows": [["R1", 3.2], ["R2", None], ["R3", 1]]})
    assert [(t.device, t.metrics, t.at) for t in got if isinstance(t, Telemetry)] == [
        ("R1", {"level": 3.2}, AT),
        ("R3", {"level": 1}, AT),
    ]
    assert [r.reason for r in got if isinstance(r, Rejected)] == ["no_metrics"]
    assert read(rest, {"rows": []}) == [Known("empty")]
    assert told(rest, {"meta": {"at": AT}, "rows": [["R", 1]] * 1001}) == "too_large"


def test_presence_alone_is_no_reading() -> None:
    rest = PLAIN + ", options: {online: \"state == 'up'\", name: n}"
    (birth,) = read(rest, {"state": "up", "n": "闸上"})
    assert (birth.device, birth.online, birth.name) == ("D1", True, "闸上")
    (left,) = read(rest, {"state": "down"})
    assert left == DeviceStatus(device="D1", kind="river", at=NOW, online=False, feed=birth.feed)
    assert told(PLAIN + ", options: {online: state}", {"state": "up"}) == "wrong_field"


@pytest.mark.parametrize(
    ("reason", "body"),
    [
        ("no_metrics", {"x": 1}),
        ("no_metrics", [1, 2]),
        ("wrong_field", {"l": "high"}),
        ("wrong_field", {"l": {"a": 1}}),
        ("wrong_field", {"l": [1]}),
    ],
)
def test_messages_that_do_not_fit_are_refused(reason: str, body: Any) -> None:
    assert told(PLAIN, body) == reason


def test_a_function_that_meets_the_wrong_type_refuses_the_message() -> None:
    assert told("topics: ['t/{device}'], metrics: {max(v): level}", {"v": "x"}) == "wrong_field"


@pytest.mark.parametrize(
    ("rest", "fault"),
    [
        ("topics: ['t/{device}']", "`metrics` is missing"),
        ("topics: ['t/+'], metrics: {l: level}", "`options.device`: 't/+' has no {device}"),
        ("metrics: {l: level}", "`topics` is missing: profile has none of its own"),
        ("topics: ['t/{device}'], metrics: {'a.[': level}", "`metrics.a.[`: 'a.[' is no JMESPath"),
        ("topics: ['t/{device}'], metrics: {'maxx(a)': level}", "`metrics.maxx(a)`"),
        (PLAIN + ", options: {lon: a}", "`options.lon` and `options.lat` belong together"),
        (PLAIN + ", options: {metric_name: a}", "`options.metric_name` and"),
        (PLAIN + ", options: {tim: a}", "`options`: Object contains unknown field `tim`"),
        (PLAIN + ", options: {time: t, time_format: epoch}", "`options.time_format` 'epoch'"),
        (PLAIN + ", options: {time: t, time_format: '%H:%M'}", "`zone` is missing"),
    ],
)
def test_a_wrong_mapping_refuses_to_start(rest: str, fault: str) -> None:
    sources, faults = sourcefile.read(HEAD + rest + "}", "f.yaml")
    assert not sources
    assert any(f"f.yaml:2 source p: {fault}" in each for each in faults), faults


def test_a_captured_line_of_the_shared_samples_is_understood() -> None:
    assert shared("lorawan/ttn_v3_up_docs.json")
    captured = (
        SAMPLES.parents[2] / ".." / "shared/samples/mqtt/captured_iot_lines.jsonl"
    ).resolve()
    lines = [json.loads(line) for line in captured.read_text().splitlines()]
    line = next(each for each in lines if each["topic"].startswith("zigbee2mqtt/"))
    rest = "topics: ['zigbee2mqtt/{device}'], metrics: {temperature: temp, battery: battery}"
    (t,) = profile.reader(source(rest)).read(line["topic"], line["payload_text"].encode(), NOW)
    assert (t.device, t.metrics, t.at) == ("weather_sensor", {"temp": 23.5, "battery": 91}, NOW)


def test_trying_shows_what_a_payload_becomes(capsys: pytest.CaptureFixture[str]) -> None:
    folder = FILE.parent
    topic = "cloud/l1/push"
    at = datetime.fromtimestamp(NOW / 1000, UTC)
    assert attempt(FILE, folder / "waterworks.json", topic="plant/P7/a/data", at=at) == 0
    assert attempt(FILE, folder / "dust.json", topic=topic, at=at) == 1
    said = capsys.readouterr().out
    assert "source waterworks (profile), topic plant/P7/a/data" in said
    assert "pressure=0.3125 MPa, battery=90 %" in said
    assert "REFUSED" in said
    later = at + timedelta(days=2)
    assert attempt(FILE, folder / "waterworks.json", topic="plant/P7/a/data", at=later) == 1
    assert "too_old: 48 hours old" in capsys.readouterr().out


@pytest.mark.parametrize(("index", "name"), [(0, "waterworks.json"), (1, "dust.json")])
def test_only_rejected_comes_out(index: int, name: str) -> None:
    one = sourcefile.load(FILE)[index]
    topic = ("plant/P7/a/data", "cloud/l1/push")[index]
    only_rejected(lambda: profile.reader(one), topic, [sample("profile", name)])


GATEWAY = (
    "topics: [v1/gateway/telemetry], metrics: {value.values.level: level}, "
    "options: {records: pairs(@), device: key, time: value.ts, time_format: ms}"
)


def test_names_that_are_data_are_devices() -> None:
    """As ThingsBoard's gateway sends them: devices by name, several moments of each."""
    said = {
        "Pump-A": [
            {"ts": AT, "values": {"level": 1.2}},
            {"ts": AT + 1000, "values": {"level": 1.3}},
        ],
        "Pump-B": [{"ts": AT, "values": {"level": 2.0}}],
    }
    got = read(GATEWAY, said, "v1/gateway/telemetry")
    assert [(t.device, t.at, t.metrics["level"]) for t in got] == [
        ("Pump-A", AT, 1.2),
        ("Pump-A", AT + 1000, 1.3),
        ("Pump-B", AT, 2.0),
    ]
    with pytest.raises(Rejected) as why:
        read(GATEWAY, [1], "v1/gateway/telemetry")
    assert why.value.reason == "wrong_field"


PACKED = (
    "topics: [rules/out], metrics: {level: level}, options: {records: from_json(payload), "
    "device: clientid, time: timestamp, time_format: ms}"
)


def test_a_message_packed_as_text_is_unpacked() -> None:
    body = {"clientid": "L-7", "timestamp": AT, "payload": '{"level": 1.2}'}
    (t,) = read(PACKED, body, "rules/out")
    assert (t.device, t.at, t.metrics) == ("L-7", AT, {"level": 1.2})
    for wrong, reason in (
        ('{"level": ', "not_json"),
        ("[" * 5_000, "not_json"),
        (7, "wrong_field"),
    ):
        with pytest.raises(Rejected) as why:
            read(PACKED, body | {"payload": wrong}, "rules/out")
        assert why.value.reason == reason


def test_a_record_without_its_time_may_count_from_its_arrival() -> None:
    options = "options: {device: d, time: at%s}"
    assert told(PLAIN + ", " + options % "", {"d": "D1", "l": 1}) == "bad_time"
    (t,) = read(PLAIN + ", " + options % ", no_time: arrival", {"d": "D1", "l": 1})
    assert t.at == NOW
