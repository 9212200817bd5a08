"""Search."""

from callbacks import search
from tests import cast
from tests.callbacks.doorway import open_door
from tests.layouts import reading


def test_an_area_is_found_by_its_name(city):
    name = city.areas.name(cast.STREET)
    found = open_door(search, city, cast.DUTY)["find"]({"id": name})
    assert ("found", cast.STREET, "area") in reading.actions(found)


def test_a_case_is_found_by_its_number(city, case):
    found = open_door(search, city, cast.DUTY)["find"]({"id": case.id})
    assert ("found", case.id, "case") in reading.actions(found)


def test_nothing_is_found_outside_the_scope(city, case):
    found = open_door(search, city, cast.STRANGER)["find"]({"id": case.id})
    assert reading.actions(found) == []


def test_an_empty_question_and_a_single_hit_show_no_list(city):
    door = open_door(search, city, cast.DUTY)
    assert door["find"]({"id": "  "}) == []
    assert door["find"]({"id": None}) == []
    assert door["pick"]({"hits": [{"type": "device", "n": 1}]}) == []
    assert door["pick"](None) == []


def test_half_a_character_is_no_error_and_does_not_come_back(city):
    found = open_door(search, city, cast.DUTY)["find"]({"id": "没有的桥\ud83d"})
    assert "没有找到“没有的桥”" in reading.words(found)


def test_several_hits_are_a_pick_list(city, red, case):
    hits = [{"type": "alert", "id": red.id}, {"type": "case", "id": case.id}]
    picks = open_door(search, city, cast.DUTY)["pick"]({"hits": hits})
    assert ("found", red.id, "alert") in reading.actions(picks)
    assert ("found", case.id, "case") in reading.actions(picks)


def test_a_worker_under_other_marks_leads_to_his_card(city, red):
    hits = [{"type": "worker", "id": "W001"}, {"type": "alert", "id": red.id}]
    picks = open_door(search, city, cast.DUTY)["pick"]({"hits": hits})
    assert [one[:2] for one in reading.actions(picks)] == [
        ("thing", "worker:W001"),
        ("found", red.id),
    ]


def test_a_choice_closes_the_list(city):
    assert open_door(search, city, cast.DUTY)["clear"]({"id": None}, None, None) == []
