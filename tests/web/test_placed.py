"""Places of workers: a map hears of those in its box, and of one who has just left it."""

from __future__ import annotations

import pytest

from app.city import City
from app.domain.clusters import snapped
from app.domain.readings import WorkerPosition
from app.services import shifts
from app.web.placed import Placed
from app.web.push import Push
from app.web.sights import WorkerSight
from tests import cast
from tests.web.things import EVERYWHERE, look

NEAR, EDGE, FAR = (119.95, 31.78), (119.952, 31.78), (119.80, 31.70)
BOX = [119.94, 31.77, 119.96, 31.79]
BOXES = [snapped(*BOX, 16), snapped(119.79, 31.69, 119.81, 31.71, 16)]


def walk(city: City, push: Push, worker: str, place: tuple[float, float]) -> int:
    """A worker stands somewhere else; gives when, in epoch ms."""
    at = int(city.now().timestamp() * 1000)
    here = WorkerPosition(worker=worker, at=at, lon=place[0], lat=place[1])
    city.live.put_positions([here], at)
    push._next_frame = 0.0
    push.step()
    return at


def heard(socket) -> list:
    told = [got["args"][0] for got in socket.get_received() if got["name"] == "positions"]
    return [row for rows in told for row in rows]


@pytest.fixture
def here(city, push, as_user):
    """Somebody whose map shows the workers of a box."""
    push.picture.ready()
    socket = as_user(cast.DUTY).socket()
    look(socket, box=BOX, zoom=16, workers="box")
    return socket


def test_a_map_hears_of_the_workers_in_its_box_and_of_one_who_leaves_it(
    city, push, clock, here
) -> None:
    walk(city, push, "W001", FAR)
    heard(here)  # nobody knew where he was: he might have been in the box
    for place, told in ((FAR, False), (NEAR, True), (EDGE, True), (FAR, True), (FAR, False)):
        clock.advance(seconds=20)
        at = walk(city, push, "W001", place)
        assert heard(here) == ([["W001", *place, at]] if told else [])


def test_who_turns_to_a_box_is_told_who_stands_there_now(city, push, clock, here) -> None:
    walk(city, push, "W001", FAR)
    at = walk(city, push, "W002", NEAR)
    heard(here)
    look(here, box=BOX, zoom=16, workers="box")
    assert heard(here) == [["W002", *NEAR, at]]
    look(here, box=[119.79, 31.69, 119.81, 31.71], zoom=16, workers="box")
    assert heard(here) == [["W001", *FAR, at]]
    clock.advance(seconds=20)
    walk(city, push, "W002", EDGE)
    assert heard(here) == []


def test_a_lost_frame_leaves_no_ghost_where_somebody_looked_meanwhile(
    city, push, clock, here
) -> None:
    walk(city, push, "W001", FAR)
    clock.advance(seconds=20)
    at = int(city.now().timestamp() * 1000)
    unheard = WorkerPosition(worker="W001", at=at, lon=NEAR[0], lat=NEAR[1])
    city.live.put_positions([unheard], at)
    push._begin()  # what came meanwhile is passed over
    heard(here)
    look(here, box=BOX, zoom=16, workers="box")
    assert heard(here) == [["W001", *NEAR, at]]
    clock.advance(seconds=20)
    at = walk(city, push, "W001", FAR)
    assert heard(here) == [["W001", *FAR, at]]


def test_telling_that_broke_off_is_made_good_with_the_next_place(city) -> None:
    placed, whole = Placed(city), WorkerSight("320404", None)
    boxes = [WorkerSight("320404", tuple(box)) for box in BOXES]
    grid = placed.grids()["W001"]

    def moved(place: tuple[float, float]):
        return placed.moved({"W001": (grid, ["W001", *place, 1])}, [whole, *boxes])

    list(moved(NEAR))
    broken = moved(FAR)
    next(broken)
    broken.close()
    told = {sight for sight, rows in moved((119.70, 31.60)) if rows}
    assert told == {whole, *boxes}


def test_tracks_hear_of_everybody_in_the_scope(city, push, clock, here) -> None:
    look(here, box=BOX, zoom=16, workers="all")
    walk(city, push, "W001", FAR)
    heard(here)
    clock.advance(seconds=20)
    assert heard(here) == []
    at = walk(city, push, "W001", FAR)
    assert heard(here) == [["W001", *FAR, at]]


@pytest.mark.parametrize("asked", [None, "none", 5, ["box"]])
def test_a_map_that_shows_no_workers_hears_of_none(city, push, here, asked) -> None:
    look(here, box=BOX, zoom=16, workers=asked)
    walk(city, push, "W001", NEAR)
    assert heard(here) == []
    assert push.audience.sights_of_workers() == set()


def test_a_box_does_not_widen_a_scope(city, push, as_user) -> None:
    push.picture.ready()
    stranger = as_user(cast.STRANGER).socket()
    look(stranger, cast.OTHER_STREET, box=EVERYWHERE, workers="all")
    walk(city, push, "W001", NEAR)
    assert heard(stranger) == []


def test_a_page_without_a_map_hears_of_none(city, push, here) -> None:
    here.emit("look", {"area": "320404", "workers": "all"}, callback=True)
    walk(city, push, "W001", NEAR)
    assert heard(here) == []


def test_nobody_is_told_where_somebody_off_duty_is(city, push, clock, here) -> None:
    for on_duty, place in ((True, NEAR), (False, EDGE), (True, NEAR)):
        shifts.turn(city, on_duty=on_duty, by=cast.ZHANG)
        push.step()
        heard(here)
        clock.advance(seconds=20)
        at = walk(city, push, "W001", place)
        assert heard(here) == ([["W001", *place, at]] if on_duty else [])
