"""Rows of a CSV text: numbered as a spreadsheet does, and never one swallowed by another."""

from __future__ import annotations

import pytest

from geodata import csv_rows
from geodata.components_file import open_components
from geodata.gazetteer_file import BadPlaces, read_rows
from geodata.importing import Unreadable
from geodata.point_table import read_points

HEAD = "name,kind,lon,lat,crs,code\n"
ROW = "怀德桥,poi,119.95,31.78,wgs84,{}\n"


def test_rows_are_counted_not_lines() -> None:
    heads, rows = csv_rows.read('a,b\n"two\nlines",1\n\nshort\nlong,2,3\n')
    assert heads == ["a", "b"]
    assert list(rows) == [
        (2, {"a": "two\nlines", "b": "1"}),
        (4, {"a": "short", "b": ""}),
        (5, {"a": "long", "b": "2"}),
    ]


def test_a_quote_in_a_bare_cell_is_a_character() -> None:
    _, rows = csv_rows.read('a,b\n5" pipe,"6"" pipe"\n')
    assert [row for _, row in rows] == [{"a": '5" pipe', "b": '6" pipe'}]


@pytest.mark.parametrize("torn", ['x,"open\ny,2\nz,3\n', 'x,"open\ny,"2"\n', 'x,"a"b\n'])
def test_an_open_quote_is_told_with_its_row(torn: str) -> None:
    _, rows = csv_rows.read("a,b\nfine,1\n" + torn)
    with pytest.raises(csv_rows.TornTable, match="^row 3: check its quotes"):
        list(rows)


def test_an_empty_text_has_no_heading() -> None:
    heads, rows = csv_rows.read("")
    assert (heads, list(rows)) == ([], [])


@pytest.mark.parametrize("more", [0, 10_000])
def test_places_are_not_swallowed(tmp_path, more) -> None:
    file = tmp_path / "a.csv"
    file.write_text(HEAD + ROW.format('"A1') + ROW.format("A2") * (more + 2))
    with pytest.raises(BadPlaces, match="row 2: check its quotes"):
        read_rows(file)
    with pytest.raises(Unreadable, match="row 2: check its quotes"):
        read_points(file, crs="wgs84")
    with pytest.raises(Unreadable, match="row 2: check its quotes"):
        list(open_components(file).chunks())


def test_a_bottomless_geojson_is_refused(tmp_path) -> None:
    file = tmp_path / "a.geojson"
    file.write_text("[" * 100_000)
    with pytest.raises(BadPlaces, match="recursion"):
        read_rows(file)
