"""Which areas a shape, a code or a name covers: any shape, the coarsest areas, none elsewhere."""

from __future__ import annotations

from time import process_time

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata import covering
from geodata.areas import AreaTree, open_areas

NEAR = st.tuples(st.floats(119.7, 120.0), st.floats(31.7, 31.9))
ANYWHERE = st.tuples(st.floats(-180, 180), st.floats(-90, 90))
RINGS = st.lists(NEAR | ANYWHERE, min_size=3, max_size=9).map(lambda ring: [*ring, ring[0]])


@pytest.fixture(scope="module")
def whole_city(areas) -> AreaTree:
    """The same areas with the city as home."""
    return open_areas("320400")


@settings(max_examples=150, deadline=None)
@given(RINGS, NEAR | ANYWHERE, st.floats(0, 1e9))
def test_no_shape_is_too_odd_and_no_area_lies_in_another(ring, centre, radius):
    tree = open_tree()
    shapes = [covering.ring(ring), covering.circle(*centre, radius)]
    found = [area for shape in shapes for area in covering.by_shape(tree, shape)]
    for area in found:
        assert area.code.startswith(tree.home.code)
    codes = [area.code for area in covering.coarsest(tree, found)]
    assert codes == sorted(set(codes))
    assert not any(a != b and a.startswith(b) for a in codes for b in codes)


def test_a_ring_that_crosses_itself_everywhere_is_mended_soon():
    """19,000 points held the ledger for minutes and took 2.5 GB."""
    tree = open_tree()
    lon, lat = covering.label(tree, "320404001")
    for n in (90, 900, 19_000):
        points = [
            (lon - 0.1 + i * 104_729 % 1000 / 5000, lat - 0.1 + i * 7_919 % 1009 / 5000)
            for i in range(n)
        ]
        began = process_time()
        found = covering.by_shape(tree, covering.ring([*points, points[0]]))
        assert process_time() - began < 2
        assert found


_TREES: list[AreaTree] = []


def open_tree() -> AreaTree:
    """Built once: hypothesis and fixtures do not mix well."""
    if not _TREES:
        _TREES.append(open_areas("320404"))
    return _TREES[0]


def test_the_coarsest_areas_that_are_wholly_covered(whole_city):
    district, city = whole_city.area("320404"), whole_city.home
    codes = [area.code for area in covering.by_shape(whole_city, district.polygon)]
    assert codes == ["320404"]
    assert covering.by_shape(whole_city, city.polygon.buffer(0.1)) == [city]
    west = shapely.intersection(district.polygon, shapely.box(119, 31, 119.86, 32))
    part = [area.code for area in covering.by_shape(whole_city, west)]
    assert "320404116" in part
    assert "320404" not in part
    assert all(len(code) == 9 for code in part)


def test_all_districts_are_the_city(whole_city):
    every = whole_city.children("320400")
    assert covering.coarsest(whole_city, every) == [whole_city.home]
    assert covering.coarsest(whole_city, every[:2]) == list(every[:2])
    streets = whole_city.children("320404")
    both = [*streets, *every[:1]]
    assert "320404" in {area.code for area in covering.coarsest(whole_city, both)}


def test_a_line_and_a_point_are_shapes_too():
    tree = open_tree()
    lon, lat = covering.label(tree, "320404001")
    flat = covering.ring([(lon, lat), (lon + 1e-5, lat), (lon, lat)])
    assert [a.code for a in covering.by_shape(tree, flat)] == ["320404001"]


@pytest.mark.parametrize(
    ("code", "home"),
    [
        ("320400", "320400"),
        ("320404", "320404"),
        ("32", "320400"),
        ("320404001001001", "320404001"),
    ],
)
def test_codes_in_a_city_of_districts(whole_city, code, home):
    assert [area.code for area in covering.by_code(whole_city, code)] == [home]
