"""Unknown devices: seen, adopted in two clicks, or ignored with a reason."""

import pytest

from app.errors import Invalid, NotAllowed, NotFound
from callbacks import admin_strangers
from tests import cast
from tests.callbacks.border import spoken
from tests.callbacks.doorway import open_door
from tests.layouts import reading


@pytest.fixture
def door(city):
    spoken(city)
    return open_door(admin_strangers, city, cast.ADMIN)


def test_who_waits_is_listed_with_what_it_says(door):
    head, table, left_out = door["show"]("", None)
    assert left_out == []
    assert "1 台" in head
    assert "UFO-7" in reading.words(table)
    assert "glow 4.2" in reading.words(table)
    assert door["show"]("somebody else", None)[0] == "0 台待认领"


def test_the_form_knows_what_the_device_has_said(door):
    about, buttons, kind, name, lon, lat = door["choose"]({"id": "UFO-7"})
    assert "UFO-7" in reading.words(about)
    assert ("adopt", "UFO-7", None) in reading.actions(buttons)
    assert (kind, name, lon, lat) == (None, "UFO-7", 119.95, 31.78)
    assert reading.actions(door["choose"](None)[1]) == []


def test_it_is_adopted_with_a_kind(city, door):
    told, _, chosen = door["adopt"]({"id": "UFO-7"}, "gas", "旅程井", 119.95, 31.78)
    assert "旅程井" in reading.words(told)
    assert chosen is None
    assert city.live.device("UFO-7").kind == "gas"
    assert door["show"]("", None)[0] == "0 台待认领"


def test_without_a_kind_or_a_place_it_says_what_is_missing(door):
    with pytest.raises(Invalid, match="类型"):
        door["adopt"]({"id": "UFO-7"}, None, "", 119.95, 31.78)
    with pytest.raises(Invalid, match="位置"):
        door["adopt"]({"id": "UFO-7"}, "gas", "", None, None)


def test_ignoring_needs_a_reason(door):
    with pytest.raises(Invalid):
        door["ignore"]({"id": "UFO-7"}, "")
    door["ignore"]({"id": "UFO-7"}, "测试设备")
    assert door["show"]("", None)[0] == "0 台待认领"


def test_one_that_was_ignored_can_be_brought_back(city, door):
    door["ignore"]({"id": "UFO-7"}, "测试设备")
    left_out = door["show"]("", None)[2]
    assert "测试设备" in reading.words(left_out)
    assert ("heed", "UFO-7", None) in reading.actions(left_out)
    told, _ = door["heed"]({"id": "UFO-7"})
    assert "已恢复 UFO-7" in reading.words(told)
    assert door["show"]("", None)[2] == []
    with pytest.raises(NotFound):
        door["heed"]({"id": "UFO-7"})


def test_a_click_on_the_map_is_the_place(door):
    assert door["pick"]({"latlng": {"lat": 31.78123449, "lng": 119.95}}) == (119.95, 31.781234)
    assert door["mark"](119.95, 31.78) == ([31.78, 119.95], 8)
    assert door["mark"](None, 31.78)[1] == 0


def test_the_map_shows_the_streets_of_the_city(door):
    streets, view = door["ground"]("adopt-map")
    assert len(streets["features"]) > 3
    assert view["bounds"][0][0] < 31.78 < view["bounds"][1][0]


def test_it_is_for_nobody_else(city, door):
    with pytest.raises(NotAllowed):
        open_door(admin_strangers, city, cast.DUTY)["show"]("", None)
    with pytest.raises(NotAllowed):
        open_door(admin_strangers, city, cast.DUTY)["ground"]("")
