"""Reads files of components in chunks: CSV, Excel, Shapefile, GeoPackage, GeoJSON.

All cells are text, and each row keeps its number as a person counts it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata import csv_rows
from geodata.coordinates import to_wgs84
from geodata.importing import ENCODINGS, PLAIN, SHIFTED, SILENT, Unreadable, ask_for_layer

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

CHUNK_ROWS = 65_536
CHUNK_BYTES = 16 << 20
SNIFFED = 4 << 20  # bytes of a CSV that are looked at for its encoding
TABLES = (".csv", ".txt")
EXACT = 1e15
BOOKS = (".xlsx", ".xlsm")


class Chunk(NamedTuple):
    """Some rows: an Arrow table of text, and places where the file has shapes (else None).

    `numbers` are those of the rows in the file: of a table its headings are row 1.
    """

    table: Any
    numbers: Ints
    x: Floats | None = None
    y: Floats | None = None


@dataclass
class ComponentFile:
    """An open file: its columns, whether it has shapes, the system that it claims ("" for none)."""

    path: Path
    columns: list[str]
    shaped: bool
    crs: str
    encoding: str = ""
    layer: str = ""
    # numbers of the rows with too few or too many cells, so far
    torn: list[int] = field(default_factory=list, init=False)

    def digest(self) -> str:
        """SHA-256 of the file's bytes."""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def chunks(self) -> Iterator[Chunk]:
        """The rows in the order of the file; Unreadable when it breaks off."""
        if self.path.suffix.lower() in BOOKS:
            return _book_cells(self)
        return _shapes(self) if self.shaped else _cells(self)


def open_components(path: Path, *, layer: str = "", encoding: str = "") -> ComponentFile:
    """Look into a file; Unreadable says why it gives no components."""
    if not path.is_file():
        raise Unreadable(f"there is no file {path}")
    if path.suffix.lower() in TABLES:
        return _table(path, encoding)
    if path.suffix.lower() in BOOKS:
        return _book(path, layer)
    return _layer(path, layer, encoding)


def in_wgs84(x: Floats, y: Floats, crs: str) -> tuple[Floats, Floats]:
    """Places of any system in degrees of WGS-84; Unreadable for a system that nobody knows."""
    if crs in PLAIN:
        return x, y
    if crs in SHIFTED:
        return to_wgs84(x, y, crs)
    from pyproj import Transformer
    from pyproj.exceptions import CRSError, ProjError

    try:
        lon, lat = Transformer.from_crs(crs, 4490, always_xy=True).transform(x, y)
    except (CRSError, ProjError) as why:
        raise Unreadable(f"{crs} is no coordinate system", "--crs") from why
    return np.asarray(lon, np.float64), np.asarray(lat, np.float64)


def _table(path: Path, encoding: str) -> ComponentFile:
    with path.open("rb") as file:
        head = file.read(SNIFFED)
    used = encoding or _encoding_of(head)
    try:
        first = head.decode(used, "ignore").lstrip("\ufeff").splitlines()[:1]
    except LookupError as why:
        raise Unreadable(f"there is no encoding {used}", "--encoding") from why
    if not first:
        raise Unreadable(f"{path.name} is empty")
    names = [name.strip().strip('"').strip() for name in first[0].split(",")]
    if len(set(names)) < len(names):
        raise Unreadable(f"{path.name} has two columns of one name")
    return ComponentFile(path, names, shaped=False, crs="", encoding=used)


def _encoding_of(head: bytes) -> str:
    """UTF-8 when the beginning is, else GB18030, which holds GBK."""
    try:
        head[: len(head) - 4 if len(head) == SNIFFED else None].decode("utf-8")
    except UnicodeDecodeError as why:
        if why.start < len(head) - 8:
            return ENCODINGS[1]
    return ENCODINGS[0]


def _cells(file: ComponentFile) -> Iterator[Chunk]:
    import pyarrow as pa
    from pyarrow import csv

    def skip(row: Any) -> str:
        file.torn.append(row.number)
        return "skip"

    # by one thread: several do not know the numbers of torn rows; empty lines count, too
    reading = csv.ReadOptions(
        column_names=file.columns,
        skip_rows=1,
        block_size=CHUNK_BYTES,
        encoding=file.encoding,
        use_threads=False,
    )
    parsing = csv.ParseOptions(invalid_row_handler=skip, ignore_empty_lines=False)
    text = csv.ConvertOptions(column_types=dict.fromkeys(file.columns, pa.string()))
    last = 1  # the headings
    _check_quotes(file)
    try:
        with csv.open_csv(file.path, reading, parsing, text) as batches:
            for batch in batches:
                numbers = _numbers(last, len(batch), file.torn)
                last = int(numbers[-1]) if len(numbers) else last
                yield _filled(pa.Table.from_batches([batch]), numbers)
    except (pa.ArrowInvalid, UnicodeDecodeError) as why:
        raise Unreadable(f"{file.path.name} cannot be read: {why}", "--encoding") from why


def _check_quotes(file: ComponentFile) -> None:
    """Refuse a table with an open quote: Arrow would take the rest of it for one cell."""
    try:
        with file.path.open(encoding=file.encoding, errors="replace", newline="") as lines:
            csv_rows.check(lines)
    except csv_rows.TornTable as why:
        raise Unreadable(f"{file.path.name}: {why}") from why


def _numbers(last: int, count: int, torn: list[int]) -> Ints:
    """The numbers of the next rows, without those of torn ones."""
    numbers = np.arange(last + 1, last + 1 + count + len(torn), dtype=np.int64)
    return numbers[~np.isin(numbers, torn)][:count]


def _filled(table: Any, numbers: Ints) -> Chunk:
    """The rows of which a cell says something: the others are lines left empty."""
    from pyarrow import compute

    said = np.zeros(len(table), bool)
    for column in table.columns:
        said |= compute.greater(compute.utf8_length(column), 0).fill_null(False).to_numpy()
    return Chunk(table.filter(said) if not said.all() else table, numbers[said])


def _book(path: Path, sheet: str) -> ComponentFile:
    rows = _sheet_rows(path, sheet)
    names = [name.strip() for name in next(rows, [])]
    while names and not names[-1]:
        names.pop()
    if not names:
        raise Unreadable(f"{path.name} is empty", "--layer")
    if len(set(names)) < len(names):
        raise Unreadable(f"{path.name} has two columns of one name")
    return ComponentFile(path, names, shaped=False, crs="", layer=sheet)


def _sheet_rows(path: Path, sheet: str) -> Iterator[list[str]]:
    """The rows of a sheet of an Excel workbook as text, the first sheet when none is named."""
    from zipfile import BadZipFile

    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        found = book[sheet] if sheet else book.worksheets[0]
    except (BadZipFile, InvalidFileException, KeyError, IndexError, ValueError) as why:
        raise Unreadable(f"{path.name} cannot be read: {why}", "--layer") from why
    for row in found.iter_rows(values_only=True):
        yield [_cell(value) for value in row]


def _cell(value: Any) -> str:
    """A number without the .0 that Excel gives it.

    Excel keeps 15 digits of a number: a longer one is no longer what was typed, and is not shown as
    if it were a mark.
    """
    if value is None:
        return ""
    if isinstance(value, int | float) and abs(value) >= EXACT:
        return f"{value:e}"
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _book_cells(file: ComponentFile) -> Iterator[Chunk]:
    import pyarrow as pa

    wide = len(file.columns)
    rows = islice(_sheet_rows(file.path, file.layer), 1, None)
    numbered = enumerate(rows, start=2)
    while part := list(islice(numbered, CHUNK_ROWS)):
        columns = zip(*([*row, *[""] * wide][:wide] for _, row in part), strict=True)
        text = [pa.array(column, pa.string()) for column in columns]
        numbers = np.array([number for number, _ in part], np.int64)
        yield _filled(pa.table(text, names=file.columns), numbers)


def _layer(path: Path, layer: str, encoding: str) -> ComponentFile:
    import pyogrio
    from pyogrio.errors import DataLayerError, DataSourceError

    ask_for_layer(path, layer)
    used = encoding or _attribute_encoding(path)
    try:
        told = pyogrio.read_info(path, layer=layer or None, encoding=used or None)
    except (DataSourceError, DataLayerError, ValueError, UnicodeDecodeError) as why:
        raise Unreadable(f"{path.name} cannot be read: {why}") from why
    if not told["geometry_type"]:
        raise Unreadable(f"{path.name} holds no shapes", "--layer")
    claimed = "" if path.suffix.lower() in SILENT else (told["crs"] or "")
    names = [str(name) for name in told["fields"]]
    return ComponentFile(path, names, shaped=True, crs=claimed, encoding=used, layer=layer)


def _attribute_encoding(path: Path) -> str:
    """Of a Shapefile without .cpg: UTF-8 when its table is, else GB18030; "" where it is known."""
    table = path.with_suffix(".dbf")
    if path.suffix.lower() != ".shp" or path.with_suffix(".cpg").exists() or not table.is_file():
        return ""
    with table.open("rb") as file:
        return _encoding_of(file.read(SNIFFED))


def _shapes(file: ComponentFile) -> Iterator[Chunk]:
    import pyarrow as pa
    from pyogrio.errors import DataLayerError, DataSourceError
    from pyogrio.raw import open_arrow

    options = {"layer": file.layer or None, "encoding": file.encoding or None}
    with ExitStack() as stack:
        try:
            told, stream = stack.enter_context(
                open_arrow(file.path, batch_size=CHUNK_ROWS, use_pyarrow=True, **options)
            )
        except (DataSourceError, DataLayerError, ValueError) as why:
            raise Unreadable(f"{file.path.name} cannot be read: {why}") from why
        first = 1
        for batch in stream:
            table = pa.Table.from_batches([batch])
            numbers = np.arange(first, first + len(table), dtype=np.int64)
            first += len(table)
            yield _chunk(table, numbers, told["geometry_name"] or "wkb_geometry", file.columns)


def _chunk(table: Any, numbers: Ints, geometry: str, names: list[str]) -> Chunk:
    import pyarrow as pa

    shapes = shapely.from_wkb(table[geometry].to_numpy(zero_copy_only=False), on_invalid="ignore")
    points = np.where(shapely.get_type_id(shapes) == 0, shapes, shapely.centroid(shapes))
    text = [table[name].cast(pa.string()) for name in names]
    rows = pa.table(text, names=names)
    return Chunk(rows, numbers, shapely.get_x(points), shapely.get_y(points))
