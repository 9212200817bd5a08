"""Grading on the way in: doubts reach the stream, the card and the day's counts, and only once."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
import redis

from app.domain.quality import Doubt
from app.domain.readings import DeviceStatus, Quality, Telemetry
from app.errors import NotAllowed, Unavailable
from app.services import grading, ingest, neighbours, presence, quality, registry, views_devices
from app.services.watch import Watch
from app.store import keys
from tests import cast
from tests.cast import GRID
from tests.recorded import recorded

NOW = 1_795_165_200_000  # at noon of a Beijing day
PLACE = (119.93, 31.78)
STREET = GRID[:9]


def said(device: str = "R1", at: int = NOW, value: float = 3.0, **more) -> Telemetry:
    given = {"kind": "river", "metrics": {"level": value}} | more
    return Telemetry(device=device, at=at, **given)


def minute(n: float) -> int:
    return NOW + round(n * 60_000)


def take(city, *batch: Telemetry, at: int | None = None) -> list:
    """Observe a batch; the doubts and the quality of what the stream has of it."""
    arrived = at if at is not None else max(t.at for t in batch)
    before = len(recorded(city))
    ingest.observe(city, batch, arrived)
    return graded(city)[before:]


def graded(city) -> list:
    return [(Doubt(r.doubts), r.quality) for r in recorded(city)]


def counted(city) -> dict[str, int]:
    grading.of(city).flush(city, NOW)
    counts = city.live.quality(grading.day_of(NOW))
    counts.pop(keys.QUALITY_SINCE)
    return counts


def test_a_jump_is_suspect_and_the_next_one_believed(city) -> None:
    found = take(city, said(), said(at=minute(1), value=9.0), said(at=minute(2), value=9.1))
    assert found == [(0, Quality.GOOD), (Doubt.JUMP, Quality.SUSPECT), (0, Quality.GOOD)]
    assert city.live.last("R1").doubts == 0


def test_nonsense_is_bad_and_says_why_on_the_card(city) -> None:
    lon, lat = PLACE
    found = take(city, said(value=345.0, lon=lon, lat=lat))
    assert found == [(Doubt.UNIT, Quality.BAD)]
    shown = views_devices.device(city, cast.COMMANDER, "R1")["last"]
    assert shown["doubts"] == [{"doubt": "unit", "metric": "水位(吴淞)", "unit": "cm"}]


def test_a_wrong_clock_is_told_and_does_not_lower_the_quality(city) -> None:
    assert take(city, said(), at=minute(3)) == [(Doubt.SKEW, Quality.GOOD)]
    assert take(city, said("R2", minute(3)), at=minute(1)) == [(0, Quality.GOOD)]
    assert take(city, said("R3", minute(4)), at=minute(1)) == [(Doubt.SKEW, Quality.GOOD)]


def test_a_source_of_hourly_means_has_no_wrong_clock(city) -> None:
    city.live.put_sources([{"name": "stations", "period_s": 3600}])
    found = take(city, said(feed="stations"), said("R2", feed="other"), at=minute(60))
    assert [doubts for doubts, _ in found] == [0, Doubt.SKEW]


def test_what_has_waited_in_our_queue_has_no_wrong_clock(city) -> None:
    ingest.observe(city, [said()], minute(30), lag=29 * 60_000)
    assert graded(city) == [(0, Quality.GOOD)]


def test_a_late_reading_is_marked_and_keeps_its_doubts(city) -> None:
    take(city, said(at=minute(10)))
    late = take(city, said(at=minute(1)), said(at=minute(2), value=99.0), at=minute(10))
    assert late == [
        (Doubt.LATE | Doubt.SKEW, Quality.LATE),
        (Doubt.LATE | Doubt.SKEW | Doubt.UNIT, Quality.BAD),
    ]


def test_a_late_one_that_moved_is_rewritten_whole(city) -> None:
    take(city, said(at=minute(1), lon=119.93, lat=31.78))
    take(city, said(at=minute(0), lon=119.95, lat=31.78), at=minute(1))
    assert graded(city)[1] == (Doubt.LATE, Quality.LATE)


def test_a_repeated_batch_is_graded_the_same(city, monkeypatch) -> None:
    batch = [said(), said(at=minute(1), value=9.0), said(at=minute(2), value=9.1)]
    apply = city.live.apply
    tries = []

    def fails_after_writing(*args):
        tries.append([o.reading.doubts for o in args[0]])
        if len(tries) == 1:
            raise redis.ConnectionError("gone")
        return apply(*args)

    monkeypatch.setattr(city.live, "apply", fails_after_writing)
    with pytest.raises(Unavailable):
        ingest.observe(city, batch, minute(2))
    ingest.observe(city, batch, minute(2))
    ingest.observe(city, batch[2:], minute(2))
    assert tries[0] == tries[1] == [0, Doubt.JUMP, 0]
    assert tries[2] == [0]
    assert len(graded(city)) == 3


def test_each_reading_is_counted_once_by_source_kind_and_street(city) -> None:
    lon, lat = city.areas.point_in(GRID, np.random.default_rng(1))
    batch = [
        said(lon=float(lon), lat=float(lat)),
        said(at=minute(1), value=9.0),
        said("L1", value=99.0, feed="lora"),
    ]
    for _ in range(2):
        ingest.observe(city, batch, minute(1))
    assert counted(city) == {
        f"city|river|{STREET}|readings": 2,
        f"city|river|{STREET}|doubted": 1,
        f"city|river|{STREET}|jump": 1,
        f"city|river|{STREET}|duplicate": 2,
        "lora|river||readings": 1,
        "lora|river||doubted": 1,
        "lora|river||unit": 1,
        "lora|river||duplicate": 1,
    }


def test_counts_that_could_not_be_told_are_told_later(city, monkeypatch) -> None:
    grader = grading.of(city)
    take(city, said())
    grader.counts["telemetry", "river", "", 0] += 1

    def gone(*_args):
        raise redis.ConnectionError("gone")

    with monkeypatch.context() as patch:
        patch.setattr(city.live, "add_quality", gone)
        with pytest.raises(redis.ConnectionError):
            grader.flush(city, NOW)
    assert counted(city)["city|river||readings"] >= 1
    assert not grader.counts


def test_the_beat_brings_the_counts(city) -> None:
    ingest.observe(city, [said()], NOW)
    ingest.observe(city, [said(at=NOW + 1)], NOW + 1)
    ingest.beat(city, "ingest")
    assert not grading.of(city).counts


def test_scores_tell_trust_and_completeness(city, clock) -> None:
    clock.to(datetime.fromtimestamp(NOW / 1000, UTC))
    lon, lat = PLACE
    batch = [said("A", lon=lon, lat=lat), said("B", feed="lora", lon=lon, lat=lat)]
    ingest.observe(city, batch, NOW)
    clock.advance(minutes=10)
    said_later = [said("A", minute(n)) for n in range(1, 11)]
    said_later += [said("B", minute(n), 99.0 if n < 5 else 3.0, feed="lora") for n in (1, 2, 5, 6)]
    for t in said_later:
        ingest.observe(city, [t], t.at)
    ingest.beat(city, "ingest")
    presence.begin(city, lambda _: True)
    worst, best = quality.scores(city, cast.ADMIN)
    assert (worst["name"], best["name"]) == ("lora", "city")
    assert worst["doubts"] == {"unit": 2}
    assert (worst["readings"], worst["trusted"]) == (5, pytest.approx(0.6))
    assert worst["complete"] == pytest.approx(0.5)
    assert (best["trusted"], best["complete"]) == (1.0, 1.0)
    (kind,) = quality.scores(city, cast.ADMIN, group="kind")
    assert (kind["name"], kind["readings"], kind["complete"]) == ("river", 16, 16 / 20)
    (street,) = quality.scores(city, cast.ADMIN, group="street")
    assert street["name"] == city.areas.locate_one(lon, lat)[:9]
    assert quality.scores(city, cast.ADMIN, day="20200101") == []


def test_scores_are_for_administrators(city) -> None:
    with pytest.raises(NotAllowed):
        quality.scores(city, cast.DISPATCHER)


def test_a_device_belongs_to_the_source_that_spoke_last(city) -> None:
    take(city, said("A"), said("B", feed="lora"))
    assert city.live.origins() == {"A": "city", "B": "lora"}
    take(city, said("B", minute(1)))
    assert city.live.origins() == {"A": "city", "B": "city"}
    born = DeviceStatus(device="C", kind="river", at=NOW, online=True, feed="lora")
    ingest.status(city, [born], NOW)
    assert city.live.origins()["C"] == "lora"
    assert city.live.readings_feeds()["lora"] == NOW


def test_origins_go_with_the_counts_and_a_birth_is_newer_than_what_waits(city) -> None:
    take(city, said("A"))
    grader = grading.of(city)
    grader.flush(city, NOW)
    for n, feed in enumerate(("lora", "city", "lora")):
        ingest.observe(city, [said("A", NOW + 1 + n, feed=feed)], NOW)
    assert grader.untold == {"A": "lora"}
    born = DeviceStatus(device="A", kind="river", at=NOW + 9, online=True, feed="other")
    ingest.status(city, [born], NOW)
    grader.flush(city, NOW)
    assert city.live.origins() == {"A": "other"}
    ingest.observe(city, [said("A", NOW + 10, feed="lora")], NOW)
    ingest.beat(city, "ingest")
    assert city.live.origins() == {"A": "lora"}


def test_an_emptied_redis_hears_of_origins_and_sources_again(city) -> None:
    registry.declare(city, [{"name": "lora", "period_s": 60}])
    take(city, said("A", feed="lora"))
    city.live.redis.flushall()
    grading.forget(city)
    ingest.begin(city)
    take(city, said("A", minute(1), feed="lora"))
    assert city.live.origins() == {"A": "lora"}
    assert list(city.live.sources()) == ["city", "lora"]


def gauges(city, at: int, *values: float) -> None:
    """Rain gauges around one place say this."""
    batch = [
        said(f"G{i}", at, kind="rain", metrics={"rain_1h": v}, lon=119.93 + i * 0.002, lat=31.78)
        for i, v in enumerate(values)
    ]
    ingest.observe(city, batch, at)


def test_a_gauge_that_is_unlike_its_neighbours_is_suspect_until_it_is_like_them(
    city, clock
) -> None:
    at = round(clock.at.timestamp() * 1000)
    gauges(city, at, 120.0, 3, 4, 3, 2, 3)
    assert neighbours.sweep(city) == ["G0"]
    at = round(clock.advance(seconds=10).timestamp() * 1000)
    gauges(city, at, 121.0, 3, 4, 3, 2, 3)
    assert graded(city)[6:] == [(Doubt.NEIGHBOUR, Quality.SUSPECT)] + [(0, Quality.GOOD)] * 5
    gauges(city, at + 1000, 5.0, 3, 4, 3, 2, 3)
    clock.advance(seconds=20)
    assert neighbours.sweep(city) == []
    at = round(clock.at.timestamp() * 1000)
    gauges(city, at, 5.0, 3, 4, 3, 2, 3)
    assert graded(city)[-6:] == [(0, Quality.GOOD)] * 6


def test_old_values_are_no_neighbours(city, clock) -> None:
    gauges(city, round(clock.at.timestamp() * 1000), 120.0, 3, 4, 3, 2, 3)
    clock.advance(minutes=10)
    assert neighbours.sweep(city) == []


def test_the_watch_sweeps_the_neighbours(city, clock) -> None:
    gauges(city, round(clock.at.timestamp() * 1000), 120.0, 3, 4, 3, 2, 3)
    watch = Watch(city)
    watch.round()
    watch.leave()
    assert city.live.outliers() == {"G0"}


def test_memory_is_bounded(city, monkeypatch) -> None:
    monkeypatch.setattr(grading, "REMEMBERED", 2)
    for i in range(5):
        take(city, said(f"R{i}"))
    assert len(grading.of(city).traces) <= 3
