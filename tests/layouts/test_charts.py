"""The curves."""

import pytest

from layouts import charts
from tests.layouts import reading, samples


def test_the_trend_has_last_week_only_where_it_was_recorded():
    assert len(charts.trend(samples.trend()).data) == 2
    assert len(charts.trend(samples.trend(last_week=False)).data) == 1


def test_an_empty_trend_still_has_a_height():
    quiet = samples.trend(last_week=False) | {"now": [0] * 24}
    assert charts.trend(quiet).layout.yaxis.range[1] >= 4


@pytest.mark.parametrize("points", [[], [[1, 2.0]], [[1, 2.0], [2, 2.0]]])
def test_a_curve_of_few_points_is_drawn(points):
    low, high = charts.curve(points, 4, []).layout.yaxis.range
    assert low < high


def test_a_limit_is_in_sight_even_when_it_is_far_away():
    limits = [{"level": 4, "value": 50}]
    figure = charts.curve([[1, 1.0], [2, 2.0]], 4, limits)
    assert figure.layout.yaxis.range[1] > 50
    assert figure.layout.annotations[0].text == "红 50"


def test_ten_thousand_points_are_drawn():
    points = [[samples.NOW_MS + i, float(i % 7)] for i in range(10_000)]
    assert len(charts.curve(points, 1, []).data[0].x) == 10_000


def test_the_scale_runs_from_the_first_to_the_last_moment():
    moments = [samples.NOW_MS - i * 60_000 for i in range(60, -1, -1)]
    said = reading.words(charts.scale(moments)).split()
    assert (said[0], said[-1], len(said)) == ("15:08", "16:08", 5)
    assert reading.words(charts.scale([])) == ""


def test_the_scale_of_few_or_uneven_points_says_no_moment_twice_and_is_even():
    start = samples.NOW_MS
    few = [start, start + 50_000, start + 3_600_000]
    assert reading.words(charts.scale(few, steps=4)).split() == ["16:08", "16:28", "16:48", "17:08"]
    assert reading.words(charts.scale([start, start + 1000])).split() == ["16:08:42", "16:08:43"]


def test_a_curve_runs_from_the_first_to_the_last_moment_of_its_scale():
    start = samples.NOW_MS
    figure = charts.curve([[start, 1.0], [start + 3_600_000, 2.0]], 1, [])
    assert [str(end)[11:16] for end in figure.layout.xaxis.range] == ["16:08", "17:08"]
