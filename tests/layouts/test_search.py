"""Search and the pick list."""

import pytest

from layouts import ids, search
from tests.layouts import reading, samples

DEVICE = {"type": "device", "n": 1}
CASE = {"type": "case", "id": "ZL1"}
WORKER = {"type": "worker", "id": "W1", "name": "周平"}


def test_the_field_has_its_place_and_says_what_can_be_found():
    assert {ids.SEARCH_BOX, ids.FOUND} <= reading.ids(search.panel())


def test_what_was_found_leads_there():
    assert reading.actions(search.found("双桂", samples.found())) == [
        ("found", "GAS-0417", "device"),
        ("found", "320404005", "area"),
    ]


def test_nothing_asked_and_nothing_found():
    assert search.found("", []) == []
    assert "没有找到“xyz”" in reading.words(search.found("xyz", []))


def test_several_marks_under_one_click_can_be_picked():
    picks = search.picks(samples.found())
    assert "此处有 2 项" in reading.words(picks)
    assert len(reading.actions(picks)) == 2
    assert search.picks([]) == []


@pytest.mark.parametrize(
    ("hits", "asked"),
    [
        ([], False),
        ([DEVICE], False),
        ([DEVICE, WORKER], True),
        ([WORKER], False),
        ([DEVICE, CASE], True),
    ],
)
def test_a_list_answers_what_is_not_one_thing(hits, asked):
    assert search.asks({"hits": hits}) is asked
    assert search.asks(None) is False


WHERE = {"place": "南大街街道", "area": "320404005001", "lon": 119.9, "lat": 31.8}
ADDRESS = {
    "kind": "address",
    "code": "",
    "name": "清潭三村",
    "confidence": 0.946,
    "within_m": 283.0,
}
WALKER = {"kind": "worker", "code": "W1", "name": "周平"}


def test_what_was_found_stands_in_groups_with_their_names():
    groups = search.found("双桂", samples.found())
    assert [group.role for group in groups] == ["group", "group"]
    assert [getattr(group, "aria-label") for group in groups] == ["设备", "区域"]
    assert [getattr(group, "data-words") for group in groups] == ["双桂", "双桂"]


def test_what_only_sounds_alike_says_so():
    heard = [{"kind": "worker", "code": "W1", "name": "周平", "heard": True} | WHERE]
    assert "网格员（读音相同）" in reading.words(search.found("週平", heard))


def test_an_address_is_a_pin_that_says_how_sure_it_is():
    found = search.found("清潭", [ADDRESS | WHERE])
    assert reading.actions(found) == [("pin", "119.9,31.8,280,0.95", "清潭三村")]
    assert "约 ±280 m · 可信度 95%" in reading.words(found)


def test_a_worker_without_a_place_leads_to_his_area():
    here = search.found("周", [WALKER | WHERE])
    lost = search.found("周", [WALKER | WHERE | {"lon": None, "lat": None}])
    assert reading.actions(here) == [("thing", "worker:W1", "119.9,31.8")]
    assert reading.actions(lost) == [("area", "320404005001", "worker")]
    assert "无实时位置" in reading.words(lost)
