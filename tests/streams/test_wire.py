"""Time and place as all feeds say them."""

from __future__ import annotations

import pytest

from app.errors import Rejected
from streams import wire
from tests.streams.samples import NOW


@pytest.mark.parametrize("ts", [NOW, float(NOW), "2026-11-21T07:08:35.123Z"])
def test_a_moment_is_epoch_milliseconds(ts) -> None:
    assert abs(wire.moment(ts, NOW + 10**8) - NOW) < 86_400_000


@pytest.mark.parametrize("ts", [0, -5, float("inf"), 1e300, "", "2026-13-01T00:00:00Z", "x" * 9999])
def test_a_wrong_moment_is_refused(ts) -> None:
    with pytest.raises(Rejected):
        wire.moment(ts, NOW)


def test_a_place_is_whole_or_none() -> None:
    assert wire.place(None, None) == (None, None)
    assert wire.place(119.95, 31.78) == (119.95, 31.78)
    assert wire.place(119.961251, 31.783642, "bd09") == pytest.approx((119.95, 31.78), abs=2e-6)
    with pytest.raises(Rejected, match="one is missing"):
        wire.place(None, 31.0)
