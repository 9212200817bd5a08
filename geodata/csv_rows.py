"""The rows of a CSV text by its heading, each with its number as a spreadsheet shows it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import zip_longest


class TornTable(ValueError):
    """A quote is not closed, or goes on after it is closed: where a cell ends is not certain."""


def read(text: str) -> tuple[list[str], Iterator[tuple[int, dict[str, str]]]]:
    """The heading, and the rows under it by number (the heading is row 1), empty ones left out.

    What a row lacks is "", what it has too much is dropped. A quote inside a bare cell is a
    character as any other. TornTable, while reading, says in which row a torn cell begins.
    """
    rows = _numbered(io.StringIO(text, newline=""))
    _, heads = next(rows, (1, []))
    return heads, ((number, _by(heads, cells)) for number, cells in rows if cells)


def check(lines: Iterable[str]) -> None:
    """Raise TornTable when a cell of a table is torn."""
    for _ in _numbered(lines):
        pass


def _by(heads: list[str], cells: list[str]) -> dict[str, str]:
    return dict(zip_longest(heads, cells[: len(heads)], fillvalue=""))


def _numbered(lines: Iterable[str]) -> Iterator[tuple[int, list[str]]]:
    number = 0
    try:
        for number, cells in enumerate(csv.reader(lines, strict=True), 1):
            yield number, cells
    except csv.Error as why:
        raise TornTable(f"row {number + 1}: check its quotes ({why})") from why
