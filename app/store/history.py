"""What happened: readings as Parquet by day and district, read with DuckDB.

A file is named after the first and last stream entry that it was made from; writing it again
replaces it, so that a crash between writing and acknowledging neither loses nor doubles anything.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from app.domain.readings import Readings

BEIJING = timezone(timedelta(hours=8))
DISTRICT_DIGITS = 6
NOWHERE = "none"

SCHEMA = pa.schema(
    [
        ("device", pa.dictionary(pa.int32(), pa.string())),
        ("kind", pa.dictionary(pa.int32(), pa.string())),
        ("metric", pa.dictionary(pa.int32(), pa.string())),
        ("at", pa.timestamp("ms", tz="UTC")),
        ("arrived", pa.timestamp("ms", tz="UTC")),
        ("value", pa.float64()),
        ("quality", pa.uint8()),
        ("area", pa.dictionary(pa.int32(), pa.string())),
    ]
)

CURVE = """
select epoch_ms("at") as ms, max(value)
from read_parquet($files, hive_partitioning = false)
where device = $device and metric = $metric and quality <> 2
  and "at" between to_timestamp($since) and to_timestamp($until)
group by ms order by ms
"""


class History:
    """The readings under one folder; writing is for one process, reading for any thread."""

    def __init__(self, path: Path) -> None:
        self.path = path

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
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".tmp")
        table = pa.Table.from_pydict(_columns(readings), schema=SCHEMA)
        with draft.open("wb") as file:
            pq.write_table(table, file, compression="zstd")
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        _sync_folder(path.parent)
        return path

    def curve(
        self, device: str, metric: str, since_ms: int, until_ms: int
    ) -> list[tuple[int, float]]:
        """The values of a device's metric in a time, oldest first, bad ones left out.

        Reads only the days it needs; a time without files gives an empty list.
        """
        files = [str(path) for path in self.files(since_ms, until_ms)]
        if not files:
            return []
        asked = {
            "files": files,
            "device": device,
            "metric": metric,
            "since": since_ms / 1000,
            "until": until_ms / 1000,
        }
        with duckdb.connect(config={"threads": 2}) as connection:
            return connection.execute(CURVE, asked).fetchall()

    def files(self, since_ms: int, until_ms: int) -> list[Path]:
        """The files whose day lies between two moments."""
        first, last = _day(since_ms), _day(until_ms)
        days = sorted(self.path.glob("day=*")) if self.path.exists() else []
        wanted = [day for day in days if first <= day.name.removeprefix("day=") <= last]
        return [file for day in wanted for file in sorted(day.glob("district=*/*.parquet"))]


def _columns(readings: Iterable[Readings]) -> dict[str, list[Any]]:
    rows = [
        (r.device, r.kind, metric, r.at, r.arrived, value, r.quality, r.area)
        for r in readings
        for metric, value in r.metrics.items()
    ]
    return {
        name: list(column)
        for name, column in zip(SCHEMA.names, zip(*rows, strict=True), strict=True)
    }


def _district(area: str) -> str:
    """The folder's name: six digits, and nothing else gets into a path."""
    district = area[:DISTRICT_DIGITS]
    return district if len(district) == DISTRICT_DIGITS and district.isdecimal() else NOWHERE


def _day(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).astimezone(BEIJING).strftime("%Y-%m-%d")


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
