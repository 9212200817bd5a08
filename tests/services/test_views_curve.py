"""The curve of a device over a long time: few points, no peak lost, nothing twice."""

from __future__ import annotations

import math

import pytest

from app.domain.readings import Device, Readings
from app.services import views_devices
from app.store.live import Observed
from tests import cast

H = 3_600_000
END = views_devices.LONGEST_POINTS


@pytest.mark.parametrize("hours", [1, 24, 25, 48, 168, 744, 8760])
def test_a_step_gives_at_most_as_many_points_as_a_screen_has_columns(hours: int) -> None:
    step = views_devices._step(hours)
    assert (step == 0) is (hours <= 24)
    if step:
        assert (math.ceil(hours * H / step) + 1) * 2 <= END
        assert step <= 86_400_000


def test_beyond_ten_years_a_day_is_the_longest_step() -> None:
    assert views_devices._step(10 * 8760) == 24 * H


@pytest.fixture
def kept(city, clock):
    """31 days of a reading each ten minutes with one peak, the last minute also in Redis."""
    now = int(clock.now().timestamp() * 1000)
    device = Device(
        code="G1", n=-1, kind="gas", name="G1", lon=119.9, lat=31.7, area=cast.GRID, period_s=60
    )
    (device,) = city.live.register([device], [0])

    def reading(at: int, value: float) -> Readings:
        return Readings(device.n, "G1", "gas", cast.GRID, at, at, {"ch4": value})

    old = [reading(now - i * 600_000, 1.0 + i % 5) for i in range(744 * 6, 0, -1)]
    peak = reading(now - 300 * H + 7, 99.0)
    fresh = reading(now - 60_000, 77.0)
    city.history.write([(f"{i}-0", r) for i, r in enumerate([*old, peak, fresh])])
    city.live.write([Observed(fresh, 119.9, 31.7, 0, 77.0)], now)
    return city


@pytest.mark.parametrize("closed", [False, True])
@pytest.mark.parametrize("hours", [168, 744])
def test_a_long_curve_keeps_its_peaks(kept, clock, hours: int, closed: bool) -> None:
    if closed:
        kept.history.close(int(clock.now().timestamp() * 1000) - 24 * H)
        kept.history.build()
    curve = views_devices.curve(kept, cast.DUTY, "G1", "ch4", hours)
    points = curve["points"]
    assert curve["step"] == views_devices._step(hours)
    assert len(points) <= END
    assert points == sorted(points)
    values = [value for _, value in points]
    assert max(values) == (99.0 if hours == 744 else 77.0)
    assert (values.count(99.0), values.count(77.0)) == (int(hours == 744), 1)
    assert min(values) == 1.0
    assert len(points) > 700 * (2 if hours == 744 else 0.9)
