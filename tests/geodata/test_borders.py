"""Places near a border: metres on either side of it, not landmarks in the middle of an area.

A landmark is found in its district even when the coordinates are half a kilometre off; here every
mistake of a metre shows.
"""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from geodata.coordinates import bd09_to_wgs84, gcj02_to_wgs84, wgs84_to_bd09, wgs84_to_gcj02

METRE = 1 / 111_320
SIDES = (1.0, 10.0)  # metres from the border, on both sides


def border(one, other):
    """The common border of two areas as a line, or None."""
    shared = shapely.line_merge(shapely.intersection(one.polygon, other.polygon))
    lines = [part for part in shapely.get_parts(shared) if part.length > 200 * METRE]
    return max(lines, key=lambda line: line.length) if lines else None


def beside(line, metres):
    """Places along a border and that far to its left and right, away from its corners."""
    found = []
    for share in np.linspace(0.05, 0.95, 19):
        at = line.interpolate(share, normalized=True)
        on = line.interpolate(share + 1e-4, normalized=True)
        east = np.cos(np.radians(at.y))
        dx, dy = (on.x - at.x) * east, on.y - at.y
        length = np.hypot(dx, dy)
        step = metres * METRE / length
        found += [(at.x - s * dy * step / east, at.y + s * dx * step) for s in (1, -1)]
    return np.array(found)


def neighbours(tree, parent):
    """Pairs of children with a common border that is worth testing."""
    kids = tree.children(parent)
    pairs = [(a, b) for n, a in enumerate(kids) for b in kids[:n]]
    return [(a, b, line) for a, b in pairs if (line := border(a, b)) is not None]


@pytest.mark.parametrize("parent", ["320404", "320404001", "320404001001", "320411"])
@pytest.mark.parametrize("metres", SIDES)
def test_a_metre_decides_which_side_a_place_is_on(tree, parent, metres):
    pairs = neighbours(tree, parent)
    assert pairs
    for one, other, line in pairs:
        spots = beside(line, metres)
        points = shapely.points(spots)
        told = np.array([c[: len(one.code)] for c in tree.locate(*spots.T)])
        for area in (one, other):
            inside = shapely.contains_properly(area.polygon, points)
            assert (told[inside] == area.code).all()


def test_real_districts_are_told_apart_at_their_own_borders(tree):
    """天宁, 钟楼, 新北, 武进: the real outlines overlap by centimetres, never by ten metres."""
    tested = 0
    kids = tree.children("320400")
    for n, one in enumerate(kids):
        for other in kids[:n]:
            line = shapely.intersection(one.polygon.boundary, other.polygon.buffer(METRE))
            lines = [p for p in shapely.get_parts(line) if p.length > 500 * METRE]
            for part in lines:
                spots = beside(part, 10.0)
                told = [code[:6] for code in tree.locate(*spots.T)]
                points = shapely.points(spots)
                for area in (one, other):
                    third = [k for k in kids if k not in (one, other)]
                    inside = shapely.contains_properly(area.polygon, points)
                    for each in (*third, other if area is one else one):
                        inside &= ~shapely.intersects(each.polygon, points)
                    tested += int(inside.sum())
                    assert {told[i] for i in np.flatnonzero(inside)} <= {area.code}
    assert tested > 200


@pytest.mark.parametrize(
    ("there", "back"), [(wgs84_to_gcj02, gcj02_to_wgs84), (wgs84_to_bd09, bd09_to_wgs84)]
)
def test_a_round_trip_through_another_system_keeps_the_side(tree, there, back):
    for _, _, line in neighbours(tree, "320404"):
        spots = beside(line, 1.0)
        again = np.column_stack(back(*there(*spots.T)))
        assert tree.locate(*again.T) == tree.locate(*spots.T)


def test_coordinates_that_were_not_converted_land_on_the_wrong_side(tree):
    """Why landmarks prove nothing: GCJ-02 taken as WGS-84 is wrong just where it matters."""
    wrong = right = 0
    for _, _, line in neighbours(tree, "320404"):
        spots = beside(line, 100.0)
        told = [code[:9] for code in tree.locate(*spots.T)]
        shifted = [code[:9] for code in tree.locate(*wgs84_to_gcj02(*spots.T))]
        converted = tree.locate(*gcj02_to_wgs84(*wgs84_to_gcj02(*spots.T)))
        wrong += sum(a != b for a, b in zip(told, shifted, strict=True))
        right += sum(a == b[:9] for a, b in zip(told, converted, strict=True))
        assert len(told) == len(converted)
    assert wrong > 50
    assert right == sum(len(beside(line, 100.0)) for _, _, line in neighbours(tree, "320404"))


def test_a_place_on_the_line_belongs_to_one_area_always_the_same(tree):
    for one, other, line in neighbours(tree, "320404001"):
        spots = np.array([line.interpolate(s, normalized=True).coords[0] for s in (0.2, 0.5, 0.8)])
        told = tree.locate(*spots.T)
        assert all(code[:12] in (one.code, other.code) for code in told)
        assert told == tree.locate(*spots.T)
