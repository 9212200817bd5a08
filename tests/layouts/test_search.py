"""Search and the pick list."""

import pytest

from layouts import ids, search
from tests.layouts import reading, samples

DEVICE = {"type": "device", "n": 1}
CASE = {"type": "case", "id": "ZL1"}
WORKER = {"type": "worker", "id": "W1", "name": "周平"}


def test_the_field_has_its_place_and_says_what_can_be_found():
    assert {ids.SEARCH, ids.FOUND} <= reading.ids(search.panel())


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


def test_a_worker_has_only_a_name_to_show():
    picks = search.picks(samples.found()[:1], ["周<b>平"])
    assert "此处有 2 项" in reading.words(picks)
    assert "网格员 周<b>平" in reading.words(picks)
    assert len(reading.actions(picks)) == 1


@pytest.mark.parametrize(
    ("hits", "asked"),
    [
        ([], False),
        ([DEVICE], False),
        ([DEVICE, WORKER], False),
        ([WORKER], True),
        ([DEVICE, CASE], True),
    ],
)
def test_a_list_answers_what_is_not_one_thing(hits, asked):
    assert search.asks({"hits": hits}) is asked
    assert search.asks(None) is False
