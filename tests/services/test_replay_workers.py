"""Where workers were: as far as their tracks go, and for those who may see tracks."""

from __future__ import annotations

from app.domain.people import Role, User
from app.domain.readings import WorkerPosition
from app.services import replay, shifts
from tests import cast


def ms(moment) -> int:
    return round(moment.timestamp() * 1000)


def test_workers_stand_where_they_were(city, clock):
    asked = []
    for lon in (119.90, 119.91, 119.92):
        walk(city, clock, lon)
        asked.append((ms(clock.now()), lon))
        clock.advance(minutes=5)
    for at, lon in asked:
        assert place(city, cast.DUTY, at) == (lon, 31.77)
    early = asked[0][0] - 60_000
    assert place(city, cast.DUTY, early) == (None, None)
    moves = replay.steps(city, cast.DUTY, asked[0][0], asked[1][0]).changes["positions"]
    assert [row[1:4] for row in moves] == [["W001", 119.91, 31.77]]


def walk(city, clock, lon) -> None:
    city.live.put_positions(
        [WorkerPosition(worker="W001", at=ms(clock.now()), lon=lon, lat=31.77)], ms(clock.now())
    )


def place(city, who, at):
    workers = replay.as_was(city, who, at).snapshot["workers"]
    found = next(one for one in workers if one["id"] == "W001")
    return found["lon"], found["lat"]


def test_where_workers_have_been_is_for_who_sends_them(city, clock):
    """As with tracks: the wall's own account sees where they are, not where they were."""
    walk(city, clock, 119.90)
    asked = ms(clock.now())
    clock.advance(minutes=5)
    walk(city, clock, 119.95)
    assert place(city, cast.DUTY, asked) == (119.90, 31.77)
    assert place(city, cast.WALL, asked) == (None, None)
    leader = User(id="l", name="l", role=Role.LEADER, scope="320404")
    assert place(city, leader, asked) == (None, None)
    seen_ = [f for f in city.ledger.facts_after(0) if f.kind == "tracks.seen"]
    assert {fact.who for fact in seen_} == {cast.DUTY.id}


def test_workers_were_on_duty_when_they_were(city, clock):
    asked = []
    for on in (False, True, True, False):
        clock.advance(minutes=1)
        shifts.turn(city, on_duty=on, by=cast.ZHANG)
        asked.append((ms(clock.now()), on))
    before = asked[0][0] - 30_000
    assert [on_duty(city, at) for at, _ in [(before, True), *asked]] == [
        True,
        *(on for _, on in asked),
    ]
    turns = replay.steps(city, cast.DUTY, before, asked[-1][0]).changes["facts"]
    told = [fact["body"]["worker"]["on_duty"] for fact in turns]
    assert told == [False, True, False], "what was so already is no fact"


def on_duty(city, at):
    workers = replay.as_was(city, cast.DUTY, at).snapshot["workers"]
    return next(one["on_duty"] for one in workers if one["id"] == "W001")
