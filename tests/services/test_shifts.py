"""On and off duty: since when, as an offline phone says it, and whose places are kept meanwhile."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import redis

from app.domain.readings import WorkerPosition
from app.services import ingest, replay, shifts, whereabouts
from app.store.ledger import Ledger
from app.store.live import Live
from tests import cast


def ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def turn(city, on_duty, at=None):
    shifts.turn(city, on_duty=on_duty, by=cast.ZHANG, at=at)


def since(city):
    """Since when each turn so far holds, in the order of hearing."""
    facts = [fact for fact in city.ledger.facts_after(0) if "worker" in fact.body]
    return [datetime.fromisoformat(f.body.get("since", f.at.isoformat())) for f in facts]


def test_an_act_from_an_offline_phone_holds_since_it_was_tapped(city, clock):
    tapped = clock.now()
    clock.advance(hours=1)
    turn(city, False, tapped)
    told = city.ledger.facts_after(0)[-1]
    assert (told.at, since(city)) == (clock.now(), [tapped])

    def there(at):
        workers = replay.as_was(city, cast.DUTY, ms(at)).snapshot["workers"]
        return next(one["on_duty"] for one in workers if one["id"] == "W001")

    assert there(tapped - timedelta(minutes=1)) is True
    assert there(tapped + timedelta(minutes=1)) is False, "he was off before we heard of it"
    clock.advance(hours=1)
    back = clock.now()
    clock.advance(minutes=10)
    turn(city, True, back)
    asked = (tapped, back - timedelta(minutes=1), back + timedelta(minutes=1))
    assert [there(at) for at in asked] == [False, False, True]


@pytest.mark.parametrize(
    ("said", "held"),
    [
        (timedelta(hours=2), timedelta(0)),
        (-timedelta(minutes=40), -timedelta(minutes=30)),
        (-timedelta(minutes=20), -timedelta(minutes=20)),
    ],
    ids=["the future", "before his last turn", "between"],
)
def test_the_moment_lies_between_the_last_turn_and_now(city, clock, said, held):
    turn(city, False)
    clock.advance(minutes=30)
    turn(city, True, clock.now() + said)
    assert since(city)[-1] == clock.now() + held


def test_a_tap_of_days_ago_counts_for_one_shift(city, clock):
    turn(city, False, clock.now() - timedelta(days=3))
    assert since(city) == [clock.now() - shifts.SHIFT]


def place(worker="W001", lon=119.9):
    return WorkerPosition(worker=worker, at=ms(cast.START), lon=lon, lat=31.8)


def test_places_of_who_is_not_on_duty_are_not_kept(city, clock):
    turn(city, False)
    places = [place(), place("W002"), place("nobody")]
    assert ingest.positions(city, places, ms(clock.now())) == 2
    assert set(city.live.workers()) == {"W002"}
    turn(city, True)
    clock.advance(seconds=3)
    assert ingest.positions(city, [place()], ms(clock.now())) == 0
    assert set(city.live.workers()) == {"W001", "W002"}


def test_the_live_store_that_is_away_is_said_as_it_is(city):
    gone = Live(redis.Redis(port=1, socket_connect_timeout=0.1, retry=None))
    with pytest.raises(redis.ConnectionError):
        whereabouts.tell(replace(city, live=gone), 119.9, 31.8, None, by=cast.ZHANG)


def test_readings_go_on_while_the_ledger_cannot_say_who_is_on_duty(city, clock, tmp_path):
    assert ingest.positions(city, [place()], ms(clock.now())) == 0
    clock.advance(seconds=3)
    empty = Ledger.open(f"sqlite:///{tmp_path / 'never migrated.sqlite'}")
    away = replace(city, ledger=empty)
    assert ingest.positions(away, [place("W002"), place("nobody")], ms(clock.now())) == 1
    assert set(city.live.workers()) == {"W001", "W002"}, "as it was known last"
    empty.close()
