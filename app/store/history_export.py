"""Readings, or a table of them, as a file for other people: CSV for a spreadsheet, or Parquet.

DuckDB streams from the files of the history into the new one: memory does not grow with the rows.
In CSV moments are Beijing times, the beginning is the mark by which Excel knows UTF-8, and a text
that a spreadsheet would run has an apostrophe before it. Parquet is as it is stored, in UTC.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.store import history_tables as tables
from app.store.history import DISTRICT_DIGITS, History
from app.store.history_files import put
from app.store.history_query import quoted, read, write

RAW = "raw"
LEVELS = (RAW, *tables.LEVELS)
# the same texts as app.domain.cells, told to DuckDB (a test compares them)
_SPACE = r"[\s\x{0B}\x{1C}-\x{1F}\x{85}\p{Z}\x{FEFF}]"
RUNS = rf"(?:\A|[\t\r\n]){_SPACE}*[=+\-@＝＋－＠|%]|\A[\t\r\n]"
NUMBER = r"[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?"
BOM = "\ufeff"
MOMENT = "%Y-%m-%d %H:%M:%S.%g"
CSV = "format csv, header"
PARQUET = "format parquet, compression zstd, row_group_size 50000"

WORDS = ("device", "kind", "metric", "area")
MOMENTS = ("at", "arrived", "last_at")
OF_READINGS = ("device", "kind", "metric", "area", "at", "arrived", "value", "quality", "doubts")
OF_TABLES = (
    *("device", "kind", "metric", "area", "at", "low", "high", "mean", "last", "last_at"),
    *("count", "doubtful", "bad"),
)


@dataclass(frozen=True)
class Wanted:
    """Which rows: a device or kind exactly, an area as a prefix, [since, until) in epoch ms."""

    since: int
    until: int
    device: str = ""
    kind: str = ""
    area: str = ""
    level: str = RAW


def export(
    history: History, out: Path, wanted: Wanted, headings: Mapping[str, str] | None = None
) -> int:
    """Write what is wanted to `out` (.csv or .parquet); returns the number of rows, 0: no file.

    `headings` name the columns of a CSV. Nothing half done is left. OSError when the disk is full,
    and when files were merged away under the reading three times.
    """
    draft = out.with_name(f".{out.name}.tmp")
    try:
        rows = _write(history, draft, wanted, (headings or {}) if out.suffix == ".csv" else None)
        if rows:
            put(draft, out)
        return rows
    finally:
        draft.unlink(missing_ok=True)


def _write(
    history: History, draft: Path, wanted: Wanted, headings: Mapping[str, str] | None
) -> int:
    tries = 3
    while True:
        tries -= 1
        command = _command(history, draft, wanted, headings)
        try:
            return write(command, draft.parent) if command else 0
        except OSError:
            if not tries:
                raise


def _command(
    history: History, draft: Path, wanted: Wanted, headings: Mapping[str, str] | None
) -> str:
    """The COPY, "" when there are no files of that time; `headings` None is Parquet."""
    district = wanted.area if len(wanted.area) >= DISTRICT_DIGITS else ""
    files = history.files(wanted.since, wanted.until, district)
    if not files:
        return ""
    columns = OF_READINGS if wanted.level == RAW else OF_TABLES
    cell = _plain if headings is None else _cell(headings)
    names = ", ".join(map(cell, columns))
    source = f"({_source(history, wanted.level, files)}) as r"  # a cell may be called like a column
    rows = f"select {names} from {source} where {_where(wanted)}"
    return f"copy ({rows}) to {quoted(draft)} ({PARQUET if headings is None else CSV})"


def _where(wanted: Wanted) -> str:
    parts = [
        f'r."at" >= make_timestamp_ms({wanted.since})::timestamptz',
        f'r."at" < make_timestamp_ms({wanted.until})::timestamptz',
    ]
    if wanted.device:
        parts.append(f"r.device = {quoted(wanted.device)}")
    if wanted.kind:
        parts.append(f"r.kind = {quoted(wanted.kind)}")
    if wanted.area:
        parts.append(f"starts_with(r.area, {quoted(wanted.area)})")
    return " and ".join(parts)


def _source(history: History, level: str, files: Sequence[Path]) -> str:
    """The rows as SQL; a stretch of a table is one row also where several files know of it."""
    if level == RAW:
        # a column that no file has yet is there all the same
        return (
            "select * replace (coalesce(doubts, 0) as doubts) from "
            f"(select * from {read(files)} "
            "union all by name select 0::utinyint as doubts where false)"
        )
    by_folder: dict[Path, list[Path]] = {}
    for file in files:
        by_folder.setdefault(file.parent, []).append(file)
    alone = [found[0] for found in by_folder.values() if len(found) == 1]
    among = [file for found in by_folder.values() if len(found) > 1 for file in found]
    cleared = history.cleared_up_to()
    whole, lacking = tables.chosen(history.path, level, alone, cleared)
    summed, plain = tables.chosen(history.path, level, among, cleared)
    parts = [f"select * from {read(whole)}"] if whole else []
    mixed = [f"select * from {read(summed)}"] if summed else []
    if lacking or plain:
        begin = tables.stretch(tables.WIDTH_MS[level])
        mixed.append(tables.OF_READINGS.format(stretch=begin, source=read([*lacking, *plain])))
    if mixed:
        source = f"({' union all by name '.join(mixed)})"
        parts.append(tables.OF_TABLES.format(stretch='"at"', source=source))
    return " union all by name ".join(parts)


def _plain(name: str) -> str:
    return f'r."{name}"'


def _cell(headings: Mapping[str, str]) -> Callable[[str], str]:
    """How a column becomes a cell of CSV."""

    def cell(name: str) -> str:
        heading = headings.get(name, name).replace('"', "'")
        mark = BOM if name == OF_READINGS[0] else ""
        return f'{_harmless(name)} as "{mark}{heading}"'

    return cell


def _harmless(name: str) -> str:
    column = f'r."{name}"'
    if name in MOMENTS:
        beijing = f"make_timestamp_ms(epoch_ms({column}) + {tables.BEIJING_MS})"
        return f"strftime({beijing}, '{MOMENT}')"
    return harmless(column) if name in WORDS else column


def harmless(text: str) -> str:
    """The SQL of a text as a cell that no spreadsheet runs."""
    runs = f"regexp_matches({text}, {quoted(RUNS)})"
    number = f"regexp_full_match({text}, {quoted(NUMBER)})"
    return f"case when {runs} and not {number} then chr(39) || {text} else {text}::varchar end"
