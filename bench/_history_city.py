"""A month of a made-up city's readings, as the archive would have flushed them.

2 % of the devices speak every minute, 10 % every ten, the others once an hour: 64 readings a day
and device on average, so that 50,000 devices make 100 million readings in 31 days.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from app.store.history import schema

DAYS = 31
DAY_MS = 86_400_000
FIRST = int(datetime(2026, 9, 30, 16, tzinfo=UTC).timestamp() * 1000)  # Beijing: 2026-10-01
FLUSH = 50_000  # readings, the default of CHENGYUN_ARCHIVE_FLUSH_ROWS
DISTRICTS = ("320402", "320404", "320411", "320412", "320413", "320481", "320491")
PER_DEVICE = 0.02 * 1440 + 0.10 * 144 + 0.88 * 24  # readings a day


class Class(NamedTuple):
    """Devices of one kind that speak every so many ms."""

    kind: str
    metric: str
    share: float
    period: int


CLASSES = (
    Class("gas", "ch4", 0.02, 60_000),
    Class("air", "pm25", 0.10, 600_000),
    Class("manhole", "tilt", 0.88, 3_600_000),
)


class City:
    """Devices with codes, kinds and grids; `day` gives a day's readings in order of arrival."""

    def __init__(self, readings: int, districts: int = len(DISTRICTS)) -> None:
        count = max(50, round(readings / DAYS / PER_DEVICE))
        shares = [max(1, round(c.share * count)) for c in CLASSES]
        self.kind = np.repeat(np.arange(len(CLASSES)), shares)
        self.count = len(self.kind)
        self.district = np.arange(self.count) % districts
        self.codes = pa.array(
            f"{CLASSES[k].kind.upper()}-{DISTRICTS[d]}-{i:06d}"
            for i, (k, d) in enumerate(zip(self.kind, self.district, strict=True))
        )
        self.areas = pa.array(
            f"{DISTRICTS[d]}{i % 12 + 1:03d}{i % 9 + 1:03d}{i % 20 + 1:03d}"
            for i, d in enumerate(self.district)
        )
        self.kinds = pa.array([CLASSES[k].kind for k in self.kind])
        self.metrics = pa.array([CLASSES[k].metric for k in self.kind])

    def of_kind(self, code: str) -> np.ndarray[Any, Any]:
        """The numbers of the devices of a kind."""
        return np.flatnonzero(self.kind == [c.kind for c in CLASSES].index(code))

    def day(self, day: int) -> tuple[np.ndarray[Any, Any], ...]:
        """Device numbers, moments and values of a day, by moment."""
        chance = np.random.default_rng(day)
        devices, moments = [], []
        for number, each in enumerate(CLASSES):
            mine = np.flatnonzero(self.kind == number)
            per_day = DAY_MS // each.period
            phase = (mine * 7919 % each.period)[:, None]
            at = FIRST + day * DAY_MS + phase + np.arange(per_day)[None, :] * each.period
            devices.append(np.repeat(mine, per_day))
            moments.append(np.minimum(at.ravel(), FIRST + (day + 1) * DAY_MS - 1))
        device, at = np.concatenate(devices), np.concatenate(moments)
        order = np.argsort(at, kind="stable")
        device, at = device[order], at[order]
        rhythm = np.sin(at % DAY_MS / DAY_MS * 2 * np.pi)
        value = np.round(20 + device % 17 + 5 * rhythm + chance.normal(0, 1, len(at)), 1)
        return device, at, value

    def table(self, device: Any, at: Any, value: Any) -> pa.Table:
        """Rows as the archive writes them."""
        none = np.zeros(len(at), dtype=np.uint8)
        columns = {
            "device": self.codes.take(device),
            "kind": self.kinds.take(device),
            "metric": self.metrics.take(device),
            "at": pa.array(at),
            "arrived": pa.array(at + 800 + device % 400),
            "value": pa.array(value),
            "quality": pa.array(none),
            "area": self.areas.take(device),
            "doubts": pa.array(none),
        }
        fields = schema()
        arrays = []
        for name, column in columns.items():
            words = pa.types.is_dictionary(fields.field(name).type)
            arrays.append(
                column.dictionary_encode() if words else column.cast(fields.field(name).type)
            )
        return pa.Table.from_arrays(arrays, schema=fields)


def flushes(city: City, day: int) -> Iterator[tuple[int, Any, Any, Any]]:
    """The day cut as the archive cuts it: (number, devices, moments, values)."""
    device, at, value = city.day(day)
    for number, first in enumerate(range(0, len(at), FLUSH)):
        part = slice(first, first + FLUSH)
        yield number, device[part], at[part], value[part]


def put_parts(city: City, root: Path, day: int) -> int:
    """Write a day's flushes as part files by district; returns the number of readings."""
    rows = 0
    name = datetime.fromtimestamp(FIRST / 1000 + day * 86_400 + 8 * 3600, UTC).strftime("%Y-%m-%d")
    for number, device, at, value in flushes(city, day):
        for index, district in enumerate(DISTRICTS):
            mine = city.district[device] == index
            if not mine.any():
                continue
            folder = root / f"day={name}" / f"district={district}"
            folder.mkdir(parents=True, exist_ok=True)
            table = city.table(device[mine], at[mine], value[mine])
            path = folder / f"part-{day}{number:04d}-0-{day}{number:04d}-9.parquet"
            pq.write_table(table, path, compression="zstd")
            rows += len(table)
    return rows


def put_naively(city: City, root: Path, day: int) -> None:
    """The naive layout: a file a flush, in the order in which the readings came."""
    for number, device, at, value in flushes(city, day):
        table = city.table(device, at, value)
        pq.write_table(table, root / f"{day:02d}-{number:04d}.parquet", compression="zstd")
