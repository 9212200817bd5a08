"""The card of a resource or a worker."""

import pytest
from dash import no_update

from app.errors import NotAllowed, NotFound
from app.services import demo_resources
from callbacks import resource_card
from layouts import ids
from tests import cast
from tests.callbacks.doorway import open_door, triggered
from tests.layouts import reading


def act(city, user, id_, value=None):
    with triggered(ids.ACT_THING):
        door = open_door(resource_card, city, user)["show"]
        return door({"id": id_, "value": value, "at": 7}, None, None, None)


def click(city, user, *hits):
    with triggered(ids.MAP_CLICK):
        return open_door(resource_card, city, user)["show"](None, {"hits": list(hits)}, None, None)


def test_an_action_opens_a_resource(city):
    demo_resources.seed(city)
    shown, kept = act(city, cast.DUTY, "resource:team-0001", "1,2")
    assert "救援队伍" in reading.words(shown)
    assert [n["data-go"] for n in reading.nodes(shown) if "data-go" in n] == ["7"]
    assert kept is no_update


def test_a_click_on_a_worker_opens_him_and_is_remembered(city):
    shown, kept = click(city, cast.DUTY, {"type": "worker", "id": "W001"})
    assert "张网格" in reading.words(shown)
    assert kept == {"id": "worker:W001"}


def test_a_click_on_something_else_changes_nothing(city):
    assert click(city, cast.DUTY, {"type": "device", "n": 1}) == (no_update, no_update)


def test_it_closes(city):
    assert act(city, cast.DUTY, "")[0] is None


def test_it_is_painted_anew_only_while_it_is_open(city):
    door = open_door(resource_card, city, cast.DUTY)["show"]
    with triggered(ids.PULSE_CHOSEN):
        assert door({"id": "worker:W001"}, None, 5, None) == (no_update, no_update)
        shown, _ = door({"id": "worker:W001"}, None, 5, {"props": {}})
    assert "张网格" in reading.words(shown)


def test_a_stranger_is_refused_and_an_unknown_thing_not_found(city):
    with pytest.raises(NotAllowed):
        act(city, cast.STRANGER, "worker:W001")
    with pytest.raises(NotFound):
        act(city, cast.DUTY, "resource:nothing")
