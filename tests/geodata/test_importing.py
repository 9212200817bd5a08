"""Boundaries from files: formats, coordinates, what is repaired and what is a fault."""

from __future__ import annotations

import geopandas
import numpy as np
import pytest
import shapely
from shapely.affinity import translate
from shapely.geometry import Polygon, box

from geodata import fitting, imports
from geodata.area import AreaLevel
from geodata.areas import open_areas
from geodata.coordinates import wgs84_to_gcj02
from geodata.importing import Drawn, Unreadable, read_sheet
from geodata.imports import Taken
from geodata.review import review

STREET = AreaLevel.STREET
FIELDS = {"code_field": "DM", "name_field": "MC"}


@pytest.fixture(scope="module")
def drawn(tree):
    """Zhonglou's streets as somebody else draws them: 50 m off, with long codes."""
    kids = tree.children("320404")
    shapes = [translate(kid.polygon, 0.0004, 0.0003) for kid in kids]
    rows = {"DM": [f"{k.code}000" for k in kids], "MC": [f"新{k.name}" for k in kids]}
    return geopandas.GeoDataFrame(rows, geometry=shapes, crs=4490)


def in_gcj02(frame):
    there = frame.copy()
    there["geometry"] = [
        shapely.transform(s, lambda xy: np.column_stack(wgs84_to_gcj02(xy[:, 0], xy[:, 1])))
        for s in frame.geometry
    ]
    return there.set_crs(4326, allow_override=True)


def test_every_format_gives_the_same_areas(drawn, tmp_path):
    in_gcj02(drawn).to_file(tmp_path / "a.geojson", driver="GeoJSON")
    drawn.to_crs(4526).to_file(tmp_path / "b.shp", encoding="GBK")
    (tmp_path / "b.cpg").unlink()
    drawn.to_file(tmp_path / "c.gpkg", layer="streets")
    drawn.to_file(tmp_path / "d.kml", driver="LIBKML")
    for name, crs in (("a.geojson", "gcj02"), ("b.shp", ""), ("c.gpkg", ""), ("d.kml", "wgs84")):
        sheet = read_sheet(tmp_path / name, STREET, crs=crs, **FIELDS)
        assert [one.code for one in sheet.drawn] == [code[:9] for code in drawn.DM]
        assert sheet.drawn[0].name == "新五星街道"
        assert sheet.findings == []
        for one, shape in zip(sheet.drawn, drawn.geometry, strict=True):
            assert one.polygon.hausdorff_distance(shape) < 1e-8


def test_a_file_that_cannot_say_its_coordinates_is_asked_back(drawn, tmp_path):
    in_gcj02(drawn).to_file(tmp_path / "a.geojson", driver="GeoJSON")
    drawn.to_file(tmp_path / "b.kml", driver="LIBKML")
    for name in ("a.geojson", "b.kml"):
        with pytest.raises(Unreadable, match="coordinates") as refused:
            read_sheet(tmp_path / name, STREET, **FIELDS)
        assert refused.value.wants == "--crs"


def test_a_geojson_that_names_its_coordinates_is_believed(drawn, tmp_path):
    drawn.to_crs(4549).to_file(tmp_path / "a.geojson", driver="GeoJSON")
    sheet = read_sheet(tmp_path / "a.geojson", STREET, **FIELDS)
    assert sheet.crs == "epsg:4549"
    assert sheet.drawn[0].polygon.hausdorff_distance(drawn.geometry[0]) < 1e-7


def test_of_several_layers_one_must_be_named(drawn, tmp_path):
    drawn.to_file(tmp_path / "c.gpkg", layer="roads")
    drawn.to_file(tmp_path / "c.gpkg", layer="街道面", mode="a")
    with pytest.raises(Unreadable, match="roads, 街道面") as refused:
        read_sheet(tmp_path / "c.gpkg", STREET, **FIELDS)
    assert refused.value.wants == "--layer"
    assert len(read_sheet(tmp_path / "c.gpkg", STREET, layer="街道面", **FIELDS).drawn) == 8


def test_latitude_before_longitude_is_named(drawn, tmp_path):
    turned = drawn.copy()
    turned["geometry"] = [shapely.transform(s, np.fliplr) for s in drawn.geometry]
    turned.to_file(tmp_path / "x.gpkg")
    found = read_sheet(tmp_path / "x.gpkg", STREET, **FIELDS).findings
    assert {f.detail for f in found} == {"latitude stands before longitude"}


@pytest.mark.parametrize(
    ("crs", "said"),
    [("wgs84", "were they GCJ-02, not WGS-84"), ("bd09", "were they GCJ-02, not BD-09")],
)
def test_a_file_with_other_coordinates_than_was_said_is_noticed(tree, tmp_path, crs, said):
    kids = tree.children("320404")
    rows = {"DM": [k.code for k in kids], "MC": [k.name for k in kids]}
    frame = geopandas.GeoDataFrame(rows, geometry=[k.polygon for k in kids], crs=4490)
    in_gcj02(frame).to_file(tmp_path / "a.geojson", driver="GeoJSON")
    for told in (crs, "gcj02"):
        sheet = read_sheet(tmp_path / "a.geojson", STREET, crs=told, **FIELDS)
        found = [f for f in review(tree, sheet.drawn, STREET).findings if f.kind == "shifted"]
        assert [said in f.detail for f in found] == ([] if told == "gcj02" else [True])


@pytest.mark.parametrize(
    ("options", "said"), [({"code_field": "X"}, "DM, MC"), ({"crs": "mars"}, "mars")]
)
def test_wrong_options_are_explained(drawn, tmp_path, options, said):
    drawn.to_file(tmp_path / "c.gpkg")
    with pytest.raises(Unreadable, match=said):
        read_sheet(tmp_path / "c.gpkg", STREET, **{**FIELDS, **options})


def test_no_file_and_no_map_are_explained(tmp_path):
    (tmp_path / "a.geojson").write_bytes(b"\x00\xff nonsense")
    for name in ("a.geojson", "b.shp"):
        with pytest.raises(Unreadable, match=name):
            read_sheet(tmp_path / name, STREET, crs="wgs84")


def test_rings_are_repaired_and_odd_rows_are_faults(tmp_path):
    bow = Polygon([(119.8, 31.7), (119.9, 31.8), (119.9, 31.7), (119.8, 31.8)])
    square = box(119.8, 31.8, 119.9, 31.9)
    rows = {
        "DM": ["320404001", "320404002", "320404002", "320404003", "32040400", "320404005"],
        "MC": ["a", "b", "c", "d", "e", "f"],
    }
    shapes = [bow, square, square, None, square, box(500_000, 3_500_000, 500_100, 3_500_100)]
    frame = geopandas.GeoDataFrame(rows, geometry=shapes, crs=4490)
    frame.to_file(tmp_path / "x.gpkg")
    sheet = read_sheet(tmp_path / "x.gpkg", STREET, **FIELDS)
    assert {(f.kind, f.code, f.fault) for f in sheet.findings} == {
        ("ring", "320404001", False),
        ("duplicate", "320404002", True),
        ("empty", "320404003", True),
        ("code", "32040400", True),
        ("degrees", "320404005", True),
    }
    assert sheet.drawn[0].polygon.is_valid


def test_review_finds_wrong_parents_gaps_overlaps_and_missing(tree, drawn, tmp_path):
    frame = drawn.copy()
    away = tree.children("320402")[0].polygon
    frame.loc[0, "geometry"] = away  # 五星街道 drawn where 天宁区 is
    frame.loc[2, "geometry"] = frame.geometry[2].union(frame.geometry[3].buffer(-0.002))
    frame = frame.drop(index=6)
    frame.loc[len(frame) + 1] = ["320499001", "nowhere", box(119.8, 31.8, 119.81, 31.81)]
    frame.set_geometry("geometry", crs=4490).to_file(tmp_path / "x.gpkg")
    sheet = read_sheet(tmp_path / "x.gpkg", STREET, **FIELDS)
    found = {(f.kind, f.code): f for f in review(tree, sheet.drawn, STREET).findings}
    assert found["parent", "320404001"].fault
    assert "天宁区" in found["parent", "320404001"].detail
    assert found["parent", "320499001"].fault
    assert ("overlap", "320404004") in found
    assert ("rest", "320404") in found
    assert ("missing", "320404007") in found


COMMUNITY, GRID = AreaLevel.COMMUNITY, AreaLevel.GRID


def shifted(kids, east=0.004):
    """Areas as somebody else draws them: half a kilometre further east, all in the district."""
    return [Drawn(kid.code, f"新{kid.name}", translate(kid.polygon, east, 0)) for kid in kids]


def test_one_community_makes_no_outline_of_its_generated_street(tree):
    found = review(tree, shifted(tree.children("320404001")[:1]), COMMUNITY)
    assert [(f.kind, f.code) for f in found.findings if f.fault] == [("outline", "320404001")]


def test_a_generated_street_takes_the_outline_of_its_imported_communities(tree):
    kids = tree.children("320404001")
    found = review(tree, shifted(kids), COMMUNITY)
    assert not [f for f in found.findings if f.fault]
    assert ("outline", "320404001") in {(f.kind, f.code) for f in found.findings}
    taken = Taken(COMMUNITY, "x", "", "wgs84", len(kids), "2026-11-22")
    after = open_areas("320404", None, imports.NONE.with_borders(taken, found.borders))
    street = after.area("320404001")
    assert (street.schematic, street.from_below) == (False, True)
    drawn = shapely.union_all([one.polygon for one in shifted(kids)])
    outside = street.polygon.symmetric_difference(drawn).area
    assert outside < 0.1 * drawn.area  # what stuck out of the district, and slivers
    others = [a for a in after.children("320404") if a is not street]
    assert all(a.schematic for a in others)
    assert {a.code for a in others} == {f"32040400{n}" for n in range(2, 8)} | {"320404116"}
    tiles(after, "320404")
    again = review(after, shifted(kids, 0.002), COMMUNITY)  # not cut to what was imported before
    assert not [f for f in again.findings if f.kind in ("outside", "parent")]


def test_grids_below_two_generated_levels_need_the_whole_street(tree):
    communities = tree.children("320404005")
    some = shifted(tree.children(communities[0].code))
    refused = review(tree, some, GRID)
    assert refused.borders == []
    assert "示意" in refused.findings[0].detail
    every = [one for c in communities for one in shifted(tree.children(c.code), -0.002)]
    found = review(tree, every, GRID)
    assert not [f for f in found.findings if f.fault]
    taken = Taken(GRID, "x", "", "wgs84", len(every), "2026-11-22")
    after = open_areas("320404", None, imports.NONE.with_borders(taken, found.borders))
    assert after.area("320404005").from_below
    assert after.area(communities[0].code).from_below
    assert not after.area(every[0].code).schematic
    tiles(after, "320404")


def tiles(tree, code):
    """The children of every area fill it."""
    for area in tree.under(code):
        if below := tree.children(area.code):
            whole = sum(child.polygon.area for child in below)
            assert whole == pytest.approx(area.polygon.area, rel=1e-9)


def test_districts_close_slits_and_report_what_is_in_none(tree):
    """天宁 is drawn 40 m too small all around, 钟楼 has a hole of a square kilometre."""
    kids = {kid.code: kid.polygon for kid in tree.children("320400")}
    kids["320402"] = kids["320402"].buffer(-0.0004)
    middle = kids["320404"].representative_point()
    kids["320404"] = kids["320404"].difference(middle.buffer(0.005, cap_style="square"))
    drawn = [Drawn(code, code, polygon) for code, polygon in kids.items()]
    found = review(tree, drawn, AreaLevel.DISTRICT)
    said = [f.detail for f in found.findings if f.kind == "gap"]
    assert not [f for f in found.findings if f.fault]
    assert any("slits" in one for one in said)
    assert any("in no district" in one for one in said)
    taken = Taken(AreaLevel.DISTRICT, "x", "", "wgs84", len(drawn), "2026-11-22")
    after = open_areas("320404", None, imports.NONE.with_borders(taken, found.borders))
    seam = kids["320404"].boundary.intersection(tree.area("320402").polygon.buffer(1e-6))
    spots = [seam.interpolate(share, normalized=True) for share in np.linspace(0.1, 0.9, 50)]
    here = after.locate([s.x for s in spots], [s.y for s in spots])
    assert sum(code == "" for code in here) == 0
    few = review(tree, drawn[:2], AreaLevel.DISTRICT).findings
    assert {f.kind for f in few} >= {"rest", "missing"}


def edition_of(tree, sheet):
    borders = review(tree, sheet.drawn, STREET).borders
    taken = Taken(STREET, "x", sheet.digest, sheet.crs, len(borders), "2026-11-22")
    return imports.NONE.with_borders(taken, borders)


def test_imported_streets_replace_generated_ones_and_their_children_are_cut_anew(
    tree, drawn, tmp_path
):
    drawn.to_file(tmp_path / "x.gpkg")
    edition = edition_of(tree, read_sheet(tmp_path / "x.gpkg", STREET, **FIELDS))
    imports.write(tmp_path, "320400", edition)
    after = open_areas("320404", tmp_path)
    assert after.fingerprint != tree.fingerprint
    assert after.fingerprint == open_areas("320404", None, edition).fingerprint
    streets = after.children("320404")
    assert [(s.name, s.schematic) for s in streets][:2] == [
        ("新五星街道", False),
        ("新永红街道", False),
    ]
    for area in after.under("320404"):
        if below := after.children(area.code):
            whole = sum(child.polygon.area for child in below)
            assert whole == pytest.approx(area.polygon.area, rel=1e-9)
    assert all(child.schematic for child in after.children(streets[0].code))
    assert imports.read(tmp_path, "320400") == edition
    assert edition_of(tree, read_sheet(tmp_path / "x.gpkg", STREET, **FIELDS)) == edition


def test_a_second_import_replaces_only_the_families_it_names(tree, drawn, tmp_path):
    drawn.to_file(tmp_path / "x.gpkg")
    first = edition_of(tree, read_sheet(tmp_path / "x.gpkg", STREET, **FIELDS))
    other = first.borders[0]
    moved = type(other)("320402001", "y", STREET, "320402", other.polygon)
    second = first.with_borders(first.taken[0], [moved])
    assert len(second.borders) == len(first.borders) + 1
    assert second.stamp != first.stamp


def test_slivers_go_to_neighbours_and_a_large_rest_stays():
    parent = box(0, 30, 10, 40)
    fitted = fitting.fit(parent, [box(0, 30, 10, 32), box(0, 32.01, 12, 36)])
    assert fitted.inside == pytest.approx([1.0, 5 / 6])
    assert fitted.rest.area == pytest.approx(40)
    assert len(fitted.gaps) == 1
    whole = sum(cell.area for cell in fitted.cells) + fitted.rest.area
    assert whole == pytest.approx(parent.area)
