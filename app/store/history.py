"""What happened: readings as Parquet by day and district, read with DuckDB.

A file is named after the first and last stream entry that it was made from; writing it again
replaces it, so that a crash between writing and acknowledging neither loses nor doubles anything.
Small files become large ones later (see history_files). pyarrow and duckdb are imported where they
are used: most roles never do.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Any

from app.domain.readings import Readings
from app.store.history_files import compact, put, visible

BEIJING = timezone(timedelta(hours=8))
DISTRICT_DIGITS = 6
NOWHERE = "none"

COLUMNS = ("device", "kind", "metric", "at", "arrived", "value", "quality", "area")
MERGE_MEMORY = "256MB"  # default: what does not fit is sorted on disk

CURVE = """
select epoch_ms("at") as ms, max(value)
from read_parquet($files, hive_partitioning = false)
where device = $device and metric = $metric and quality <> 2
  and "at" between to_timestamp($since) and to_timestamp($until)
group by ms order by ms
"""
# in the order of the question above, so that a curve reads few groups of rows
MERGE = """
copy (
  select * from read_parquet({files}, hive_partitioning = false) order by device, metric, "at"
) to {draft} (format parquet, compression zstd, row_group_size 50000)
"""


class History:
    """The readings under one folder; writing is for one process, reading for any thread."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the history as its only writer; BlockingIOError while another process does."""
        self.path.mkdir(parents=True, exist_ok=True)
        with (self.path / "writer.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield

    def write(self, entries: Sequence[tuple[str, Readings]]) -> list[Path]:
        """Write stream entries (id, readings) as one file per day and district; on disk on return.

        The day is the Beijing day of the event time. OSError when the disk is full.
        """
        if not entries:
            return []
        name = f"part-{entries[0][0]}-{entries[-1][0]}.parquet"
        parts: dict[tuple[str, str], list[Readings]] = {}
        for _, r in entries:
            parts.setdefault((_day(r.at), _district(r.area)), []).append(r)
        return [
            self._write_part(self.path / f"day={day}" / f"district={district}" / name, readings)
            for (day, district), readings in parts.items()
        ]

    def _write_part(self, path: Path, readings: Sequence[Readings]) -> Path:
        import pyarrow as pa
        import pyarrow.parquet as pq

        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".tmp")
        pq.write_table(pa.table(_columns(readings), schema=_schema()), draft, compression="zstd")
        put(draft, path)
        return path

    def compact(self, since_ms: int = 0) -> int:
        """Merge the small files of each folder from that day on; returns how many were merged.

        Readers go on meanwhile. OSError when the disk is full.
        """
        first = _day(since_ms)
        folders = self.path.glob("day=*/district=*")
        return sum(compact(f, _merge) for f in folders if f.parent.name[4:] >= first)

    def curve(
        self, device: str, metric: str, since_ms: int, until_ms: int, area: str = ""
    ) -> list[tuple[int, float]]:
        """The values of a device's metric in a time, oldest first, bad ones left out.

        Reads only the days it needs, and with the device's `area` only its district and what was
        nowhere then. A time without files gives an empty list. OSError when a file is unreadable.
        """
        asked = {
            "device": device,
            "metric": metric,
            "since": since_ms / 1000,
            "until": until_ms / 1000,
        }
        try:
            return _ask(self.files(since_ms, until_ms, area), asked)
        except OSError:
            # merged away since it was listed: what it held is in another file now
            return _ask(self.files(since_ms, until_ms, area), asked)

    def files(self, since_ms: int, until_ms: int, area: str = "") -> list[Path]:
        """The files whose day lies between two moments, of every district or of an area's."""
        first, last = _day(since_ms), _day(until_ms)
        district = f"district={_district(area)}" if area else "district=*"
        found = {*self.path.glob(f"day=*/{district}"), *self.path.glob(f"day=*/district={NOWHERE}")}
        wanted = sorted(f for f in found if first <= f.parent.name.removeprefix("day=") <= last)
        return [file for folder in wanted for file in visible(folder)]


def _ask(files: Sequence[Path], asked: dict[str, Any]) -> list[tuple[int, float]]:
    import duckdb

    if not files:
        return []
    try:
        with duckdb.connect(config={"threads": 2}) as connection:
            named = {"files": [str(path) for path in files]}
            return connection.execute(CURVE, asked | named).fetchall()
    except duckdb.Error as why:
        raise OSError(f"the history cannot be read: {why}") from why


def _merge(files: Sequence[Path], draft: Path) -> None:
    import duckdb

    listed = "[" + ", ".join(_quoted(path) for path in files) + "]"
    limits: dict[str, Any] = {
        "threads": 1,
        "memory_limit": MERGE_MEMORY,
        "temp_directory": str(draft.with_suffix(".sorting")),
    }
    try:
        with duckdb.connect(config=limits) as connection:
            connection.execute(MERGE.format(files=listed, draft=_quoted(draft)))
    except duckdb.Error as why:
        raise OSError(f"the history cannot be merged: {why}") from why


def _quoted(path: Path) -> str:
    """A path as an SQL string: COPY takes no parameters."""
    return "'" + str(path).replace("'", "''") + "'"


@cache
def _schema() -> Any:
    import pyarrow as pa

    word, moment = pa.dictionary(pa.int32(), pa.string()), pa.timestamp("ms", tz="UTC")
    types = (word, word, word, moment, moment, pa.float64(), pa.uint8(), word)
    return pa.schema(list(zip(COLUMNS, types, strict=True)))


def _columns(readings: Iterable[Readings]) -> dict[str, list[Any]]:
    rows = [
        (r.device, r.kind, metric, r.at, r.arrived, value, r.quality, r.area)
        for r in readings
        for metric, value in r.metrics.items()
    ]
    # a late reading without metrics is none: there may be no row at all
    columns = zip(*rows, strict=True) if rows else ((),) * len(COLUMNS)
    return {name: list(column) for name, column in zip(COLUMNS, columns, strict=True)}


def _district(area: str) -> str:
    """The folder's name: six digits, and nothing else gets into a path."""
    district = area[:DISTRICT_DIGITS]
    return district if len(district) == DISTRICT_DIGITS and district.isdecimal() else NOWHERE


def _day(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).astimezone(BEIJING).strftime("%Y-%m-%d")
