"""The readings of the last days once more, in the order in which they came: for replays.

A merged file is in the order of devices, for curves; a moment of the city would have to unpack
hours of it. Beside `day=…/district=…/X.parquet` lie
  `arrival/day=…/district=…/X.parquet`: the readings of X that were ever shown, two minutes of
  arrival after the other, so that a quarter of an hour is a few groups of rows;
  `newest/day=…/district=…/X.parquet`: of each quarter of an hour the newest of each device and
  metric, as if only that had come, for who has not spoken for some time.
They count as long as X does, and whoever finds none reads X.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from app.store import history_tables as tables
from app.store.history_query import read
from app.store.history_tables import table_of

ARRIVAL, NEWEST = "arrival", "newest"
LEVELS = (ARRIVAL, NEWEST)
QUARTER_MS = 15 * 60_000
LATE = 32  # quality.Doubt.LATE: it came after a newer one and was never shown
GROUP_ROWS = 25_000
# a history of before a column lacks it in all of its files
COLUMNS = "(select * from {source} union all by name select 0::utinyint as doubts where false)"
SHOWN = f"quality <> 3 and coalesce(doubts, 0) & {LATE} = 0"
OF_READINGS = """
select device, metric, "at", arrived, value, quality from {source} where {shown}
order by epoch_ms(arrived) // 120000, device, metric, "at"
"""
OF_ARRIVAL = """
select device, metric, max("at") as "at", max(arrived) as arrived,
  arg_max(value, "at") as value, arg_max(quality, "at") as quality
from {source} group by device, metric, (epoch_ms(arrived) - 1) // {quarter}
order by (epoch_ms(max(arrived)) - 1) // {quarter}, device, metric
"""


def lacking(root: Path, file: Path) -> bool:
    """Whether a merged file has not both."""
    return tables.lacking(root, file, LEVELS)


def build(root: Path, file: Path) -> None:
    """Make both for a merged file. OSError when the disk is full."""
    readings = COLUMNS.format(source=read([file]))
    arrival, newest = (table_of(root, level, file) for level in (ARRIVAL, NEWEST))
    for path, rows in (
        (arrival, OF_READINGS.format(source=readings, shown=SHOWN)),
        (newest, OF_ARRIVAL.format(source=read([arrival]), quarter=QUARTER_MS)),
    ):
        tables.make(root, rows, path, GROUP_ROWS)


def drop(root: Path, file: Path) -> None:
    """Forget what was made of a file that is gone, or from which readings are deleted."""
    tables.drop(root, file, LEVELS)


def chosen(root: Path, files: Sequence[Path], level: str = ARRIVAL) -> list[Path]:
    """Of each file the table of a level where there is one, else itself."""
    return [
        file if not (table := table_of(root, level, file)).exists() else table for file in files
    ]


def thin(root: Path, before: str) -> int:
    """Forget the days before one (2026-11-22): nobody looks at them so often; returns how many.

    Folders in which nothing is left go, of any day.
    """
    every = [path for level in LEVELS for path in (root / level).glob("day=*/*/*")]
    old = [path for path in every if path.parent.parent.name.removeprefix("day=") < before]
    for path in old:
        path.unlink(missing_ok=True)
    for level in LEVELS:
        for day in (root / level).glob("day=*"):
            for folder in (*day.glob("*"), day):
                with suppress(OSError):  # it still holds something
                    folder.rmdir()
    return len(old)
