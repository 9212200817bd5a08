"""Unit grids: 100 m squares inside one community, without gap and overlap, found by place."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from shapely.affinity import translate
from shapely.geometry import box

from geodata import codes, imports, lattice, unit_building
from geodata.area import AreaLevel
from geodata.areas import open_areas
from geodata.importing import Drawn
from geodata.imports import Taken
from geodata.review import review
from geodata.unit_grids import kept_units, open_units

GRID = AreaLevel.GRID
FULL = 100 * 100 / 111_320**2  # a square of 100 m in degrees, but for the squeeze


@pytest.fixture(scope="module")
def units(tree):
    """All unit grids of Zhonglou."""
    return open_units(tree)


def test_each_lies_in_one_community_and_they_fill_it(tree, units):
    for community in (a for a in tree.under("320404") if a.level is AreaLevel.COMMUNITY):
        inside = [n for n, code in enumerate(units.codes) if code.startswith(community.code)]
        shapes = units.polygons[inside]
        assert 1 <= len(inside) <= lattice.MOST
        assert shapely.area(shapes).sum() == pytest.approx(community.polygon.area, rel=1e-9)
        whole = shapely.union_all(shapes)
        assert whole.symmetric_difference(community.polygon).area < 1e-9 * community.polygon.area
        assert set(shapely.get_type_id(shapes)) == {3}  # each in one piece
        assert shapely.is_valid(shapes).all()


def test_they_are_about_a_hectare_and_have_proper_codes(units):
    east = np.cos(np.radians(31.8))
    size = shapely.area(units.polygons) * east * 111_320**2
    assert np.median(size) == pytest.approx(10_000, rel=0.01)
    assert size.min() > 2_900  # what is smaller went to a neighbour
    assert np.quantile(size, 0.99) < 20_000
    assert size.max() < 35_000
    assert not [c for c in units.codes if codes.area_fault(c, GRID)]
    assert units.codes == sorted(set(units.codes))
    assert units.tally() == {"100 m": len(units)}


def test_they_are_the_same_each_time(tree, units):
    again = unit_building.build(tree)
    assert again.codes == units.codes
    assert again.shapes == list(shapely.to_wkb(units.polygons))


def test_a_place_finds_its_unit_grid_in_its_community(tree, units):
    rng = np.random.default_rng(1)
    spots = np.array([tree.point_in("320404", rng) for _ in range(500)])
    found = units.codes_at(spots[:, 0], spots[:, 1])
    assert [code[:12] for code in found] == [code[:12] for code in tree.locate(*spots.T)]
    assert units.code_at(*spots[0]) == found[0]
    assert units.code_at(116.4, 39.9) == ""
    assert units.codes_at([np.nan], [31.8]) == [""]
    middle = units.polygons[7].representative_point()
    assert units.code_at(middle.x, middle.y) == units.codes[7]


def test_on_a_common_border_the_smaller_code_wins(units):
    """Corners of squares belong to four of them."""
    for n in range(0, 2000, 97):
        x, y = shapely.get_coordinates(units.polygons[n])[0]
        found = units.code_at(x, y)
        near = units.in_box(x - 1e-9, y - 1e-9, x + 1e-9, y + 1e-9)
        assert found == units.codes[near[0]]


def test_each_belongs_to_the_responsibility_grid_with_its_largest_share(tree, units):
    assert all(units.grids)
    for n in range(0, len(units), 501):
        mine = units.polygons[n]
        shares = {
            g.code: mine.intersection(g.polygon).area for g in tree.children(units.codes[n][:12])
        }
        assert units.grids[n] == max(shares, key=lambda code: shares[code])
        assert units.codes[n] in units.members(units.grids[n])
        assert units.grid_of(units.codes[n]) == units.grids[n]
    assert sum(len(units.members(g.code)) for g in tree.grids) == len(units)


def test_a_large_community_has_larger_squares():
    pieces, side = lattice.cut(box(119.0, 31.0, 119.1, 31.1), 31.0)
    assert len(pieces) <= lattice.MOST
    assert side > lattice.SIDE_M
    assert side % lattice.STEP_M == 0


def test_slivers_and_islands_go_to_a_neighbour():
    """A strip of 20 m beside squares, an island of 30 m, and an area smaller than a square."""
    step = 100 / 111_320
    strip = box(0, 0, 5 * step, 2.2 * step)
    pieces, _ = lattice.cut(strip, 0.0)
    assert len(pieces) == 10
    assert shapely.area(pieces).sum() == pytest.approx(strip.area, rel=1e-9)
    island = box(8.1 * step, 0.1 * step, 8.4 * step, 0.4 * step)
    pieces, _ = lattice.cut(shapely.union_all([strip, island]), 0.0)
    assert len(pieces) == 10
    assert sum(piece.geom_type == "MultiPolygon" for piece in pieces) == 1
    assert len(lattice.cut(island, 0.0)[0]) == 1


def test_they_are_read_north_to_south_and_west_to_east():
    step = 100 / 111_320
    pieces, _ = lattice.cut(box(0, 0, 3 * step, 2 * step), 0.0)
    corners = [(round(p.bounds[0] / step), -round(p.bounds[1] / step)) for p in pieces]
    assert corners == [(0, -1), (1, -1), (2, -1), (0, 0), (1, 0), (2, 0)]


def test_the_cache_holds_them_for_just_this_tree(tree, units, tmp_path):
    assert kept_units(tree, tmp_path) is None
    first = open_units(tree, tmp_path)
    kept = kept_units(tree, tmp_path)
    assert kept is not None
    assert kept.codes == first.codes == units.codes
    file = next(tmp_path.glob("units-*.msgpack"))
    file.write_bytes(b"\xc1 damaged")
    assert kept_units(tree, tmp_path) is None
    assert open_units(tree, tmp_path).codes == units.codes


def test_a_home_without_communities_has_none(tmp_path):
    units = open_units(open_areas("441900"))
    assert len(units) > 0  # a city that is its own home goes down to communities
    none = unit_building.UnitRows([], [], [], [])
    assert type(units)(none).codes_at([119.9], [31.8]) == [""]
    assert type(units)(none).in_box(0, 0, 180, 90) == []


@pytest.fixture(scope="module")
def real(tree):
    """A tree whose streets and communities below 001 were imported, as they are."""
    edition = imports.NONE
    for level, parent in ((AreaLevel.STREET, "320404"), (AreaLevel.COMMUNITY, "320404001")):
        drawn = [Drawn(a.code, a.name, a.polygon) for a in tree.children(parent)]
        borders = review(open_areas("320404", None, edition), drawn, level).borders
        taken = Taken(level, "x", "", "wgs84", len(drawn), "2026-11-22")
        edition = edition.with_borders(taken, borders)
    return open_areas("320404", None, edition)


def test_official_ones_replace_the_squares_of_their_community(real):
    community = real.children("320404001")[0]
    west, south, east, north = community.polygon.bounds
    middle = (west + east) / 2
    halves = [box(west, south, middle, north), box(middle, south, east, north)]
    drawn = [
        Drawn(f"{community.code}A0{n}", "", half.intersection(community.polygon))
        for n, half in enumerate(halves, 1)
    ]
    found = review(real, drawn, GRID, beside_tree=True)
    assert not [f for f in found.findings if f.fault]
    taken = Taken(GRID, "x", "", "wgs84", 2, "2026-11-22")
    after = open_units(real, None, imports.NONE.with_borders(taken, found.borders))
    mine = [code for code in after.codes if code.startswith(community.code)]
    assert mine == [f"{community.code}A01", f"{community.code}A02"]
    assert after.tally()["imported"] == 2
    assert after.side_of(community.code) == 0
    assert after.side_of(real.children("320404001")[1].code) == 100


def test_official_ones_with_holes_overlaps_and_wrong_parents_are_found(real):
    first, second = real.children("320404001")[:2]
    step = 0.001
    point = first.polygon.representative_point()
    here = box(point.x, point.y, point.x + step, point.y + step)
    drawn = [
        Drawn(f"{first.code}001", "", here),
        Drawn(f"{first.code}002", "", translate(here, step / 2, 0)),
        Drawn(f"{second.code}001", "", here),
        Drawn("320404999001001", "", here),
    ]
    kinds = {(f.kind, f.code) for f in review(real, drawn, GRID, beside_tree=True).findings}
    assert kinds >= {
        ("overlap", f"{first.code}002"),
        ("rest", first.code),
        ("parent", f"{second.code}001"),
        ("parent", "320404999001001"),
    }


def test_official_ones_in_a_generated_community_have_to_wait_for_it(tree):
    community = tree.children("320404001")[0]
    found = review(
        tree, [Drawn(f"{community.code}001", "", community.polygon)], GRID, beside_tree=True
    )
    assert found.borders == []
    assert "示意" in found.findings[0].detail
