"""The minute, hour and day tables: what the readings of each merged file come to.

Beside `day=…/district=…/X.parquet` lie `minute/day=…/district=…/X.parquet` and the same under
`hour/` and `daily/`: one row per device, metric and stretch of time of the readings in X. Rows of
one stretch in several files add up. A table counts as long as its X does, so that merging, late
readings and crashes need no bookkeeping of their own: a merged file without tables gets them, and
whoever asks reads the readings themselves of a file that has none yet.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from app.store.history_files import PART, put
from app.store.history_query import ask, quoted, read, write

MINUTE, HOUR, DAILY = "minute", "hour", "daily"
WIDTH_MS = {MINUTE: 60_000, HOUR: 3_600_000, DAILY: 86_400_000}
LEVELS = tuple(WIDTH_MS)
BEIJING_MS = 8 * 3_600_000  # hours and days begin where they do in Beijing
GROUP_ROWS = 50_000

# doubtful: not of good quality (the bad ones too); a bad reading is in count and in nothing else
OF_READINGS = """
select device, kind, metric, {stretch} as "at",
  min(value) filter (quality <> 2) as low, max(value) filter (quality <> 2) as high,
  avg(value) filter (quality <> 2) as mean,
  arg_max(value, "at") filter (quality <> 2) as last,
  max("at") filter (quality <> 2) as last_at,
  count(*) as count, count(*) filter (quality in (1, 2)) as doubtful,
  count(*) filter (quality = 2) as bad, arg_max(area, "at") as area
from {source} group by all
"""
OF_TABLES = """
select device, kind, metric, {stretch} as "at",
  min(low) as low, max(high) as high,
  sum(mean * (count - bad)) / nullif(sum(count - bad), 0) as mean,
  arg_max(last, last_at) as last, max(last_at) as last_at,
  sum(count)::bigint as count, sum(doubtful)::bigint as doubtful,
  sum(bad)::bigint as bad, coalesce(arg_max(area, last_at), any_value(area)) as area
from {source} group by all
"""
SORTED = 'select * from ({rows}) order by device, metric, "at"'
COPY = "copy ({rows}) to {draft} (format parquet, compression zstd, row_group_size {group})"


def stretch(width_ms: int, moment: str = '"at"') -> str:
    """SQL for the beginning of a moment's stretch of time, as a timestamp of UTC."""
    ms = f"epoch_ms({moment})"
    since = f"({ms} + {BEIJING_MS}) // {width_ms} * {width_ms} - {BEIJING_MS}"
    return f"make_timestamp_ms({since})::timestamptz"


def table_of(root: Path, level: str, file: Path) -> Path:
    """Where the table of a file of readings lies."""
    return root / level / file.relative_to(root)


def lacking(root: Path, file: Path, levels: Sequence[str] = LEVELS) -> bool:
    """Whether a merged file has not all of its tables."""
    if file.name.startswith(PART):
        return False
    return not all(table_of(root, level, file).exists() for level in levels)


def build(root: Path, file: Path) -> None:
    """Make the tables of a merged file, each from the finer one. OSError when the disk is full."""
    source, rows = file, OF_READINGS
    for level in LEVELS:
        path = table_of(root, level, file)
        question = rows.format(stretch=stretch(WIDTH_MS[level]), source=read([source]))
        make(root, SORTED.format(rows=question), path, GROUP_ROWS)
        source, rows = path, OF_TABLES


def make(root: Path, rows: str, path: Path, group: int) -> None:
    """Write the rows of a question as one table, in groups of so many rows. OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".tmp")
    try:
        write(COPY.format(rows=rows, draft=quoted(draft), group=group), root)
        put(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def drop(root: Path, file: Path, levels: Sequence[str] = LEVELS) -> None:
    """Forget the tables of a file that a larger one holds now."""
    for level in levels:
        table_of(root, level, file).unlink(missing_ok=True)


def tell(root: Path, level: str, file: Path, kinds: str) -> int:
    """How many readings of some kinds (a condition of SQL) the table of a file has counted."""
    source = read([table_of(root, level, file)])
    ((count,),) = ask(f"select coalesce(sum(count), 0) from {source} where {kinds}")
    return int(count)


def chosen(
    root: Path, level: str, files: Sequence[Path], cleared: str
) -> tuple[list[Path], list[Path]]:
    """(tables, files of readings) that together tell everything in some files once.

    Of the days up to `cleared` readings and minutes are deleted: there hours are the finest.
    """
    tables: list[Path] = []
    plain: list[Path] = []
    for file in files:
        old = level == MINUTE and file.parent.parent.name.removeprefix("day=") <= cleared
        table = table_of(root, HOUR if old else level, file)
        if not file.name.startswith(PART) and table.exists():
            tables.append(table)
        else:
            plain.append(file)
    return tables, plain
