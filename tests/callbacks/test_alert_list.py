"""The list of alerts."""

from callbacks import alert_list
from tests import cast
from tests.callbacks.doorway import open_door
from tests.layouts import reading


def shown(city, user, query=""):
    return [reading.words(part) for part in open_door(alert_list, city, user)["show"](query, None)]


def test_the_duty_officer_sees_the_alert_and_its_count(city, red):
    rows, note, levels, levels_note = shown(city, cast.DUTY)
    assert "甲烷浓度偏高" in rows
    assert "58.0 %LEL ≥ 50" in rows
    assert note == "1 起未结"
    assert "未确认 1" in levels
    assert levels_note == "近 1 小时 1 起"


def test_a_dispatcher_of_another_street_sees_nothing(city, red):
    rows, note, *_ = shown(city, cast.STRANGER)
    assert "甲烷浓度偏高" not in rows
    assert note == "0 起未结"


def test_a_tab_shows_only_its_domain(city, red):
    assert "甲烷浓度偏高" in shown(city, cast.DUTY, "?tab=safety")[0]
    assert "甲烷浓度偏高" not in shown(city, cast.DUTY, "?tab=economy")[0]
