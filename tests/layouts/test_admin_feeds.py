"""The table of sources."""

from urllib.parse import unquote

import pytest

from layouts import admin_feeds, text
from tests.layouts import admin_samples as samples
from tests.layouts import reading


def table(*rows):
    return admin_feeds.table(samples.feeds(*rows))


def shown(**more):
    return reading.words(table(samples.source(**more)))


def with_class(layout, name):
    return [n for n in reading.nodes(layout) if name in (n.get("className") or "").split()]


def test_a_healthy_source_has_nothing_in_amber_or_red():
    healthy = table(samples.source(received=100, said=100, stored=100))
    assert "works" in reading.words(healthy)
    assert not with_class(healthy, "c-orange")
    assert not with_class(healthy, "silent")


def test_a_silent_source_is_red_and_counted():
    row = samples.source(silent=True)
    assert with_class(table(row), "silent")
    assert "静默 1" in reading.words(admin_feeds.head(samples.feeds(row)))


def test_the_age_ticks_in_the_browser():
    (age,) = with_class(table(samples.source()), "age")
    assert age["data-at"] == str(samples.NOW_MS - 3_000)
    assert age["data-stale-after"] == "60"


def test_what_does_not_add_up_is_amber_and_what_came_again_is_not():
    lost = table(samples.source(missing=3))
    assert "去向不明 3" in reading.words(lost)
    assert with_class(lost, "c-orange")
    again = table(samples.source(missing=-3))
    assert "重放或重投 3" in reading.words(again)
    assert not with_class(again, "c-orange")


def test_a_publisher_who_does_not_count_is_no_zero():
    assert "—" in shown()
    assert with_class(table(samples.source(sent=5, received=4)), "c-orange")
    assert not with_class(table(samples.source(sent=4, received=4)), "c-orange")


def test_reasons_lead_to_their_letters_with_a_sample():
    reasons = [{"reason": r, "n": 9, "sample": samples.EVIL} for r in "abcd"]
    chips = with_class(table(samples.source(refused=36, reasons=reasons)), "chip")
    assert [chip["href"] for chip in chips] == [
        f"/admin/letters?source=works&reason={r}" for r in "abc"
    ]
    assert chips[0]["title"] == samples.EVIL


def test_clocks_that_are_wrong_are_told():
    assert "钟快 40.0 s" in shown(skew_ms=-40_000)
    assert with_class(table(samples.source(skew_ms=600_000)), "c-orange")


def test_flags_and_sources_that_have_left_are_told():
    assert "坐标疑为 GCJ-02" in shown(flags={"gcj02": {"devices": 3}})
    assert "new-flag" in shown(flags={"new-flag": {}})
    assert "不在来源文件中" in shown(
        registered=False, quiet_s=None, owner="", dialect="", by="", crs=""
    )


def test_a_source_without_anything_yet():
    nothing = {"at": None, "rate": None, "skew_ms": None, "score": None, "complete": None}
    assert "works" in shown(**nothing, minutes=[None] * 60)


def test_the_curve_is_one_picture_of_at_most_sixty_bars():
    picture = unquote(admin_feeds.spark([None] * 10 + [0, 5, 10]))
    assert picture.startswith("data:image/svg+xml,<svg")
    assert picture.count("<rect") == 3
    assert unquote(admin_feeds.spark([])).count("<rect") == 0


@pytest.mark.parametrize(
    ("ms", "said"), [(180, "180 ms"), (2_400, "2.4 s"), (720_000, "12 min"), (10_800_000, "3.0 h")]
)
def test_spans(ms, said):
    assert admin_feeds.span(ms) == said


def test_a_lane_that_is_behind_is_amber():
    head = admin_feeds.head(samples.feeds())
    (late,) = with_class(head, "c-orange")
    assert "读数 · 滞后 7.0 s" in reading.words(late["children"])


def test_in_english_nothing_is_left_in_chinese():
    text.speak("en")
    try:
        reasons = [{"reason": "bad_time", "n": 9, "sample": "x"}]
        said = reading.words(table(samples.source(owner="Water", reasons=reasons)))
        assert not any("\u4e00" <= char <= "\u9fff" for char in said)
    finally:
        text.speak("zh-CN")


def test_forty_sources_and_none():
    assert len(with_class(table(*(samples.source(f"s-{i}") for i in range(40))), "spark")) == 40
    assert "还没有接入源" in reading.words(table())
