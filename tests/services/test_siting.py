"""Siting: a source whose places are shifted is flagged; a moved or wrong device is not enough."""

from __future__ import annotations

import pytest

from app.domain.readings import DeviceStatus, Telemetry
from app.services import ingest, siting
from geodata.coordinates import gcj02_to_wgs84, wgs84_to_gcj02
from geodata.shifts import Shift

NOW = 1_795_165_200_000
TRUE = {f"D{i}": (119.92 + i * 0.004, 31.77 + i * 0.002) for i in range(6)}


def gcj(spot: tuple[float, float]) -> tuple[float, float]:
    x, y = wgs84_to_gcj02(*spot)
    return float(x), float(y)


def say(city, clock, spots, feed: str = "lora") -> None:
    """All devices say where they are."""
    at = round(clock.advance(seconds=20).timestamp() * 1000)
    batch = [
        Telemetry(device=code, kind="river", at=at, metrics={"level": 3.0}, lon=x, lat=y, feed=feed)
        for code, (x, y) in spots.items()
    ]
    ingest.observe(city, batch, at)


def shifted(spots=TRUE):
    return {code: gcj(spot) for code, spot in spots.items()}


def test_devices_known_from_before_unmask_a_shifted_source(city, clock) -> None:
    say(city, clock, TRUE, feed="telemetry")
    say(city, clock, shifted())
    flag = city.live.flags()["lora"]["gcj02"]
    assert (flag["devices"], flag["compared"], flag["elsewhere"]) == (6, 6, 6)
    assert 300 < flag["metres"] < 700


def test_births_are_held_against_what_was_known_too(city, clock) -> None:
    say(city, clock, TRUE, feed="telemetry")
    at = round(clock.advance(seconds=20).timestamp() * 1000)
    births = [
        DeviceStatus(device=c, kind="river", at=at, online=True, lon=x, lat=y, feed="lora")
        for c, (x, y) in shifted().items()
    ]
    ingest.status(city, births, at)
    assert "gcj02" in city.live.flags()["lora"]


def test_two_shifted_devices_are_installers_mistakes(city, clock) -> None:
    say(city, clock, TRUE, feed="telemetry")
    say(city, clock, TRUE | shifted({c: TRUE[c] for c in ("D0", "D1")}))
    assert not city.live.flags()


def test_devices_that_really_moved_are_no_shift(city, clock) -> None:
    say(city, clock, TRUE, feed="telemetry")
    say(city, clock, {code: (x + 0.003, y - 0.004) for code, (x, y) in TRUE.items()})
    assert not city.live.flags()


def test_the_flag_goes_when_the_source_is_mended(city, clock) -> None:
    say(city, clock, TRUE, feed="telemetry")
    say(city, clock, shifted())
    say(city, clock, TRUE)
    assert not city.live.flags()


def test_the_flag_keeps_its_beginning(city, clock) -> None:
    say(city, clock, TRUE, feed="telemetry")
    say(city, clock, shifted())
    since = city.live.flags()["lora"]["gcj02"]["since"]
    siting.judge(city, "lora", since + 60_000)
    assert city.live.flags()["lora"]["gcj02"]["since"] == since


def test_a_source_nobody_knew_is_unmasked_by_a_survey(city, clock) -> None:
    say(city, clock, shifted())
    assert not city.live.flags()
    found = siting.survey(city, TRUE, keep=False)
    assert found["lora"].name == "gcj02"
    assert not city.live.flags()
    siting.survey(city, TRUE, keep=True)
    assert "gcj02" in city.live.flags()["lora"]


def test_a_kept_survey_is_what_later_messages_are_held_against(city, clock) -> None:
    city.live.put_references(TRUE)
    say(city, clock, shifted())
    assert city.live.flags()["lora"]["gcj02"]["compared"] == 6


def test_points_outside_that_come_in_by_undoing_the_shift_are_a_hint(city, clock) -> None:
    edge = list(_over_the_border(city, count=5))
    say(city, clock, {f"E{i}": spot for i, spot in enumerate(edge)})
    flags = city.live.flags()["lora"]
    assert flags["maybe_gcj02"]["devices"] == 5
    assert flags["outside"]["devices"] == 5


def test_points_far_away_are_only_outside(city, clock) -> None:
    say(city, clock, {f"F{i}": (121.4 + i * 0.01, 31.2) for i in range(4)})
    assert set(city.live.flags()["lora"]) == {"outside"}


def _over_the_border(city, count: int):
    """Places in the city whose GCJ-02 lies outside, and outside still when shifted once more."""
    found = 0
    for step in range(4000):
        spot = (119.80 + (step % 80) * 0.004, 31.68 + (step // 80) * 0.004)
        out = gcj(spot)
        if city.areas.locate_one(*spot) and not city.areas.locate_one(*out):
            x, y = gcj02_to_wgs84(*out)
            assert city.areas.locate_one(float(x), float(y))
            if not city.areas.locate_one(*gcj(out)):
                yield out
                found += 1
                if found == count:
                    return
    pytest.fail("the city has no such border")


def test_the_city_without_a_survey_says_nothing(city) -> None:
    assert siting.survey(city, TRUE, keep=False) == {}
    assert siting.judge(city, "lora", NOW) == Shift("", 0, 0, 0, 0.0)
