"""Reads a table of places (CSV, GeoJSON, Shapefile, GeoPackage, KML) and brings them to WGS-84.

Nothing is judged here but whether the file can be read: each row keeps its number and its cells,
and a place that is none is told with the row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from geodata import csv_rows
from geodata.coordinates import to_wgs84
from geodata.importing import Unreadable, ask_for_layer

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

SYSTEMS = ("wgs84", "cgcs2000", "gcj02", "bd09")  # cgcs2000 is taken as wgs84: centimetres
ENCODINGS = ("utf-8-sig", "gb18030")  # GB18030 holds GBK and GB2312
LON = ("lon", "lng", "longitude", "经度", "x")
LAT = ("lat", "latitude", "纬度", "y")
BARE = (".csv", ".txt")
MOST_ROWS = 200_000  # default: a table of places for people; a million are components


class Row(NamedTuple):
    """One row: its number as a person counts (a CSV's first line is its headings), and its cells.

    `lon` and `lat` are WGS-84; `fault` says why there is no place, else it is empty.
    """

    number: int
    cells: dict[str, Any]
    lon: float = 0.0
    lat: float = 0.0
    fault: str = ""


def read_points(file: Path, *, crs: str = "", encoding: str = "", layer: str = "") -> list[Row]:
    """Read a file of places; Unreadable when that is not possible.

    `crs` is wgs84, cgcs2000, gcj02 or bd09; "" trusts the file where it can say so. Other systems
    are understood where the file itself names them. Surfaces and lines count by a place in them.
    """
    if crs and crs.lower() not in SYSTEMS:
        raise Unreadable(f"{crs} is none of {', '.join(SYSTEMS)}", "--crs")
    if not file.is_file():
        raise Unreadable(f"there is no file {file}")
    if file.suffix.lower() in BARE:
        rows = _of_csv(file, crs.lower(), encoding)
    else:
        rows = _of_shapes(file, crs.lower(), encoding, layer)
    if len(rows) > MOST_ROWS:
        raise Unreadable(f"{file.name} has {len(rows)} rows; at most {MOST_ROWS} are taken")
    return rows


def _of_csv(file: Path, crs: str, encoding: str) -> list[Row]:
    if not crs:
        raise Unreadable(f"{file.name} does not say which coordinates it has", "--crs")
    try:
        return _by_heading(file.name, *csv_rows.read(_text(file, encoding)), crs)
    except csv_rows.TornTable as why:
        raise Unreadable(f"{file.name}: {why}") from why


def _by_heading(
    name: str, heading: list[str], rows: Iterator[tuple[int, dict[str, str]]], crs: str
) -> list[Row]:
    heads = {title.strip().lower(): title for title in heading}
    lon, lat = (next((heads[n] for n in names if n in heads), None) for names in (LON, LAT))
    if lon is None or lat is None:
        raise Unreadable(f"{name} has no columns lon and lat (or 经度, 纬度)")
    return [_placed(number, cells, cells[lon], cells[lat], crs) for number, cells in rows]


def _text(file: Path, encoding: str) -> str:
    for one in (encoding,) if encoding else ENCODINGS:
        try:
            return file.read_text(encoding=one)
        except UnicodeDecodeError:
            continue
        except (LookupError, OSError) as why:
            raise Unreadable(f"{file.name}: {why}", "--encoding") from why
    raise Unreadable(f"{file.name}: the text is in no encoding of {', '.join(ENCODINGS)}")


def _placed(number: int, cells: dict[str, Any], x: Any, y: Any, crs: str) -> Row:
    try:
        lon, lat = float(x), float(y)
    except (TypeError, ValueError):
        return Row(number, cells, fault="lon and lat: are no numbers")
    if not (isfinite(lon) and isfinite(lat) and -180 <= lon <= 180 and -90 <= lat <= 90):
        return Row(number, cells, fault="lon and lat: are no degrees; are they swapped?")
    if lon == 0 and lat == 0:
        return Row(number, cells, fault="lon and lat: 0, 0 is no place of a city")
    if crs in ("gcj02", "bd09"):
        lon, lat = (float(each) for each in to_wgs84(lon, lat, crs))
    return Row(number, cells, round(lon, 7), round(lat, 7))


def _of_shapes(file: Path, crs: str, encoding: str, layer: str) -> list[Row]:
    frame = _frame(file, encoding, layer)
    if not crs and (frame.crs is None or file.suffix.lower() != ".gpkg"):
        # GeoJSON and KML claim WGS-84 whatever is in them, a Shapefile's .prj often lies too
        raise Unreadable(f"{file.name} does not say for certain its coordinates", "--crs")
    if frame.crs is not None and frame.crs.to_epsg() not in (4326, 4490):
        frame = frame.to_crs(4326)
    names = [name for name in frame.columns if name != frame.geometry.name]
    return list(_rows(frame, names, crs))


def _rows(frame: GeoDataFrame, names: Sequence[str], crs: str) -> Iterator[Row]:
    columns = [frame[name].tolist() for name in names]
    for number, (shape, *cells) in enumerate(zip(frame.geometry, *columns, strict=True), 1):
        said = dict(zip(names, cells, strict=True))
        if shape is None or shape.is_empty:
            yield Row(number, said, fault="has no place")
            continue
        spot = shape if shape.geom_type == "Point" else shape.representative_point()
        yield _placed(number, said, spot.x, spot.y, crs)


def _frame(file: Path, encoding: str, layer: str) -> GeoDataFrame:
    """The file's table; attributes of a Shapefile without .cpg in UTF-8, else in GB18030."""
    import geopandas
    from pyogrio.errors import DataLayerError, DataSourceError

    ask_for_layer(file, layer)
    old = file.suffix.lower() == ".shp" and not file.with_suffix(".cpg").exists()
    tried = [encoding] if encoding else ["UTF-8", "GB18030"] if old else [None]
    for one in tried:
        try:
            found = geopandas.read_file(file, layer=layer or None, encoding=one, engine="pyogrio")
        except UnicodeDecodeError:
            continue
        except (DataLayerError, DataSourceError, ValueError) as why:
            raise Unreadable(f"{file.name} cannot be read: {why}", "--layer") from why
        if "geometry" not in found:
            raise Unreadable(f"{file.name} holds no places", "--layer")
        return found
    raise Unreadable(f"{file.name}: the text is in no encoding of {', '.join(map(str, tried))}")
