"""The cases that are due."""

from callbacks import due_cases
from tests import cast
from tests.callbacks.doorway import open_door
from tests.layouts import reading


def test_an_open_case_is_listed_and_selected_by_the_address(city, case, clock):
    clock.advance(hours=3)
    rows, note = open_door(due_cases, city, cast.DUTY)["show"](f"?case={case.id}", None)
    assert "暴露垃圾" in reading.words(rows)
    assert any("sel" in str(node.get("className")) for node in reading.nodes(rows))
    assert note == "临期 1 · 在办 1"


def test_a_stranger_sees_none(city, case):
    rows, note = open_door(due_cases, city, cast.STRANGER)["show"]("", None)
    assert "没有临期" in reading.words(rows)
    assert note == "临期 0 · 在办 0"
