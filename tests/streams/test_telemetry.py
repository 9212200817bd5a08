"""Readings: translated at the border, refused with a reason."""

from __future__ import annotations

import json
from typing import Any

import pytest

from streams.codecs import telemetry
from tests.streams.samples import FIELDS, NOW, golden, reread, told


@pytest.mark.parametrize("thing", golden(telemetry))
def test_what_is_written_is_read(thing) -> None:
    assert reread(telemetry, thing) == thing


@pytest.mark.parametrize(
    ("reason", "body"),
    [
        ("wrong_field", {"metrics": {"ch4": 1}}),
        ("wrong_field", {"ts": NOW, "metrics": {"ch4": "3"}}),
        ("wrong_field", {"ts": NOW, "metrics": {"": 3}}),
        ("wrong_field", {"ts": NOW, "metrics": {"ch4": 3}, "crs": "mars"}),
        ("no_metrics", {"ts": NOW, "metrics": {}}),
        ("no_metrics", {"ts": NOW, "metrics": {f"m{i}": i for i in range(65)}}),
        ("clock_ahead", {"ts": NOW + 300_001, "metrics": {"ch4": 1}}),
        ("too_old", {"ts": NOW - 86_400_001, "metrics": {"ch4": 1}}),
        ("bad_time", {"ts": NOW // 1000, "metrics": {"ch4": 1}}),
        ("bad_time", {"ts": "2026-11-21T09:00:00", "metrics": {"ch4": 1}}),
        ("bad_time", {"ts": "yesterday", "metrics": {"ch4": 1}}),
        ("bad_time", {"ts": -1, "metrics": {"ch4": 1}}),
        ("bad_place", {"ts": NOW, "metrics": {"ch4": 1}, "lon": 119.9}),
        ("bad_place", {"ts": NOW, "metrics": {"ch4": 1}, "lon": 0, "lat": 0}),
        ("bad_place", {"ts": NOW, "metrics": {"ch4": 1}, "lon": 500, "lat": 31}),
        ("swapped_lonlat", {"ts": NOW, "metrics": {"ch4": 1}, "lon": 31.78, "lat": 119.95}),
    ],
)
def test_telemetry_is_refused_with_its_reason(reason: str, body: dict[str, Any]) -> None:
    assert told(telemetry, **body) == reason


def test_times_and_places_are_translated_at_the_border() -> None:
    iso = {"ts": "2026-11-22T06:28:35.123+08:00", "metrics": {"ch4": True}}
    place = {"lon": 119.954700, "lat": 31.777905, "crs": "gcj02"}
    got = telemetry.read(FIELDS, json.dumps({**iso, **place}).encode(), NOW + 10**6)
    assert got.at == 1_795_300_115_123
    assert got.metrics == {"ch4": 1.0}
    assert got.lon == pytest.approx(119.95, abs=2e-6)
    assert got.lat == pytest.approx(31.78, abs=2e-6)
