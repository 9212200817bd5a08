"""The area tree: names, levels, tiling, and which area a place lies in."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
import shapely

from geodata import sources
from geodata.area import AreaLevel
from geodata.areas import open_areas
from geodata.coordinates import gcj02_to_wgs84

DISTRICTS = ["320402", "320404", "320411", "320412", "320413", "320481"]
DIGITS = {"district": 6, "street": 9, "community": 12, "grid": 15}


def every_area(tree, code="320400"):
    yield tree.area(code)
    for child in tree.children(code):
        yield from every_area(tree, child.code)


def test_the_city_has_its_six_districts_and_zhonglou_its_eight_streets(tree):
    assert tree.city.name == "常州市"
    assert tree.home.name == "钟楼区"
    assert [area.code for area in tree.children("320400")] == DISTRICTS
    names = [area.name for area in tree.children("320404")]
    assert names == [
        *("五星街道", "永红街道", "北港街道", "西林街道"),
        *("南大街街道", "荷花池街道", "新闸街道", "邹区镇"),
    ]


def test_every_district_has_streets_and_only_zhonglou_goes_down_to_grids(tree):
    assert all(tree.children(code) for code in DISTRICTS)
    assert sum(area.level is AreaLevel.COMMUNITY for area in every_area(tree)) == 105
    communities = [a for a in every_area(tree) if a.level is AreaLevel.COMMUNITY]
    assert all(6 <= len(tree.children(a.code)) <= 12 for a in communities)


def test_codes_say_their_level_and_extend_the_code_above(tree):
    for area in every_area(tree):
        if area.level is AreaLevel.CITY:
            continue
        assert re.fullmatch(r"\d+", area.code)
        assert len(area.code) == DIGITS[area.level]
        assert area.code.startswith(tree.area(area.parent).scope)


def test_only_generated_borders_are_schematic(tree):
    real = {AreaLevel.CITY, AreaLevel.DISTRICT}
    assert all(area.schematic is (area.level not in real) for area in every_area(tree))


def test_names_are_short_and_the_official_one_is_kept(tree):
    first = tree.area("320404001001")
    assert (first.name, first.official) == ("新中社区", "新中社区居委会")
    names = {area.name for area in tree.children("320404116")}
    assert {"邹区社区", "泰村社区", "泰村", "杨庄村"} <= names


def test_the_way_from_the_city_to_a_grid(tree):
    grid = tree.children("320404005001")[0]
    assert [area.level for area in tree.path(grid.code)] == list(AreaLevel)
    assert tree.path("3204") == (tree.city,)
    assert tree.name("320404005") == "南大街街道"
    assert tree.name("999999") == "999999"


def test_children_tile_their_parent_in_area(tree):
    for area in every_area(tree):
        assert area.polygon.is_valid
        if below := tree.children(area.code):
            total = sum(child.polygon.area for child in below)
            assert total == pytest.approx(area.polygon.area, rel=1e-9)
            assert area.polygon.buffer(1e-9).covers(shapely.union_all([c.polygon for c in below]))


def test_a_place_is_in_exactly_one_area_of_each_level(tree):
    rng = np.random.default_rng(11)
    places = [tree.point_in("320404", rng) for _ in range(1500)]
    codes = tree.locate(*zip(*places, strict=True))
    assert all(len(code) == 15 for code in codes)
    points = shapely.points(places)
    for level in (9, 12, 15):
        areas = [a for a in every_area(tree, "320404") if len(a.code) == level]
        index = shapely.STRtree([a.polygon for a in areas])
        which, where = index.query(points, predicate="within")
        assert len(which) == len(places)
        assert all(codes[i].startswith(areas[n].code) for i, n in zip(which, where, strict=True))


def test_a_place_in_a_district_without_communities_gets_its_street(tree):
    code = tree.locate_one(*tree.point_in("320481109", np.random.default_rng(3)))
    assert code == "320481109"
    assert tree.area(code).level is AreaLevel.STREET


def test_outside_and_nonsense_are_nowhere(tree):
    assert tree.locate([116.4, 0.0, np.nan, 119.2], [39.9, 0.0, np.nan, 32.2]) == [""] * 4


@pytest.mark.parametrize(
    ("gcj", "district"),
    [
        ((119.974, 31.811), "320411"),
        ((119.9755, 31.7830), "320402"),
        ((119.8996, 31.7757), "320404"),
        ((119.932, 31.7635), "320404"),
        ((119.929, 31.701), "320412"),
        ((119.44, 31.30), "320481"),
    ],
)
def test_landmarks_lie_in_their_district(tree, gcj, district):
    assert tree.locate_one(*gcj02_to_wgs84(*gcj)).startswith(district)


def test_the_finest_areas_have_a_stable_order(tree):
    assert [area.code for area in tree.grids] == sorted(area.code for area in tree.grids)
    assert all(tree.grid_index(area.code) == i for i, area in enumerate(tree.grids))
    with pytest.raises(KeyError):
        tree.grid_index("320404")


def test_forty_workers_are_dealt_over_the_eight_streets(tree):
    beats = tree.beats(40)
    assert {area.parent for area in beats} == {area.code for area in tree.children("320404")}
    assert len({area.code for area in beats}) == 40
    assert beats[:3] == tree.beats(40)[:3]
    assert beats[0].code == "320404001001"


def test_geojson_of_the_children_is_small_and_says_what_it_is(tree):
    drawn = json.loads(json.dumps(tree.geojson("320404")))
    assert drawn["type"] == "FeatureCollection"
    assert len(drawn["features"]) == 8
    first = drawn["features"][0]
    assert {k: first["properties"][k] for k in ("code", "name", "level", "schematic")} == {
        "code": "320404001",
        "name": "五星街道",
        "level": "street",
        "schematic": True,
    }
    assert tree.locate_one(*first["properties"]["label"]).startswith("320404001")
    assert all(round(x, 6) == x for ring in first["geometry"]["coordinates"] for x, _ in ring)
    assert tree.geojson("3204") == tree.geojson("320400")
    assert tree.outline("320404005")["properties"]["name"] == "南大街街道"


def test_the_same_sources_give_the_same_tree_from_the_cache_too(tree, tmp_path):
    fresh = open_areas("320400", tmp_path)
    again = open_areas("320400", tmp_path)
    assert fresh.home == fresh.city
    assert fresh.fingerprint == again.fingerprint == tree.fingerprint


def test_another_city_is_cut_into_plain_pieces_also_when_its_cache_is_broken(tmp_path):
    file = tmp_path / f"areas-320506-{sources.stamp()}.msgpack"
    file.write_bytes(b"\x91\xff")
    other = open_areas("320506", tmp_path)
    assert file.stat().st_size > 1000
    assert other.home.name == "吴中区"
    assert len(other.children("320506")) == 8
    assert all(area.schematic for area in other.children("320506"))
