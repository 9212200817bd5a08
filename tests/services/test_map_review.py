"""What a review of the map's services found: other streets' tasks, failed looks, half exercises."""

from __future__ import annotations

import numpy as np
import pytest
from sqlalchemy.exc import OperationalError

from app.domain import drawn
from app.errors import Invalid, NotAllowed, NotFound
from app.services import exercises, inside, nearby, tasks, tracks, units
from app.store import limits
from app.store.points import OUTSIDE, POINT
from tests import cast, things


def test_a_workers_card_tells_nobody_of_another_streets_case(city, spot):
    lon, lat = spot
    with city.ledger.begin() as tx:
        tx.add(things.a_case("C1", lon=lon, lat=lat))
        tx.add(things.a_case("C2", lon=lon, lat=lat, area=cast.OTHER_GRID))
    for case in ("C1", "C2"):
        tasks.dispatch(city, case, workers=["W001"], by=cast.COMMANDER)
    card = tracks.worker(city, cast.DISPATCHER, "W001")
    assert [task["case"] for task in card["tasks"]] == ["C1"]
    assert card["load"] == 2  # how busy he is says nothing of where
    assert len(tracks.worker(city, cast.DUTY, "W001")["tasks"]) == 2


def test_a_look_at_tracks_that_could_not_be_noted_is_noted_the_next_time(city, monkeypatch):
    def gone():
        raise OperationalError("insert", {}, Exception("away"))

    with monkeypatch.context() as away:
        away.setattr(city.ledger, "begin", gone)
        with pytest.raises(OperationalError):
            tracks.tracks(city, cast.DUTY)
    before = city.ledger.last_seq()
    tracks.tracks(city, cast.DUTY)
    assert [fact.kind for fact in city.ledger.facts_after(before)] == ["tracks.seen"]
    assert not limits.first(city.live.redis, f"tracks:{cast.DUTY.id}:320404", 60)


@pytest.mark.parametrize(("who", "why"), [("W999", NotFound), ("W003", NotAllowed)])
def test_an_exercise_with_somebody_who_cannot_be_sent_opens_nothing(city, spot, who, why):
    shape = drawn.read(f"circle:{spot[0]},{spot[1]},500")
    with pytest.raises(why):
        exercises.call_out(city, shape, name="防汛", workers=["W001", who], by=cast.DISPATCHER)
    with city.ledger.read() as tx:
        assert tx.cases() == []
        assert tx.tasks() == []


@pytest.mark.parametrize("grid", [OUTSIDE, 4_000_000_000])
def test_a_device_in_no_known_grid_is_the_widest_scopes_alone(city, spot, grid):
    point = np.zeros(1, POINT)
    point["lon"], point["lat"], point["area"] = round(spot[0] * 1e7), round(spot[1] * 1e7), grid
    city.live.redis.set("cy:points", point.tobytes() + bytes(22))  # and one that is not whole yet
    shape = drawn.read(f"circle:{spot[0]},{spot[1]},500")
    for user, count in ((cast.COMMANDER, 1), (cast.DUTY, 0)):
        assert inside.inside(city, user, shape)["totals"]["devices"] == count
        found = nearby.nearby(city, user, *spot, sorts=["devices"])
        assert found["totals"]["devices"] == count


def test_more_unit_grids_than_a_browser_draws_are_refused_by_scope(city):
    units.made(city)
    with pytest.raises(Invalid):
        units.in_box(city, cast.COMMANDER, (-180.0, -90.0, 180.0, 90.0))
    mine = units.in_box(city, cast.DISPATCHER, (-180.0, -90.0, 180.0, 90.0))["features"]
    assert mine
    assert all(one["properties"]["code"].startswith(cast.STREET) for one in mine)
