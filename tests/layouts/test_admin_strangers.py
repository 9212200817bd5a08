"""Unknown devices as a person sees them."""

from layouts import admin_strangers as page
from tests.layouts import admin_samples as samples
from tests.layouts import reading


def test_a_row_says_who_what_where_and_how_often():
    said = reading.words(page.table([samples.stranger()]))
    for words in (
        "UFO-7",
        "ufo",
        "glow 4.2",
        "119.95000, 31.78000",
        "中意社区",
        "27",
        "11,821/小时",
    ):
        assert words in said


def test_one_that_says_little_is_shown_too():
    row = samples.stranger(kind="", lon=None, lat=None, metrics={}, name="", place="")
    assert "未报位置" in reading.words(page.table([row]))
    assert page.filled(row)[2:] == (None, "UFO-7", None, None)


def test_what_the_device_has_said_fills_the_form():
    row = samples.stranger(kind="gas", kind_known=True, name="井盖")
    assert page.filled(row)[2:] == ("gas", "井盖", 119.95, 31.78)
    assert page.filled(None)[1] == []


def test_a_place_beyond_the_earth_has_no_mark():
    assert page.mark(500, 31) == ([0, 0], 0)


def test_nobody_is_waiting():
    assert "没有未知设备" in reading.words(page.table([]))
