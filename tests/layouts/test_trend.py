"""案件趋势."""

from layouts import cockpit, ids, trend, wall
from tests.layouts import reading, samples


def test_the_panel_has_its_places():
    assert ids.TREND_BODY in reading.ids(trend.panel())
    assert {ids.TREND, ids.TREND_NOTE, ids.TREND_HOURS} <= reading.ids(trend.body())


def test_no_chart_stands_on_a_page_that_is_still_coming():
    for page in (wall.page(samples.page()), cockpit.page(samples.page("leader"))):
        assert not [node for node in reading.nodes(page) if node["_type"] == "Graph"]


def test_the_legend_says_both_sums_or_that_nothing_is_recorded():
    assert "近 24 小时 371" in reading.words(trend.legend(samples.trend()))
    assert "上周同期 无记录" in reading.words(trend.legend(samples.trend(last_week=False)))


def test_the_same_figure_is_not_drawn_twice():
    data = samples.trend()
    drawn = reading.plain(trend.figure(data))
    assert trend.same(drawn, data)
    assert not trend.same(drawn, data | {"now": [0] * 24})
    assert not trend.same(None, data)


def test_below_the_trend_stand_whole_hours_every_four():
    said = reading.words(trend.hours(samples.trend())).split()
    assert len(said) == 7
    assert len({word[3:] for word in said}) == 1
    assert (int(said[1][:2]) - int(said[0][:2])) % 24 == 4
