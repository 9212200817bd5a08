"""Two days of a city of devices that speak once a minute, as the archive leaves them at 9:30.

Yesterday's last hours are one closed file; today is a file of 8 hours, two of 32 minutes and a file
for each minute since then. A fiftieth of the devices is silent in any hour, each time others.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from app.store.history import GROUP_ROWS, History, day_of, schema

DISTRICT = "district=320404"
MINUTE_MS, HOUR_MS, DAY_MS = 60_000, 3_600_000, 86_400_000
TODAY = int(datetime(2026, 11, 21, 16, tzinfo=UTC).timestamp() * 1000)  # Beijing: 2026-11-22
NOW = TODAY + 9 * HOUR_MS + 30 * MINUTE_MS
SILENT = 50  # one of so many devices, each hour


def pieces(hours: int) -> Iterator[tuple[str, int, int]]:
    """Each file: the beginning of its name, its first moment, how many minutes it holds."""
    yield "closed-", TODAY - hours * HOUR_MS, hours * 60
    first = TODAY + (8 - hours) * HOUR_MS
    for name, minutes in (("merged-2-", hours * 60), ("merged-1-", 32), ("merged-1-", 32)):
        yield name, first, minutes
        first += minutes * MINUTE_MS
    while first < NOW:
        yield "part-", first, 1
        first += MINUTE_MS


def build(history: History, codes: list[str], hours: int) -> int:
    """Write all files, with yesterday and the large one of today so many hours long (1 to 8)."""
    rows = 0
    for name, first, minutes in pieces(hours):
        folder = history.path / f"day={day_of(first)}" / DISTRICT
        folder.mkdir(parents=True, exist_ok=True)
        if name == "part-":
            path = folder / f"part-{first}-0-{first + MINUTE_MS - 1}-0.parquet"
        else:
            path = folder / f"{name}{first}.parquet"
        rows += _write(path, codes, first, minutes)
    return rows


def _write(path: Path, codes: list[str], first: int, minutes: int) -> int:
    """A part in order of arrival, a larger file by device, each with the writer of the archive."""
    chance = np.random.default_rng(first // MINUTE_MS)
    n = np.repeat(np.arange(len(codes), dtype=np.int32), minutes)
    at = first + np.tile(np.arange(minutes), len(codes)) * MINUTE_MS
    at += (n.astype(np.int64) * 7919) % MINUTE_MS
    spoke = (n.astype(np.int64) * 31 + at // HOUR_MS * 17) % SILENT != 0
    n, at = n[spoke], at[spoke]
    if path.name.startswith("part-"):
        order = np.argsort(at, kind="stable")
        pq.write_table(_table(codes, n[order], at[order], chance), path, compression="zstd")
        return len(n)
    with duckdb.connect() as database:
        database.register("rows", _table(codes, n, at, chance))
        draft = f"'{path}' (format parquet, compression zstd, row_group_size {GROUP_ROWS})"
        database.execute(f"copy (select * from rows) to {draft}")
    return len(n)


def _table(codes: list[str], n: Any, at: Any, chance: Any) -> pa.Table:
    none = np.zeros(len(n), np.int32)
    moment = pa.timestamp("ms", tz="UTC")

    def word(text: str) -> Any:
        return pa.DictionaryArray.from_arrays(pa.array(none), pa.array([text]))

    columns = {
        "device": pa.DictionaryArray.from_arrays(pa.array(n), pa.array(codes)),
        "kind": word("gas"),
        "metric": word("ch4"),
        "at": pa.array(at, moment),
        "arrived": pa.array(at + 800 + n % 400, moment),
        "value": pa.array(np.round(20 + n % 17 + chance.normal(0, 1, len(n)), 1)),
        "quality": pa.array(none.astype(np.uint8)),
        "area": word("320404001001001"),
        "doubts": pa.array(none.astype(np.uint8)),
    }
    return pa.table(columns, schema=schema())
