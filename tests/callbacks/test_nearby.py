"""The list of what is near a place."""

from callbacks import nearby
from layouts import ids
from tests import cast
from tests.callbacks.doorway import open_door, triggered
from tests.layouts import reading


def ask(city, user, value):
    with triggered(ids.ACT_NEARBY):
        return open_door(nearby, city, user)["near"]({"id": None, "value": value}, None)


def test_what_is_near_an_alert(city, red):
    shown = ask(city, cast.DUTY, f"{red.lon},{red.lat}")
    assert red.title in reading.words(shown)  # its case stands there
    assert ("found", red.case_id, "case") in reading.actions(shown)


def test_nothing_is_shown_until_it_is_asked_for(city):
    door = open_door(nearby, city, cast.DUTY)["near"]
    assert door(None, None) is None
    assert ask(city, cast.DUTY, None) is None
    assert ask(city, cast.DUTY, "nonsense") is None


def test_a_stranger_sees_nothing_of_it(city, red):
    assert red.title not in reading.words(ask(city, cast.STRANGER, f"{red.lon},{red.lat}"))


def test_one_group_alone(city, red):
    shown = ask(city, cast.DUTY, f"{red.lon},{red.lat},500,team")
    assert "500 m 内没有" in reading.words(shown)
