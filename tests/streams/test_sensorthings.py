"""SensorThings: expanded and plain observations, lists, data arrays."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.domain.readings import Telemetry
from app.errors import Rejected
from streams.dialects import Known, Thing, sensorthings
from streams.dialects.sensorthings import Options, Stream
from streams.sources import MetricMap, Source

EXPANDED = (Path(__file__).parent / "samples" / "sensorthings" / "expanded.json").read_bytes()
AT = int(datetime(2026, 11, 21, 14, tzinfo=UTC).timestamp() * 1000)
NOW = AT + 5_000
PLAIN = {"@iot.id": 9, "phenomenonTime": "2026-11-21T14:00:00Z", "result": 38}
MAPPED = Options(datastreams={"5": Stream("cz-7", "PM2.5", "µg/m³")})


def read(said: Any, topic: str = "v1.1/Observations", **more: Any) -> list[Thing]:
    plain = {
        "name": "frost",
        "dialect": "sensorthings",
        "owner": "o",
        "crs": "wgs84",
        "kind": "air",
    }
    source = Source(**(plain | {"metrics": {"PM2.5": MetricMap("pm25")}} | more))
    payload = said if isinstance(said, bytes) else json.dumps(said).encode()
    return sensorthings.reader(source).read(topic, payload, NOW)


def readings(things: list[Thing]) -> list[Telemetry]:
    return [thing for thing in things if isinstance(thing, Telemetry)]


def test_an_expanded_observation() -> None:
    status, got = read(EXPANDED)
    assert (status.device, status.name) == ("41", "怀德苑空气站")
    assert got == Telemetry(
        device="41",
        kind="air",
        at=AT,
        metrics={"pm25": 38.0},
        lon=119.95,
        lat=31.78,
        feed="frost",
    )


@pytest.mark.parametrize(
    ("topic", "more"),
    [
        ("v1.1/Datastreams(5)/Observations", {}),
        ("v1.1/Datastreams('5')/Observations", {}),
        ("v1.1/Observations", {"Datastream": {"@iot.id": 5}}),
        ("v1.1/Observations", {"Datastream@iot.navigationLink": "v1.1/Datastreams(5)"}),
    ],
)
def test_a_plain_observation_is_looked_up(topic: str, more: dict[str, Any]) -> None:
    (got,) = readings(read(PLAIN | more, topic, options=MAPPED))
    assert (got.device, got.metrics) == ("cz-7", {"pm25": 38.0})


def test_a_plain_observation_of_an_unknown_datastream_is_refused() -> None:
    with pytest.raises(Rejected, match=r"unknown_datastream.*'6'"):
        read(PLAIN, "v1.1/Datastreams(6)/Observations", options=MAPPED)


def test_a_page_by_http_and_a_data_array() -> None:
    page = {"value": [PLAIN | {"Datastream": {"@iot.id": 5}}, PLAIN]}
    got = read(page, options=MAPPED)
    assert len(readings(got)) == 1
    assert isinstance(got[-1], Rejected)
    assert got[-1].reason == "unknown_datastream"
    rows = [["2026-11-21T13:59:00Z", 1], ["2026-11-21T14:00:00Z", 2]]
    array = [{"Datastream": {"@iot.id": 5}, "components": ["phenomenonTime", "result"]}]
    array[0]["dataArray"] = rows  # type: ignore[assignment]
    assert [(t.at, t.metrics["pm25"]) for t in readings(read(array, options=MAPPED))] == [
        (AT - 60_000, 1.0),
        (AT, 2.0),
    ]


def test_observations_within_their_datastream_or_thing() -> None:
    own = {"ObservedProperty": {"name": "PM2.5"}, "Observations": [PLAIN, PLAIN | {"result": 3}]}
    thing = {"@iot.id": 3, "name": "cz"}
    for said in (own | {"Thing": thing}, {"value": [thing | {"Datastreams": [own]}]}):
        got = readings(read(said))
        assert [(t.device, t.metrics) for t in got] == [("3", {"pm25": 38.0}), ("3", {"pm25": 3.0})]
    with pytest.raises(Rejected, match="no_observation"):
        read({"Datastreams": [{"Datastreams": [own]}]})


def test_null_is_no_result() -> None:
    stream = {"Thing": {"@iot.id": 3}, "ObservedProperty": {"name": "PM2.5"}}
    assert read(PLAIN | {"result": None, "Datastream": stream})[-1] == Known("unmapped")


def test_a_multi_datastream_has_a_unit_for_each_result() -> None:
    stream = {
        "unitOfMeasurements": [{"symbol": "mg/m3"}, {"symbol": "ug/m3"}],
        "ObservedProperties": [{"name": "PM2.5"}, {"name": "PM10"}],
        "Thing": {"@iot.id": 3},
    }
    said = PLAIN | {"result": [0.038, 70], "MultiDatastream": stream}
    metrics = {"PM2.5": MetricMap("pm25"), "PM10": MetricMap("pm10")}
    (got,) = readings(read(said, metrics=metrics))
    assert got.metrics == {"pm25": 38.0, "pm10": 70.0}


def test_an_interval_counts_from_its_end_and_the_feature_says_where() -> None:
    said = json.loads(EXPANDED)
    said["phenomenonTime"] = "2026-11-21T13:00:00Z/2026-11-21T14:00:00Z"
    said["FeatureOfInterest"] = {"feature": {"type": "Point", "coordinates": [119.96, 31.79]}}
    (got,) = readings(read(said))
    assert (got.at, got.lon) == (AT, 119.96)


def test_what_is_not_mapped_is_known() -> None:
    said = json.loads(EXPANDED)
    said["Datastream"]["ObservedProperty"]["name"] = "VOC"
    assert read(said)[-1] == Known("unmapped")


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ([], "no_observation"),
        ([3], "wrong_field"),
        ({"dataArray": [[1]], "components": []}, "wrong_field"),
        ({"dataArray": 1}, "wrong_field"),
        (PLAIN | {"Datastream": {"Thing": {"x": 1}}}, "no_device"),
        (json.loads(EXPANDED) | {"result": "high"}, "wrong_field"),
        (json.loads(EXPANDED) | {"phenomenonTime": "yesterday"}, "bad_time"),
    ],
)
def test_what_is_refused(said: Any, reason: str) -> None:
    with pytest.raises(Rejected, match=reason):
        read(said)
