"""Search and the pick list."""

from layouts import ids, search
from tests.layouts import reading, samples


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
