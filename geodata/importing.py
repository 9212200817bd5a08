"""Reads boundaries from a file (GeoJSON, Shapefile, GeoPackage, KML) and brings them to WGS-84.

Nothing is refused here but a file that cannot be read: what is odd with a row becomes a finding.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geodata import codes
from geodata.area import AreaLevel
from geodata.coordinates import to_wgs84
from geodata.tiling import polygons

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

SHIFTED = ("gcj02", "bd09")
PLAIN = ("wgs84", "cgcs2000")
SILENT = (".geojson", ".json", ".kml")  # claim WGS-84 whatever is in them, but for a "crs" member
OLD_DATUMS = ("Beijing 1954", "Xian 1980")
ENCODINGS = ("UTF-8", "GB18030")  # of attributes without a .cpg; GB18030 holds GBK and GB2312


class Unreadable(ValueError):
    """A file that gives no boundaries; the sentence says why, `wants` which option would help."""

    def __init__(self, sentence: str, wants: str = "") -> None:
        super().__init__(sentence)
        self.wants = wants


class Finding(NamedTuple):
    """Something odd: `kind` is a stable word; a `fault` must be mended before it is taken."""

    kind: str
    code: str
    detail: str
    fault: bool = False


class Drawn(NamedTuple):
    """One area of the file; `polygon` is valid WGS-84."""

    code: str
    name: str
    polygon: BaseGeometry


class Sheet(NamedTuple):
    """A file as read: its areas in code order, what is odd, the hash of its bytes, its system."""

    drawn: list[Drawn]
    findings: list[Finding]
    digest: str
    crs: str


def read_sheet(
    file: Path,
    level: AreaLevel | None,
    *,
    crs: str = "",
    code_field: str = "code",
    name_field: str = "name",
    layer: str = "",
    encoding: str = "",
) -> Sheet:
    """Read a file of areas of one level, None for functional zones; Unreadable when it cannot be.

    `crs` is wgs84, cgcs2000, gcj02, bd09 or epsg:N; "" trusts the file, where it can say so.
    """
    frame = _frame(file, layer, encoding)
    for field in filter(None, (code_field, name_field)):
        if field not in frame.columns:
            there = ", ".join(str(c) for c in frame.columns if c != frame.geometry.name)
            raise Unreadable(f"{file.name} has no field {field}; there are {there}", "--code-field")
    shapes, said = _in_wgs84(frame, file, crs.lower())
    rows = zip(frame[code_field], frame[name_field or code_field], strict=True)
    findings = list(_datum(frame, crs))
    drawn = list(_merged(list(_rows(rows, shapes, level, findings)), findings))
    return Sheet(drawn, findings, hashlib.sha256(file.read_bytes()).hexdigest(), said)


def _frame(file: Path, layer: str, encoding: str) -> GeoDataFrame:
    """The file's table; attributes in UTF-8, else in GBK."""
    import geopandas
    from pyogrio.errors import DataLayerError, DataSourceError

    tried = [encoding] if encoding else [None, *ENCODINGS]
    if not file.is_file():
        raise Unreadable(f"there is no file {file}")
    ask_for_layer(file, layer)
    for one in tried:
        try:
            found = geopandas.read_file(file, layer=layer or None, encoding=one, engine="pyogrio")
        except UnicodeDecodeError:
            continue
        except (DataSourceError, DataLayerError, ValueError) as why:
            raise Unreadable(f"{file.name} cannot be read: {why}") from why
        if "geometry" in found and len(found) and not (one is None and _garbled(file, found)):
            return found
        if not ("geometry" in found and len(found)):
            raise Unreadable(f"{file.name} holds no shapes", "--layer")
    raise Unreadable(f"{file.name}: the text is in no encoding of {', '.join(ENCODINGS)}")


def ask_for_layer(file: Path, layer: str) -> None:
    """Unreadable with the names of the layers when a file has several and none is named.

    A file that cannot be opened passes: who reads it explains why.
    """
    import pyogrio
    from pyogrio.errors import DataSourceError

    try:
        layers = [] if layer else [str(name) for name, _ in pyogrio.list_layers(file)]
    except DataSourceError:
        return
    if len(layers) > 1:
        raise Unreadable(f"{file.name} has several layers: {', '.join(layers)}", "--layer")


def _garbled(file: Path, frame: GeoDataFrame) -> bool:
    """Whether GDAL took a Shapefile without .cpg for Latin-1: that never fails, it only lies."""
    if file.suffix.lower() != ".shp" or file.with_suffix(".cpg").exists():
        return False
    words = [frame[name] for name in frame.columns if name != frame.geometry.name]
    return any(isinstance(v, str) and not v.isascii() for column in words for v in column)


def _in_wgs84(frame: GeoDataFrame, file: Path, crs: str) -> tuple[list[BaseGeometry | None], str]:
    """The shapes in WGS-84, and the system they were in."""
    if not crs and (frame.crs is None or (file.suffix.lower() in SILENT and _usual(frame.crs))):
        raise Unreadable(f"{file.name} does not say which coordinates it has", "--crs")
    if crs in PLAIN and (frame.crs is None or not frame.crs.is_projected):
        return list(frame.geometry), crs
    if crs and crs not in (*SHIFTED, *PLAIN):
        frame = frame.set_crs(_known(crs), allow_override=True)
    said = crs or str(frame.crs.to_string()).lower()
    if frame.crs is not None and frame.crs.to_epsg() not in (4326, 4490):
        frame = frame.to_crs(4326 if "WGS" in str(frame.crs.name).upper() else 4490)
    shapes = list(frame.geometry)
    if crs not in SHIFTED:
        return shapes, said
    return [each and shapely.transform(each, lambda xy: _home(xy, crs)) for each in shapes], said


def _usual(crs: Any) -> bool:
    """Whether a system is what GeoJSON and KML have when nobody said anything."""
    return crs.to_authority() in (("EPSG", "4326"), ("OGC", "CRS84"))


def _datum(frame: GeoDataFrame, crs: str) -> Iterator[Finding]:
    """A warning of the old datums, whose official transformation is not public."""
    name = str((_known(crs) if crs.lower().startswith("epsg") else frame.crs or "") or "")
    found = _known(name).name if name else ""
    if any(old in found for old in OLD_DATUMS):
        yield Finding("datum", "", f"{found}: borders may be off by 100 m after conversion")


def _known(crs: str) -> Any:
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        return CRS.from_user_input(crs)
    except CRSError as why:
        raise Unreadable(f"{crs} is no coordinate system", "--crs") from why


def _home(xy: Any, crs: str) -> Any:
    return np.column_stack(to_wgs84(xy[:, 0], xy[:, 1], crs))


def _rows(
    rows: Iterator[tuple[Any, Any]] | Any,
    shapes: list[BaseGeometry | None],
    level: AreaLevel | None,
    findings: list[Finding],
) -> Iterator[Drawn]:
    """The rows that are areas, with repaired rings."""
    for number, ((raw, name), shape) in enumerate(zip(rows, shapes, strict=True), start=1):
        code = codes.trimmed(str(raw), level)
        fault = codes.area_fault(code, level) if level else codes.zone_fault(code)
        if fault:
            findings.append(Finding("code", code, f"row {number}: {fault.value}", fault=True))
            continue
        if shape is None or not np.isfinite(shapely.get_coordinates(shape)).all():
            findings.append(Finding("empty", code, f"row {number} has no shape", fault=True))
            continue
        mended = polygons(shapely.force_2d(shape))
        if mended.is_empty:
            findings.append(Finding("empty", code, f"row {number}: no surface", fault=True))
            continue
        if not shape.is_valid:
            why = shapely.is_valid_reason(shape)
            findings.append(Finding("ring", code, f"repaired: {why}"))
        if not _in_range(mended):
            findings.append(Finding("degrees", code, _no_degrees(mended), fault=True))
            continue
        yield Drawn(code, code if name is None else str(name).strip() or code, mended)


def _in_range(shape: BaseGeometry) -> bool:
    west, south, east, north = shape.bounds
    return west >= -180 and east <= 180 and south >= -90 and north <= 90


def _no_degrees(shape: BaseGeometry) -> str:
    turned = _in_range(shapely.transform(shape, np.fliplr))
    return "latitude stands before longitude" if turned else "not degrees: wrong --crs?"


def _merged(drawn: list[Drawn], findings: list[Finding]) -> Iterator[Drawn]:
    """One area per code, in code order: parts of the same name are joined, others are a fault."""
    groups: dict[str, list[Drawn]] = {}
    for one in drawn:
        groups.setdefault(one.code, []).append(one)
    for code, parts in sorted(groups.items()):
        names = sorted({part.name for part in parts})
        if len(parts) > 1:
            detail = f"{len(parts)} rows" + (f" named {', '.join(names)}" if names[1:] else "")
            findings.append(Finding("duplicate", code, detail, fault=bool(names[1:])))
        whole = polygons(shapely.union_all([part.polygon for part in parts]))
        yield Drawn(code, names[0], whole)
