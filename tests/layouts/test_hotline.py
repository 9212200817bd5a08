"""12345 热点."""

from layouts import hotline
from tests.layouts import reading, samples


def test_topics_with_counts_and_how_unusual_they_are():
    words = reading.words(hotline.topics(samples.hotline()))
    for said in ("停水 · 永红街道", "31", "▲4.2×", "占道停车"):
        assert said in words


def test_the_most_frequent_topic_has_the_longest_bar():
    widths = [
        node["style"]["width"]
        for node in reading.nodes(hotline.topics(samples.hotline()))
        if "style" in node
    ]
    assert widths == ["100%", "77%", "48%"]


def test_without_orders_it_says_so():
    empty = {"total": 0, "rows": []}
    assert reading.words(hotline.topics(empty)) == "尚无数据"
    assert hotline.note(empty) == "近 24 小时 0 件"
