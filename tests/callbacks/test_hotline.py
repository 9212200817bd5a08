"""12345 topics."""

from callbacks import hotline
from tests import cast
from tests.callbacks.doorway import open_door
from tests.layouts import reading


def test_a_quiet_hotline(city):
    rows, note = open_door(hotline, city, cast.DUTY)["show"]("", None)
    assert "尚无数据" in reading.words(rows)
    assert note == "近 24 小时 0 件"
