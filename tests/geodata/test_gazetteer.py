"""Addresses become places: what is meant, how sure that is, and what was guessed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.places_pinyin import sounding
from geodata.areas import AreaLevel
from geodata.gazetteer import Doubt, Gazetteer
from geodata.gazetteer_file import BadPlaces, read_places
from geodata.gazetteer_text import Prefix, normal, prefix

THIRD = "320404002012"  # 清潭新村第三社区


@pytest.fixture(scope="module")
def gazetteer(tree) -> Gazetteer:
    return Gazetteer(tree)


@pytest.mark.parametrize(
    ("written", "one_form"),
    [
        ("清潭三村１５栋", "清潭3村15幢"),
        ("怀德 中路八十八号", "怀德中路88号"),
        ("二〇三室，三号楼", "203室 3幢"),
        ("3-2-501", "3-2-501"),
        ("一百零五弄", "105弄"),
        ("", ""),
    ],
)
def test_one_form(written, one_form):
    assert normal(written) == one_form


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("江苏省常州市钟楼区五星街道", Prefix("常州", "钟楼区")),
        ("A市A3区某小区", Prefix("a", "a3区")),
        ("电子小区3幢", Prefix("", "")),
        ("城市广场", Prefix("", "")),
    ],
)
def test_what_an_address_begins_with(address, found):
    assert prefix(normal(address)) == found


@pytest.mark.parametrize(
    ("address", "code", "least"),
    [
        ("清潭三村15幢附近", THIRD, 0.9),
        ("清潭新村三村", THIRD, 0.9),
        ("清潭新村第三社区居委会", THIRD, 0.9),
        ("邹区镇泰村村委西侧", "320404116218", 0.9),
        ("钟楼区南大街街道怀德中路与西瀛里交叉口", "320404005", 0.9),
        ("新闸街道凌家社区3号", "320404007007", 0.9),
        ("西新桥三村八号楼", "320404006007", 0.9),
        ("邹区村村委", "320404116001", 0.9),
        ("茶花路175号白云新村", "320404001020", 0.8),
        ("香江华廷3幢乙单元", "320404002022", 0.8),
        ("常州市溧阳市天目湖镇", "320481106", 0.9),
    ],
)
def test_the_best_reading(gazetteer, address, code, least):
    best = gazetteer.find(address)[0]
    assert (best.area, best.confidence >= least) == (code, True)


@pytest.mark.parametrize(
    ("address", "doubt"),
    [
        ("清潭三村附近", Doubt.NEAR),
        ("清潭三村对过", Doubt.NEAR),
        ("清潭三村后头", Doubt.NEAR),
        ("清潭三村南大门", Doubt.NEAR),
        ("花园新村一村与二村之间", Doubt.NEAR),
        ("靠近清潭五村", Doubt.NEAR),
        ("清潭三村15幢", Doubt.HOUSE),
        ("凌家社区", Doubt.AMBIGUOUS),
        ("清潭二村", Doubt.AMBIGUOUS),
        ("邹区镇清潭三村", Doubt.CONTRADICTION),
        ("无锡市梁溪区清潭三村", Doubt.ELSEWHERE),
        ("荆川公园", Doubt.SIMILAR),
        ("五星街道某某路3号", Doubt.ROAD),
        ("五星街道", Doubt.DRAWN),
    ],
)
def test_what_stays_open_is_said(gazetteer, address, doubt):
    assert doubt in gazetteer.find(address)[0].doubts


@pytest.mark.parametrize(
    "address", ["凌家社区", "清潭二村", "邹区镇清潭三村", "无锡市清潭三村", "荆川公园", "星港路5号"]
)
def test_what_is_doubtful_is_not_sure(gazetteer, address):
    assert gazetteer.find(address)[0].confidence < 0.6


def test_an_ambiguous_name_gives_its_candidates(gazetteer):
    found = {match.area for match in gazetteer.find("凌家社区")}
    assert found == {"320404004004", "320404007007"}


@pytest.mark.parametrize("address", ["", "某某路1号", "童子河东路", "？？", "１２３"])
def test_nothing_is_made_up(gazetteer, address):
    assert all(match.confidence < 0.6 for match in gazetteer.find(address))


def test_every_community_is_found_by_its_official_name(tree, gazetteer):
    streets = tree.children("320404")
    for community in (c for street in streets for c in tree.children(street.code)):
        assert community.level is AreaLevel.COMMUNITY
        street = tree.name(community.parent)
        for said in (f"钟楼区{street}{community.official}", f"{street}{community.official}12号"):
            best = gazetteer.find(said)[0]
            assert (best.area, best.confidence > 0.6) == (community.code, True), said


@given(
    st.text(alphabet="清潭三一十百村幢号与路交叉口钟楼区市镇附近0９-（* ", max_size=60) | st.text()
)
def test_any_text_is_read(gazetteer, text):
    for match in gazetteer.find(text):
        assert 0 < match.confidence <= 1
        assert match.within_m > 0


CSV = """name,kind,lon,lat,crs,alias,code,within_m
怀德中路88号,address,119.9450,31.7800,gcj02,,,
莱蒙都会,poi,119.9475,31.7790,wgs84,莱蒙|莱蒙商业街,,60
清潭三村15幢,building,119.9290,31.7650,wgs84,,,
路灯,component,119.9291,31.7651,wgs84,,32040402010000123,
东方明珠,poi,121.4997,31.2397,wgs84,,,
"""
ROADS = """{"type": "FeatureCollection", "features": [
 {"type": "Feature", "properties": {"name": "怀德中路", "kind": "road"},
  "geometry": {"type": "LineString", "coordinates": [[119.940, 31.775], [119.940, 31.785]]}},
 {"type": "Feature", "properties": {"name": "西瀛里", "kind": "road"},
  "geometry": {"type": "LineString", "coordinates": [[119.935, 31.780], [119.945, 31.780]]}}]}"""


@pytest.fixture(scope="module")
def with_file(tree, tmp_path_factory) -> Gazetteer:
    folder = tmp_path_factory.mktemp("places")
    (folder / "places.csv").write_text(CSV, encoding="utf-8")
    (folder / "roads.geojson").write_text(ROADS, encoding="utf-8")
    files = (folder / "places.csv", folder / "roads.geojson")
    return Gazetteer(tree, *(read_places(file, tree) for file in files))


@pytest.mark.parametrize(
    ("address", "name", "doubts"),
    [
        ("莱蒙商业街门口", "莱蒙都会", {Doubt.NEAR}),
        ("清潭三村十五栋302", "清潭三村15幢", set()),
        ("怀德中路88号", "怀德中路88号", set()),
        ("怀德中路92号", "怀德中路88号", {Doubt.NUMBER}),
        ("怀德中路91号", "怀德中路", {Doubt.HOUSE}),
        ("怀德中路与西瀛里交叉口", "怀德中路与西瀛里交叉口", {Doubt.CROSSING}),
        ("杆号32040402010000123的灯不亮", "路灯", set()),
    ],
)
def test_names_of_a_file(with_file, address, name, doubts):
    best = with_file.find(address)[0]
    assert (best.place.name, set(best.doubts)) == (name, doubts)


ESTATES = """name,kind,lon,lat,crs
香江华廷,estate,{0.x},{0.y},wgs84
金色新城,estate,{1.x},{1.y},wgs84
怀德中路,road,119.9445,31.7790,gcj02
勤业路,road,119.9300,31.7790,gcj02
"""


@pytest.fixture(scope="module")
def with_estates(tree, tmp_path_factory) -> Gazetteer:
    """Estates called like a community, one inside it, one where the border (示意) is not."""
    here = tree.area("320404002022").polygon.representative_point()
    beside = tree.area("320404006010").polygon.representative_point()  # 荷花池, not 南大街街道
    file = tmp_path_factory.mktemp("estates") / "places.csv"
    file.write_bytes(ESTATES.format(here, beside).encode("gbk"))
    return Gazetteer(tree, read_places(file, tree), sound=sounding)


@pytest.mark.parametrize(
    ("address", "name", "least"),
    [
        ("香江华廷3号楼", "香江华廷", 0.9),  # what the city names just so, not 香江华廷社区
        ("香江华廷社区", "香江华廷社区", 0.9),
        ("金色新城", "金色新城", 0.9),
        ("南大街街道金色新城", "金色新城", 0.9),  # a generated border contradicts nothing near it
        ("邹区镇金色新城", "金色新城", 0.4),
        ("怀德中路与勤业路路口", "怀德中路", 0.9),  # two roads that are points do not contradict
    ],
)
def test_what_a_city_names_just_so_is_meant(with_estates, address, name, least):
    best = with_estates.find(address)[0]
    assert (best.place.name, least <= best.confidence < least + 0.1) == (name, True)


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("清谭三村15幢", "清潭新村第三社区"),
        ("香江花廷小区", "香江华廷"),
        ("都市桃园花苑", "都市桃源花苑社区"),
    ],
)
def test_what_is_written_as_it_sounds_is_found_but_less_sure(with_estates, address, name):
    best = with_estates.find(address)[0]
    assert best.place.name == name
    assert Doubt.SOUND in best.doubts
    assert best.confidence < 0.8


def test_short_names_are_not_told_by_their_sound(with_estates):
    assert not with_estates.find("心民那边")  # 新民


@pytest.mark.parametrize("address", ["怀德中路西瀛里东北角", "西瀛里近怀德中路", "怀德中路西瀛里"])
def test_two_roads_said_in_one_breath_cross(with_file, address):
    assert with_file.find(address)[0].place.name.endswith("交叉口")


@pytest.mark.parametrize("address", ["怀德中路西瀛里至关河段", "怀德中路、西瀛里都有积水"])
def test_a_stretch_of_road_or_two_of_them_are_no_crossing(with_file, address):
    assert not with_file.find(address)[0].place.name.endswith("交叉口")


def test_two_roads_meet_where_they_cross(with_file):
    crossing = with_file.find("怀德中路与西瀛里交叉口")[0].place
    assert (round(crossing.lon, 5), round(crossing.lat, 5)) == (119.94, 31.78)
    assert crossing.area.startswith("320404")


def test_places_outside_the_city_are_left_out(with_file):
    assert not with_file.find("东方明珠")


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        ("a.csv", "name,kind\n", "columns are missing: lon, lat, crs"),
        ("a.csv", CSV + "无名路,rode,119.9,31.7,wgs84,,,\n", "row 7: kind 'rode'"),
        ("a.csv", CSV + "无名路,road,119.9,31.7,,,,\n", "row 7: '' is not a valid Crs"),
        ("a.csv", CSV + "无名路,road,31.7,119.9,wgs84,,,\n", "swapped"),
        ("a.csv", CSV + "无名路,road,nan,31.9,wgs84,,,\n", "no place on earth"),
        ("a.geojson", "[]", "a FeatureCollection is expected"),
        ("a.geojson", '{"features": [{}]}', "feature 1"),
    ],
)
def test_a_wrong_file_says_every_fault(tree, tmp_path, name, text, fault):
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(BadPlaces, match=fault):
        read_places(tmp_path / name, tree)


def test_a_missing_file_is_a_fault(tree, tmp_path):
    with pytest.raises(BadPlaces, match="No such file"):
        read_places(tmp_path / "none.csv", tree)
