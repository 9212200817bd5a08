"""How far back one can go."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime

from app.services import replay
from tests import cast


def test_the_first_day_of_history_is_remembered_for_an_hour(city, clock):
    def oldest() -> str:
        at = replay.span(city, cast.DUTY)["oldest"] / 1000
        return datetime.fromtimestamp(at, UTC).isoformat()

    assert replay.span(city, cast.DUTY)["oldest"] == round(
        clock.now().timestamp() * 1000
    )  # nothing is written
    for day in ("2026-11-17", "2026-11-18"):
        (city.history.path / f"day={day}" / "district=320404").mkdir(parents=True)
    assert oldest() == "2026-11-16T16:00:00+00:00"
    shutil.rmtree(city.history.path / "day=2026-11-17")  # it was kept for long enough
    assert oldest() == "2026-11-16T16:00:00+00:00"
    clock.advance(hours=1)
    assert oldest() == "2026-11-17T16:00:00+00:00"
