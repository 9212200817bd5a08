"""临期与超期."""

import pytest

from layouts import due_cases
from tests.layouts import reading, samples


def test_a_row_says_the_case_the_place_and_who_has_it():
    words = reading.words(due_cases.row(samples.case(), selected=False))
    assert "井盖缺失" in words
    assert "ZL20261121000001 · 北港街道 · 网格员07" in words


def test_a_case_that_nobody_has_is_shown_without_a_name():
    words = reading.words(due_cases.row(samples.case(who=None), selected=False))
    assert "ZL20261121000001 · 北港街道" in words


@pytest.mark.parametrize(
    ("share", "tone"), [(0, "good"), (0.76, "yellow"), (0.9, "orange"), (1, "red"), (9, "red")]
)
def test_the_colour_warns_as_time_goes(share, tone):
    assert due_cases.tone(share) == tone


def test_the_rest_of_the_time_ticks_in_the_browser():
    row = due_cases.row(samples.case(), selected=True)
    (due,) = [node for node in reading.nodes(row) if "data-due" in node]
    assert int(due["data-due"]) - int(due["data-from"]) == 2 * samples.HOUR_MS
    assert reading.actions(row) == [("select-case", "ZL20261121000001", None)]


def test_none_and_ten_thousand():
    assert "没有临期" in reading.words(due_cases.cases(samples.due_cases(0), None))
    assert len(due_cases.cases(samples.due_cases(10_000), None)) == 10_000
    assert due_cases.note(samples.due_cases(4)) == "临期 4 · 在办 63"
