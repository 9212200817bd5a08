"""XLSX files of strangers: what is packed in them is measured before anything is opened.

openpyxl reads row by row and, with defusedxml beside it, takes no entities. python-calamine is
faster, but two far-off cells in 5 KB made it ask for 512 GB and abort the process (measured).
"""

from __future__ import annotations

import datetime as clock
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from typing import Any

import openpyxl

from app.errors import Rejected
from layouts.text import say

ENTRIES = 1000
PART_BYTES = 32 << 20  # of a sheet or its texts, inflated
OTHER_BYTES = 4 << 20  # of any other part that is parsed as a whole
WHOLE_BYTES = 96 << 20
TAGS = 100_000  # between two rows; a tag costs 250 bytes once it is parsed
STRING_TAGS = 4_000_000
PLAIN = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_ROW = re.compile(rb"<(?:\w{1,20}:)?row\b")
_SHEETS = re.compile(r"xl/worksheets/[^/]+", re.IGNORECASE)
_STRINGS = re.compile(r"xl/sharedstrings[^/]*", re.IGNORECASE)
# what openpyxl and the packing raise on parts that somebody has tampered with
TORN = (
    *(zipfile.BadZipFile, zlib.error, struct.error, OSError, EOFError, SyntaxError),
    *(ValueError, TypeError, LookupError, AttributeError, ArithmeticError),
    *(NotImplementedError, RecursionError, UnicodeError, RuntimeError),
)


def rows(content: bytes, sheet: str, most: int, columns: int) -> Iterator[Sequence[Any]]:
    """The first rows of the sheet named, else of the first; raises Rejected.

    Formulas are what was last computed; moments are ISO-8601 texts without a zone.
    """
    try:
        _measure(content)
        book = openpyxl.load_workbook(
            io.BytesIO(content), read_only=True, data_only=True, keep_links=False
        )
        yield from _rows(book, sheet, most, columns)
    except Rejected:
        raise
    except TORN as why:
        raise Rejected("not_table", say("drop.torn", why=type(why).__name__)) from why


def _rows(book: Any, sheet: str, most: int, columns: int) -> Iterator[Sequence[Any]]:
    names = [each.title for each in book.worksheets]
    if sheet and sheet not in names:
        known = "、".join(name[:40] for name in names[:20])
        raise Rejected("not_table", say("drop.no_sheet", sheet=sheet, known=known))
    if not names:
        raise Rejected("not_table", say("drop.sheetless"))
    page = book[sheet or names[0]]
    # what the file says of its size may be wrong; one row and column more tell that it is larger
    page.reset_dimensions()
    for row in page.iter_rows(max_row=most + 10, max_col=columns + 1, values_only=True):
        used = columns + 1
        while used and row[used - 1] is None:
            used -= 1
        yield [_plain(value) for value in row[:used]]


def _plain(value: Any) -> Any:
    if isinstance(value, clock.datetime):
        return value.replace(tzinfo=None).isoformat(timespec="seconds")
    if isinstance(value, clock.date):
        return value.isoformat()
    if isinstance(value, clock.time | clock.timedelta):
        return str(value)
    return value


def _measure(content: bytes) -> None:
    """Refuse what swells; zipfile never gives out more than the size that an entry declares."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        entries = packed.infolist()
        whole = sum(entry.file_size for entry in entries)
        if len(entries) > ENTRIES or whole > WHOLE_BYTES:
            raise Rejected("zip_bomb", say("drop.swells", mb=whole >> 20, n=len(entries)))
        if len({entry.filename for entry in entries}) != len(entries):
            raise Rejected("zip_bomb", say("drop.twins"))
        for entry in entries:
            if entry.flag_bits & 1 or entry.compress_type not in PLAIN:
                raise Rejected("not_table", say("drop.odd_packing"))
            _measure_part(packed, entry)


def _measure_part(packed: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """Any part could be what the workbook calls a sheet, so none may have endless rows."""
    large = not entry.filename.lower().endswith((".xml", ".rels"))  # pictures
    large = large or bool(_SHEETS.fullmatch(entry.filename) or _STRINGS.fullmatch(entry.filename))
    if entry.file_size > (PART_BYTES if large else OTHER_BYTES):
        said = say("drop.part_swells", part=entry.filename[:60], mb=entry.file_size >> 20)
        raise Rejected("zip_bomb", said)
    part = packed.read(entry)
    if _STRINGS.fullmatch(entry.filename):
        crowded = part.count(b"<") > STRING_TAGS
    else:
        crowded = any(row.count(b"<") > TAGS for row in _ROW.split(part))
    if crowded:
        raise Rejected("zip_bomb", say("drop.part_crowded", part=entry.filename[:60]))
