"""The official lists, and what happens when a source is missing."""

from __future__ import annotations

import pytest

from geodata import sources


@pytest.mark.parametrize(
    ("official", "short"),
    [
        ("新中社区居委会", "新中社区"),
        ("蓝天花园社区居民委员会", "蓝天花园社区"),
        ("邹区社区居委会\uff08含邹区村村委\uff09", "邹区社区"),
        ("杨庄村村委会", "杨庄村"),
        ("北港工业园管理区", "北港工业园管理区"),
    ],
)
def test_short_names(official, short):
    assert sources.short_name(official) == short


def test_lists_hold_the_streets_of_all_six_districts_without_prisons():
    counts = [len(sources.streets(code)) for code in ("320402", "320404", "320411", "320481")]
    assert counts == [7, 8, 10, 12]
    assert not any(street.code.startswith("3204814") for street in sources.streets("320481"))


def test_centres_of_zhonglou_are_wgs84():
    first = sources.streets("320404")[0]
    assert first.centre == pytest.approx((119.91235, 31.77912), abs=2e-4)


def test_a_city_that_does_not_exist_is_named():
    with pytest.raises(sources.MissingSource, match="990000"):
        sources.outlines("990000")
