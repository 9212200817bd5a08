"""Tables of places: CSV in both encodings, shapes, other systems, and what is no place."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas
import pytest
from shapely.geometry import Point, box

from geodata.coordinates import wgs84_to_gcj02
from geodata.importing import Unreadable
from geodata.point_table import read_points

CSV = "编号,名称,经度,纬度\nT1,一队,119.95,31.78\nT2,二队,119.96,31.79\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_in_the_encodings_of_offices(tmp_path: Path, encoding):
    file = tmp_path / "t.csv"
    file.write_text(CSV, encoding=encoding)
    first, second = read_points(file, crs="wgs84")
    assert (first.number, first.cells["名称"], first.lon, first.lat) == (2, "一队", 119.95, 31.78)
    assert second.number == 3


def test_shifted_coordinates_come_home(tmp_path: Path):
    lon, lat = (float(each) for each in wgs84_to_gcj02(119.95, 31.78))
    file = tmp_path / "t.csv"
    file.write_text(f"id,lon,lat\nT1,{lon!r},{lat!r}\n")
    (row,) = read_points(file, crs="gcj02")
    assert (row.lon, row.lat) == (119.95, 31.78)


@pytest.mark.parametrize("place", ["x,31", ",", "31.78,119.95", "0,0", "nan,31", "119.95,inf"])
def test_a_row_without_a_place_says_so(tmp_path: Path, place):
    file = tmp_path / "t.csv"
    file.write_text(f"id,lon,lat\nT1,{place}\n")
    (row,) = read_points(file, crs="wgs84")
    assert row.fault
    assert row.cells["id"] == "T1"


def test_more_cells_than_headings_are_left_out(tmp_path: Path):
    file = tmp_path / "t.csv"
    file.write_text("id,lon,lat\nT1,119.95,31.78,more,still more\n")
    assert read_points(file, crs="wgs84")[0].cells.keys() == {"id", "lon", "lat"}


def test_a_geojson_of_points_and_surfaces(tmp_path: Path):
    file = tmp_path / "t.geojson"
    shapes = [Point(119.95, 31.78), box(119.9, 31.7, 119.92, 31.72)]
    geopandas.GeoDataFrame({"id": ["a", "b"]}, geometry=shapes, crs=4326).to_file(file)
    first, second = read_points(file, crs="wgs84")
    assert (first.lon, first.lat) == (119.95, 31.78)
    assert (second.lon, second.lat) == (119.91, 31.71)


def test_a_shapefile_in_gbk_without_a_cpg(tmp_path: Path):
    file = tmp_path / "t.shp"
    frame = geopandas.GeoDataFrame({"name": ["救援队"]}, geometry=[Point(119.95, 31.78)], crs=4326)
    frame.to_file(file, encoding="GB18030")
    file.with_suffix(".cpg").unlink()
    assert read_points(file, crs="wgs84")[0].cells["name"] == "救援队"


def test_a_geopackage_in_another_system(tmp_path: Path):
    file = tmp_path / "t.gpkg"
    frame = geopandas.GeoDataFrame({"id": ["a"]}, geometry=[Point(119.95, 31.78)], crs=4326)
    frame.to_crs(3857).to_file(file)
    (row,) = read_points(file)
    assert (row.lon, row.lat) == (119.95, 31.78)


def test_a_feature_without_a_place(tmp_path: Path):
    file = tmp_path / "t.geojson"
    feature = {"type": "Feature", "geometry": None, "properties": {"id": "a"}}
    good = feature | {"geometry": {"type": "Point", "coordinates": [119.9, 31.8]}}
    held = {"type": "FeatureCollection", "features": [feature, good]}
    file.write_text(json.dumps(held))
    first, second = read_points(file, crs="wgs84")
    assert first.fault
    assert not second.fault


@pytest.mark.parametrize(
    ("name", "text", "more"),
    [
        ("t.csv", CSV, {}),
        ("t.csv", "编号,名称\nT1,一队\n", {"crs": "wgs84"}),
        ("t.csv", CSV, {"crs": "epsg:2437"}),
        ("t.csv", CSV, {"crs": "wgs84", "encoding": "no-such"}),
        ("t.geojson", "{}", {"crs": "wgs84"}),
        ("t.geojson", "no json", {"crs": "wgs84"}),
    ],
)
def test_a_file_that_cannot_be_read_says_why(tmp_path: Path, name, text, more):
    file = tmp_path / name
    file.write_text(text)
    with pytest.raises(Unreadable):
        read_points(file, **more)
    with pytest.raises(Unreadable):
        read_points(tmp_path / "none.csv", crs="wgs84")
