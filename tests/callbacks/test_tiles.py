"""The vital signs."""

from callbacks import tiles
from tests import cast
from tests.callbacks.doorway import open_door
from tests.layouts import reading


def test_a_city_without_devices_shows_dashes_and_no_invented_number(city):
    shown, note = open_door(tiles, city, cast.DUTY)["show"]("", None)
    words = reading.words(shown)
    assert "空气质量 AQI" in words
    assert "—" in words
    assert "项无数据" in note
