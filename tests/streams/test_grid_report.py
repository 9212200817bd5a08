"""Reports of grid workers: fields and photos have limits."""

from __future__ import annotations

import base64

import pytest

from streams.codecs import grid_report
from tests.streams.samples import NOW, golden, reread, told


@pytest.mark.parametrize("thing", golden(grid_report))
def test_what_is_written_is_read(thing) -> None:
    assert reread(grid_report, thing) == thing


def test_photos_have_a_limit() -> None:
    body = {"id": "R-1", "ts": NOW, "code": "06", "title": "x", "description": ""}
    large = {"type": "image/jpeg", "data": base64.b64encode(b"x" * 307_201).decode()}
    small = {"type": "image/jpeg", "data": "eA=="}
    assert told(grid_report, **body, photos=[large]) == "too_large"
    assert told(grid_report, **body, photos=[small] * 4) == "wrong_field"
    assert told(grid_report, **body, photos=[{"type": "image/jpeg", "data": "!"}]) == "wrong_field"
