"""Search."""

from callbacks import search
from tests import cast
from tests.callbacks.doorway import open_door
from tests.layouts import reading


def test_an_area_is_found_by_its_name(city):
    name = city.areas.name(cast.STREET)
    found = open_door(search, city, cast.DUTY)["find"](name)
    assert ("found", cast.STREET, "area") in reading.actions(found)


def test_a_case_is_found_by_its_number(city, case):
    found = open_door(search, city, cast.DUTY)["find"](case.id)
    assert ("found", case.id, "case") in reading.actions(found)


def test_nothing_is_found_outside_the_scope(city, case):
    found = open_door(search, city, cast.STRANGER)["find"](case.id)
    assert reading.actions(found) == []


def test_an_empty_question_and_a_single_hit_show_no_list(city):
    door = open_door(search, city, cast.DUTY)
    assert door["find"]("  ") == []
    assert door["find"](None) == []
    assert door["pick"]({"hits": [{"type": "device", "n": 1}]}) == []
    assert door["pick"](None) == []


def test_several_hits_are_a_pick_list(city, red, case):
    hits = [{"type": "alert", "id": red.id}, {"type": "case", "id": case.id}]
    picks = open_door(search, city, cast.DUTY)["pick"]({"hits": hits})
    assert ("found", red.id, "alert") in reading.actions(picks)
    assert ("found", case.id, "case") in reading.actions(picks)


def test_a_worker_under_a_click_says_his_name(city):
    hits = [{"type": "worker", "id": "W001", "name": "周平"}]
    assert "周平" in reading.words(open_door(search, city, cast.DUTY)["pick"]({"hits": hits}))


def test_a_choice_closes_the_list(city):
    assert open_door(search, city, cast.DUTY)["clear"]({"id": None}, None) == ("", [])
