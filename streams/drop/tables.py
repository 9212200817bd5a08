"""A table of any file: its columns and its rows by number, as a spreadsheet numbers them."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from itertools import islice, zip_longest
from typing import Any, NamedTuple

from app.errors import Rejected
from layouts.text import say
from streams.drop import workbook

LIMIT_BYTES = 8 * 1024 * 1024  # default: as large as an upload may be
ROWS = 20_000  # default: a month of a district's hotline
COLUMNS = 200
CELL = 10_000  # characters
HEADER_WITHIN = 10  # titles and notes may stand above the header
NEARLY = 0.7  # of the fullest row: a header may have nameless columns, a title has one cell
SEPARATORS = ",\t;|"
_BLANKS = re.compile(r"\s+")
# how exports force a spreadsheet to leave a number alone: ="0519…", '0519…, or a tab at its end
_FORCED = re.compile(r"""="(.*)"|'([+\d][\d +()-]*)""", re.DOTALL)
# what many systems call .xls is a page of HTML or XML
_PAGE = re.compile(r"\s*<(?:!doctype|html|head|meta|style|table|\?xml)\b", re.IGNORECASE)

Cells = dict[str, Any]


class Row(NamedTuple):
    """One row; `number` is what the spreadsheet shows at its left."""

    number: int
    cells: Cells


class Table(NamedTuple):
    """The columns by name, and the rows under them that say something."""

    columns: tuple[str, ...]
    rows: list[Row]


def read(content: bytes, wanted: Collection[str] = (), sheet: str = "") -> Table:
    """The table in the bytes of a CSV or XLSX file; Rejected for the file as a whole.

    The header is the first of the rows at the top that has most of the `wanted` columns, or most
    columns. CSV is UTF-8, GB18030 or UTF-16 with any usual separator.
    """
    if len(content) > LIMIT_BYTES:
        size = {"mb": len(content) >> 20, "most": LIMIT_BYTES >> 20}
        raise Rejected("too_large", say("drop.large_file", **size))
    if content[:4] == b"PK\x03\x04":
        rows: Iterable[Sequence[Any]] = workbook.rows(content, sheet, ROWS + 1, COLUMNS)
    elif content[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise Rejected("not_table", say("drop.old_book"))
    else:
        said = text(content)
        if _PAGE.match(said):
            raise Rejected("not_table", say("drop.web_page"))
        rows = _csv(said)
    return _table(list(islice(rows, ROWS + HEADER_WITHIN + 1)), wanted)


def text(content: bytes) -> str:
    """The text of a file: UTF-8, GB18030 (with or without mark) or UTF-16 with a mark."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        codings: tuple[str, ...] = ("utf-16",)
    else:
        codings = ("utf-8-sig", "gb18030")
    for coding in codings:
        try:
            said = content.decode(coding)
        except UnicodeDecodeError:
            continue
        if "\0" not in said:
            return said
    raise Rejected("not_table", say("drop.no_text"))


def _csv(said: str) -> Iterable[list[str]]:
    separator = _separator(said)
    # strict: a quote that is not closed would swallow the rows that follow
    reader = csv.reader(io.StringIO(said, newline=""), delimiter=separator, strict=True)
    try:
        yield from reader
    except csv.Error as why:
        raise Rejected("not_table", say("drop.bad_quotes", line=reader.line_num)) from why


def _separator(said: str) -> str:
    """The separator that cuts the records at the top most alike, and then into most cells."""
    top = said[:65_536]

    def cuts(separator: str) -> tuple[float, int]:
        try:
            widths = [len(r) for r in csv.reader(io.StringIO(top, newline=""), delimiter=separator)]
        except csv.Error:
            return 0.0, 0
        whole = widths[:-1] if len(top) < len(said) else widths  # the last one is cut off
        usual, often = Counter(filter(None, whole)).most_common(1)[0] if any(whole) else (1, 0)
        return (often / len(whole), usual) if usual > 1 else (0.0, 0)

    return max(SEPARATORS, key=cuts)


def _table(rows: list[Sequence[Any]], wanted: Collection[str]) -> Table:
    cleaned = [[_cell(value) for value in row] for row in rows]
    at = _header(cleaned[:HEADER_WITHIN], wanted)
    heads = cleaned[at]
    if _goes_on(heads, cleaned[at + 1] if at + 1 < len(cleaned) else []):
        at += 1
        heads = [below or above for above, below in zip_longest(heads, cleaned[at], fillvalue="")]
    columns = _names(heads)
    if len(columns) > COLUMNS:
        raise Rejected("too_large", say("drop.many_columns", n=len(columns), most=COLUMNS))
    found = []
    for number, row in enumerate(cleaned[at + 1 :], at + 2):
        cells = {name: value for name, value in zip(columns, row, strict=False) if value != ""}
        if cells:
            found.append(Row(number, cells))
    if len(found) > ROWS:
        raise Rejected("too_large", say("drop.many_rows", most=ROWS))
    return Table(columns, found)


def _header(rows: list[list[Any]], wanted: Collection[str]) -> int:
    """The first row with most of the wanted columns; among these, one that is nearly full."""
    names = [[_name(value) for value in row if isinstance(value, str) and value] for row in rows]
    if not any(names):
        raise Rejected("not_table", say("drop.no_header"))
    hits = [len(set(row) & set(wanted)) for row in names]
    best = [n for n, found in enumerate(hits) if found == max(hits)]
    full = max(len(names[n]) for n in best) * NEARLY
    return next(n for n in best if names[n] and len(names[n]) >= full)


def _goes_on(above: list[Any], below: list[Any]) -> bool:
    """Whether a header has a second row: names under merged cells, and nothing elsewhere.

    A merged cell has its name in its first column, and none in the others it spans. The first
    column is that of the number of a row: an order has one, a second row of names has none there.
    """
    under = [n for n, value in enumerate(below) if value != ""]
    nameless = {n for n in range(max(len(above), len(below))) if not any(above[n : n + 1])}
    spanned = {n for n in range(len(below)) if n in nameless or n + 1 in nameless}
    names = all(isinstance(below[n], str) and not below[n][:1].isdigit() for n in under)
    return names and 0 not in under and bool(nameless & set(under)) and set(under) <= spanned


def _names(header: list[Any]) -> tuple[str, ...]:
    """Names of all columns: nameless ones by their place, twins with their number."""
    seen: Counter[str] = Counter()
    names = []
    for n, value in enumerate(header, 1):
        name = _name(value) or f"第{n}列"
        seen[name] += 1
        names.append(f"{name} ({seen[name]})" if seen[name] > 1 else name)
    while names and names[-1] == f"第{len(names)}列":
        names.pop()
    return tuple(names)


def _name(value: Any) -> str:
    return _BLANKS.sub(" ", str(value)).strip(" *：:\ufeff")[:100]


def _cell(value: Any) -> Any:
    """A cell without what only spreadsheets need; an empty one is ""."""
    if value is None:
        return ""
    if not isinstance(value, str):
        return value
    said = value.strip()
    forced = _FORCED.fullmatch(said)
    return (forced[1] or forced[2] or "").strip() if forced else said
