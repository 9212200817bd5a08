"""NGSI: four encodings of one observation are one reading."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.domain.readings import Telemetry
from app.errors import Rejected
from streams.dialects import Known, Thing, ngsi
from streams.sources import MetricMap, Source

HERE = Path(__file__).parent / "samples" / "ngsi"
SHARED = Path(__file__).parents[2].parent / "shared" / "samples" / "ngsi"
AT = int(datetime(2026, 11, 21, 14, tzinfo=UTC).timestamp() * 1000)
NOW = AT + 5_000
AIR = {"id": "x", "type": "AirQualityObserved"}


def source(**more: Any) -> Source:
    kinds = {"AirQualityObserved": "air", "NoiseLevelObserved": "noise", "WaterObserved": "river"}
    plain = {"name": "fiware", "dialect": "ngsi", "owner": "o", "crs": "wgs84", "kind": kinds}
    return Source(**(plain | more))


def read(said: Any, **more: Any) -> list[Thing]:
    payload = said if isinstance(said, bytes) else json.dumps(said).encode()
    return ngsi.reader(source(**more)).read("ngsi/a", payload, NOW)


@pytest.mark.parametrize("form", ["v2_normalized", "v2_keyvalues", "ld_normalized", "ld_keyvalues"])
def test_four_encodings_of_one_observation(form: str) -> None:
    status, got = read((HERE / f"{form}.json").read_bytes())
    assert (status.device, status.online, status.lon) == ("CZ-ZL-AQ-07", True, 119.95)
    assert got == Telemetry(
        device="CZ-ZL-AQ-07",
        kind="air",
        at=AT,
        metrics={"pm25": 38.0, "co": 0.7, "aqi": 54.0, "humidity": 61.0},
        lon=119.95,
        lat=31.78,
        feed="fiware",
    )


def test_a_device_is_introduced_once() -> None:
    reader = ngsi.reader(source())
    payload = (HERE / "ld_keyvalues.json").read_bytes()
    assert [len(reader.read("", payload, NOW)) for _ in range(2)] == [2, 1]


def test_the_metrics_of_the_source_win() -> None:
    metrics = {
        "pm25": MetricMap("pm25", scale=2.0),
        "airQualityLevel": MetricMap("x", values={"good": 1}),
    }
    got = read((HERE / "v2_normalized.json").read_bytes(), metrics=metrics)[1]
    assert isinstance(got, Telemetry)
    assert got.metrics == {"pm25": 76.0, "x": 1.0}


def test_attributes_of_two_times_are_two_readings() -> None:
    entity = {
        "id": "w1",
        "type": "WaterObserved",
        "level": {"type": "Property", "value": 3.1, "observedAt": "2026-11-21T13:59:00Z"},
        "temperature": {"type": "Property", "value": 9, "observedAt": "2026-11-21T14:00:00Z"},
    }
    got = [t for t in read(entity) if isinstance(t, Telemetry)]
    assert [(t.at, t.metrics) for t in got] == [(AT - 60_000, {"level": 3.1}), (AT, {"temp": 9.0})]


def test_v2_metadata_time_geo_point_and_device() -> None:
    entity = {
        "id": "obs-1",
        "type": "WaterObserved",
        "refDevice": {"type": "Relationship", "value": "urn:ngsi-ld:Device:w9"},
        "location": {"type": "geo:point", "value": "31.78, 119.95"},
        "waterLevel": {
            "type": "Number",
            "value": 310,
            "metadata": {
                "TimeInstant": {"value": "2026-11-21T14:00:00Z"},
                "unitCode": {"value": "CMT"},
            },
        },
    }
    got = read({"data": [entity]})[1]
    assert isinstance(got, Telemetry)
    assert (got.device, got.at, got.lon, got.metrics) == ("w9", AT, 119.95, {"level": 3.1})


def test_one_bad_entity_does_not_take_the_others_along() -> None:
    good = json.loads((HERE / "ld_keyvalues.json").read_text())
    got = read({"data": [good | {"type": "Vehicle"}, good]})
    assert isinstance(got[0], Rejected)
    assert got[0].reason == "unknown_kind"
    assert isinstance(got[-1], Telemetry)


def test_instances_of_an_attribute_by_time_and_by_dataset() -> None:
    times = ("2026-11-21T13:00:00Z", "2026-11-21T13:10:00Z")
    history = [{"type": "Property", "value": n, "observedAt": at} for n, at in enumerate(times, 7)]
    got = [t.metrics for t in read(AIR | {"pm10": history}) if isinstance(t, Telemetry)]
    assert got == [{"pm10": 7.0}, {"pm10": 8.0}]
    sets = [{"value": 5, "datasetId": "urn:ngsi-ld:a"}, {"value": 6}]
    assert read(AIR | {"pm10": sets})[-1].metrics == {"pm10": 6.0}  # type: ignore[union-attr]
    assert read(AIR | {"pm10": sets[:1]})[-1].metrics == {"pm10": 5.0}  # type: ignore[union-attr]


def test_what_is_gone_is_no_value_and_no_device() -> None:
    rules = {"pm10": MetricMap("pm10"), "no2": MetricMap("no2")}
    gone = {"pm10": {"type": "Property", "value": "urn:ngsi-ld:null"}, "no2": 3}
    assert read(AIR | gone, metrics=rules)[-1].metrics == {"no2": 3.0}  # type: ignore[union-attr]
    assert read(AIR | {"deletedAt": "2026-11-21T13:00:00Z"}) == [Known("deleted")]


def test_an_entity_may_have_several_types() -> None:
    said = AIR | {"type": ["Station", "AirQualityObserved"], "pm10": 7}
    assert read(said)[-1].kind == "air"  # type: ignore[union-attr]


def test_a_wrong_value_is_refused_alone() -> None:
    rules = {"pm10": MetricMap("pm10"), "no2": MetricMap("no2")}
    _, reading, wrong = read(AIR | {"pm10": "broken", "no2": 3}, metrics=rules)
    assert isinstance(reading, Telemetry)
    assert reading.metrics == {"no2": 3.0}
    assert isinstance(wrong, Rejected)
    assert wrong.reason == "wrong_field"


def test_an_entity_without_numbers_is_known() -> None:
    assert read({"id": "a", "type": "AirQualityObserved", "airQualityLevel": "good"})[1:] == [
        Known("unmapped")
    ]


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ([], "no_entity"),
        ([1], "wrong_field"),
        ({"type": "AirQualityObserved", "co": 1}, "no_device"),
        ({"id": "x", "type": "Car"}, "unknown_kind"),
        (AIR | {"co": 1, "dateObserved": "2026-11-21T14:00"}, "bad_time"),
        (AIR | {"co": {"value": 1, "unitCode": "CEL"}}, "wrong_unit"),
        (AIR | {"location": {"type": "Point", "coordinates": [1]}}, "bad_place"),
    ],
)
def test_what_is_refused(said: Any, reason: str) -> None:
    with pytest.raises(Rejected, match=reason):
        read(said)


def test_shared_samples() -> None:
    if not SHARED.exists():
        print(f"no samples at {SHARED}: read with our own fixtures only")  # noqa: T201
        return
    for path in sorted(SHARED.glob("*.json*")):
        at = datetime(2016, 12, 28 if "Noise" in path.name else 15, 12, tzinfo=UTC)
        at = at if "Noise" in path.name else at.replace(month=3)
        reader = ngsi.reader(source(zone="Etc/GMT-1"))
        status, got = reader.read("", path.read_bytes(), int(at.timestamp() * 1000))
        want = (
            "Vitoria-NoiseLevelObserved"
            if "Noise" in path.name
            else "Madrid-AmbientObserved-28079004"
        )
        assert (status.device, got.device) == (want, want)
        assert got.metrics.get("leq") == 67.8 or got.metrics["co"] in (500.0, 0.5)
