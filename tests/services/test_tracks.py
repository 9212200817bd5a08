"""Tracks: for who sends workers, of who is on duty, and that somebody looked is a fact."""

from __future__ import annotations

import msgspec
import pytest

from app.domain.readings import WorkerPosition
from app.errors import NotAllowed, NotFound
from app.services import ingest, tracks
from tests import cast

STEP = 30 / 111_320


@pytest.fixture
def walk(city, spot, clock):
    """Let a worker take steps of 30 m to the north, a minute each."""

    def take(worker: str = "W001", steps: int = 3) -> None:
        for n in range(steps):
            at = round(clock.advance(minutes=1).timestamp() * 1000)
            lat = spot[1] + n * STEP
            place = WorkerPosition(worker=worker, at=at, lon=spot[0], lat=lat)
            ingest.positions(city, [place], at)

    return take


def test_a_track_is_the_way_of_a_worker_oldest_first(city, walk, spot):
    walk()
    (one,) = tracks.tracks(city, cast.DUTY)["workers"]
    assert (one["id"], one["name"]) == ("W001", "张网格")
    assert [round((lat - spot[1]) / STEP) for _, lat, _ in one["places"]] == [0, 1, 2]
    times = [at for _, _, at in one["places"]]
    assert times == sorted(times)


def test_who_stands_still_makes_no_track_longer(city, spot, clock):
    for _ in range(5):
        at = round(clock.advance(minutes=1).timestamp() * 1000)
        ingest.positions(city, [WorkerPosition(worker="W001", at=at, lon=spot[0], lat=spot[1])], at)
    (one,) = tracks.tracks(city, cast.DUTY)["workers"]
    assert len(one["places"]) == 1


def test_a_track_is_bounded_in_number_and_time(city, walk, clock, redis_client):
    walk(steps=310)
    (one,) = tracks.tracks(city, cast.DUTY)["workers"]
    assert len(one["places"]) == 241  # a step a minute, both ends of four hours; 300 are kept
    assert 0 < redis_client.ttl("cy:track:W001") <= 4 * 3600
    clock.advance(hours=5)
    assert tracks.tracks(city, cast.DUTY)["workers"] == []


def test_off_duty_there_is_no_track_and_none_is_kept(city, walk, redis_client):
    walk()
    with city.ledger.begin() as tx:
        tx.put(msgspec.structs.replace(cast.WORKERS[0], on_duty=False))
    assert tracks.tracks(city, cast.DUTY)["workers"] == []
    assert not redis_client.exists("cy:track:W001")
    assert tracks.worker(city, cast.DUTY, "W001")["lon"] is None


def test_an_area_has_the_tracks_of_its_own_workers(city, walk):
    walk("W001")
    walk("W003")
    area = tracks.tracks(city, cast.DUTY, area=cast.STREET)["workers"]
    assert [one["id"] for one in area] == ["W001"]
    one = tracks.tracks(city, cast.DUTY, worker="W003")["workers"]
    assert [each["id"] for each in one] == ["W003"]


@pytest.mark.parametrize("who", [cast.WALL, cast.LEADER, cast.ZHANG, cast.ADMIN])
def test_who_does_not_send_workers_sees_no_tracks(city, walk, who):
    walk()
    with pytest.raises(NotAllowed):
        tracks.tracks(city, who)


def test_another_street_sees_neither_track_nor_card(city, walk):
    walk()
    assert tracks.tracks(city, cast.STRANGER)["workers"] == []
    with pytest.raises(NotAllowed):
        tracks.tracks(city, cast.STRANGER, worker="W001")
    with pytest.raises(NotAllowed):
        tracks.tracks(city, cast.STRANGER, area=cast.STREET)
    with pytest.raises(NotAllowed):
        tracks.worker(city, cast.STRANGER, "W001")


def test_that_somebody_looked_is_a_fact_once_in_ten_minutes(city, walk, kinds_told):
    walk()
    for _ in range(3):
        tracks.tracks(city, cast.DUTY, worker="W001")
    assert kinds_told() == ["tracks.seen"]
    tracks.tracks(city, cast.DISPATCHER, worker="W001")
    facts = city.ledger.facts_after(0)
    assert [(f.who, f.thing, f.area) for f in facts] == [
        ("duty", "W001", cast.COMMUNITY),
        ("street001", "W001", cast.COMMUNITY),
    ]


def test_who_was_refused_has_not_looked(city, walk, kinds_told):
    walk()
    with pytest.raises(NotAllowed):
        tracks.tracks(city, cast.STRANGER, worker="W001")
    assert kinds_told() == []


def test_the_card_says_what_a_worker_has_in_hand(city, walk, case):
    from app.services import tasks

    walk()
    tasks.dispatch(city, case.id, workers=["W001"], by=cast.DISPATCHER)
    one = tracks.worker(city, cast.DUTY, "W001")
    assert (one["load"], [task["case"] for task in one["tasks"]]) == (1, [case.id])
    assert (one["unit"], one["on_duty"], one["track"]) == ("区城管局", True, True)
    assert tracks.worker(city, cast.LEADER, "W001")["track"] is False


def test_nobody_is_no_worker(city):
    with pytest.raises(NotFound):
        tracks.worker(city, cast.DUTY, "W999")
