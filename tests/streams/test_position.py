"""Positions of grid workers."""

from __future__ import annotations

import pytest

from streams.codecs import position
from tests.streams.samples import NOW, golden, reread, told


@pytest.mark.parametrize("thing", golden(position))
def test_what_is_written_is_read(thing) -> None:
    assert reread(position, thing) == thing


@pytest.mark.parametrize(
    ("reason", "body"),
    [
        ("wrong_field", {"ts": NOW, "lon": 119.9}),
        ("bad_place", {"ts": NOW, "lon": 0, "lat": 0}),
        ("clock_ahead", {"ts": NOW + 300_001, "lon": 119.9, "lat": 31.7}),
    ],
)
def test_a_position_is_refused_with_its_reason(reason, body) -> None:
    assert told(position, **body) == reason
