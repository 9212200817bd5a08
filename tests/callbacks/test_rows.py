"""The rows behind a figure."""

from callbacks import rows
from tests import cast
from tests.callbacks.doorway import open_door
from tests.layouts import reading


def test_no_rows_are_shown_unasked(city):
    assert open_door(rows, city, cast.LEADER)["show"]("", None) is None


def test_the_rows_of_a_figure_are_as_many_as_the_figure_says(city, case, red):
    show = open_door(rows, city, cast.LEADER)["show"]
    assert "明细 · 2 条" in reading.words(show("?what=cases&status=open", None))
    words = reading.words(show("?what=cases&status=open&domain=governance", None))
    assert "明细 · 1 条" in words
    assert case.id in words


def test_a_stranger_finds_none(city, case):
    words = reading.words(open_door(rows, city, cast.STRANGER)["show"]("?what=cases", None))
    assert "没有符合条件的记录" in words
