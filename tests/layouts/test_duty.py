"""网格+警格."""

from layouts import dispatch_panel, duty, one_map
from tests.layouts import reading, samples

PEOPLE = {
    "grid": "320404001001001",
    "name": "新中社区第1网格",
    "units": 9,
    "worker": "W001",
    "worker_name": "张建国",
    "officer": "韩卫东",
    "station": "五星街道派出所",
    "phone": "138****1001",
    "since": "2026-08-24T00:00:00+00:00",
    "simulated": True,
}
NOBODY = {"grid": "320404001001001", "name": "新中社区第1网格", "units": None, "worker": None}


def test_a_card_says_unit_grid_responsibility_grid_and_people():
    words = reading.words(duty.lines({"unit": "320404001001015", "duty": PEOPLE}))
    for said in ("单元网格", "320404001001015", "新中社区第1网格", "网格员 张建国", "138****1001"):
        assert said in words
    assert "示意" in words


def test_nobody_is_said_and_nothing_is_invented():
    words = reading.words(duty.lines({"unit": "", "duty": NOBODY}))
    assert "未绑定网格员和民警" in words
    assert "单元网格" not in words
    assert "示意" not in words
    assert duty.lines(None) == duty.lines({"unit": "", "duty": None}) == []


def test_the_breadcrumb_says_who_answers_for_a_grid():
    assert duty.crumb(None) == []
    assert "9 个单元网格" in reading.words(duty.crumb(PEOPLE))
    assert "个单元网格" not in reading.words(duty.crumb(NOBODY))
    ground = samples.ground() | {"duty": PEOPLE}
    assert "民警 韩卫东" in reading.words(one_map.breadcrumb(ground))


def test_the_dispatch_panel_has_the_lines_of_a_case():
    data = samples.dispatch_panel() | {"ground": {"unit": "320404001001015", "duty": PEOPLE}}
    assert "320404001001015" in reading.words(dispatch_panel.about(data))
