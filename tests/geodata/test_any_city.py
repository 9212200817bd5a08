"""Trees of other cities: municipalities, counties under a province, cities without districts."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
import shapely

from geodata.areas import open_areas
from geodata.sources import MissingSource


@pytest.mark.parametrize(
    ("code", "city", "home"),
    [
        ("110105", "北京市", "朝阳区"),
        ("500229", "重庆市（县）", "城口县"),
        ("429004", "湖北省直辖县级行政区划", "仙桃市"),
        ("441900", "东莞市", "东莞市"),
        ("440106", "广州市", "天河区"),
    ],
)
def test_a_city_goes_down_to_grids_below_its_home(code, city, home):
    tree = open_areas(code)
    assert (tree.city.name, tree.home.name) == (city, home)
    levels = Counter(len(area.code) for area in tree.under(code))
    assert (levels[9], levels[12]) == (8, 64)
    assert levels[15] >= 6 * 64
    for area in tree.under(code):
        assert area.polygon.is_valid
        if below := tree.children(area.code):
            whole = sum(child.polygon.area for child in below)
            assert whole == pytest.approx(area.polygon.area, rel=1e-9)
    rng = np.random.default_rng(1)
    spots = [tree.point_in(code, rng) for _ in range(100)]
    assert all(len(c) == 15 for c in tree.locate(*zip(*spots, strict=True)))


def test_a_city_without_districts_has_its_streets_right_below():
    tree = open_areas("620200")
    assert tree.home is tree.city
    assert {area.level.value for area in tree.children("620200")} == {"street"}
    assert [area.code for area in tree.path("620200903")] == ["620200", "620200903"]


@pytest.mark.parametrize("code", ["710100", "810101", "820000", "110000", "320000", "320499"])
def test_codes_without_a_tree_say_why(code):
    with pytest.raises(MissingSource, match=code):
        open_areas(code)


def test_islands_belong_to_the_nearest_piece():
    tree = open_areas("330902")
    for street in tree.children("330902"):
        assert not street.polygon.is_empty
    whole = shapely.union_all([street.polygon for street in tree.children("330902")])
    assert whole.area == pytest.approx(tree.home.polygon.area, rel=1e-9)
