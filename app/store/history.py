"""What happened: readings as Parquet by day and district, read with DuckDB.

A file is named after the first and last stream entry that it was made from; writing it again
replaces it, so that a crash between writing and acknowledging neither loses nor doubles anything.
Small files become large ones later (history_files), each large one has a minute, an hour and a
day table beside it (history_tables), and what is older than the policy goes (history_keep).
pyarrow and duckdb are imported where they are used: most roles never do.
"""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from shutil import rmtree
from typing import Any

import msgspec

from app.domain.readings import Readings
from app.store import history_arrival as arrival
from app.store import history_tables as tables
from app.store.history_curves import Curves
from app.store.history_files import Merging, close, compact, put, visible
from app.store.history_query import SORTING, quoted, read, write

BEIJING = timezone(timedelta(hours=8))
DISTRICT_DIGITS = 6
NOWHERE = "none"
CLEARED = "cleared.json"  # see history_keep

COLUMNS = ("device", "kind", "metric", "at", "arrived", "value", "quality", "area", "doubts")
GROUP_ROWS = 50_000
# in the order in which curves ask, so that one reads few groups of rows
MERGE = """
copy (select * from {source} order by device, metric, "at")
to {draft} (format parquet, compression zstd, row_group_size {group})
"""


class Cleared(msgspec.Struct, frozen=True):
    """The newest day of which a kind's readings may be deleted, and of which they all are."""

    begun: dict[str, str] = {}
    done: dict[str, str] = {}


class History(Curves):
    """The readings under one folder; writing is for one process, reading for any thread."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the history as its only writer; BlockingIOError while another process does."""
        self.path.mkdir(parents=True, exist_ok=True)
        with (self.path / "writer.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            rmtree(self.path / SORTING, ignore_errors=True)  # of a killed one
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
            parts.setdefault((day_of(r.at), _district(r.area)), []).append(r)
        return [
            self._write_part(self.path / f"day={day}" / f"district={district}" / name, readings)
            for (day, district), readings in parts.items()
        ]

    def _write_part(self, path: Path, readings: Sequence[Readings]) -> Path:
        import pyarrow as pa
        import pyarrow.parquet as pq

        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".tmp")
        try:
            pq.write_table(pa.table(_columns(readings), schema=schema()), draft, compression="zstd")
            put(draft, path)
        except OSError:
            draft.unlink(missing_ok=True)  # a full disk is not helped by what is half done
            raise
        return path

    def folders(self, since: str = "") -> list[tuple[str, Path]]:
        """Each folder with its day (2026-11-22) from a day on, oldest first."""
        found = (
            (f.parent.name.removeprefix("day="), f) for f in self.path.glob("day=*/district=*")
        )
        return sorted((day, folder) for day, folder in found if day >= since)

    def compact(self, since_ms: int = 0, settled: Settled = nullcontext) -> int:
        """Merge the small files of each folder from that day on; returns how many were merged.

        Readers go on meanwhile. `settled` see history_files. OSError when the disk is full.
        """
        merging = self.merging(settled)
        kept = self.kept_whole(day_of(since_ms))
        return sum(compact(folder, merging) for _, folder in kept)

    def close(self, before_ms: int, since_ms: int = 0, settled: Settled = nullcontext) -> int:
        """Make one file of each folder whose day ended before that moment; returns of how many."""
        merging, last = self.merging(settled), day_of(before_ms)
        kept = self.kept_whole(day_of(since_ms))
        return sum(close(folder, merging) for day, folder in kept if day < last)

    def build(self, since_ms: int = 0, settled: Settled = nullcontext) -> int:
        """Make the tables of each merged file that lacks them; returns of how many files.

        Only the writer may: another process could merge the file away meanwhile.
        """
        built = 0
        for _, folder in self.kept_whole(day_of(since_ms)):
            with settled():
                files = visible(folder)
            for file in files:
                if tables.lacking(self.path, file):
                    tables.build(self.path, file)
                    built += 1
        return built

    def arrange(
        self,
        since_ms: int,
        settled: Settled = nullcontext,
        enough: Callable[[], bool] = lambda: False,
    ) -> int:
        """Put each merged file from that day on in order of arrival too; returns how many files.

        The newest day comes first; `enough` is asked before each file that is made.
        What is older and in that order goes. For the writer alone, as `build`.
        """
        first, made = day_of(since_ms), 0
        arrival.thin(self.path, first)
        for _, folder in reversed(self.kept_whole(first)):
            with settled():
                files = visible(folder)
            for file in files:
                if not arrival.lacking(self.path, file):
                    continue
                if enough():
                    return made
                arrival.build(self.path, file)
                made += 1
        return made

    def kept_whole(self, since: str) -> list[tuple[str, Path]]:
        """The folders of which nothing was deleted: only these are merged."""
        return self.folders(max(since, _after(self.cleared_up_to())))

    def cleared_up_to(self) -> str:
        """The newest day of which the policy may have deleted anything, "" when there is none."""
        return max(self.cleared().begun.values(), default="")

    def cleared(self) -> Cleared:
        """Up to which day each kind is gone."""
        with suppress(FileNotFoundError):
            return msgspec.json.decode((self.path / CLEARED).read_bytes(), type=Cleared)
        return Cleared()

    def merging(self, settled: Settled) -> Merging:
        """How files of this history are merged."""

        def forget(file: Path) -> None:
            tables.drop(self.path, file)
            arrival.drop(self.path, file)

        return Merging(merge, forget, settled)

    def files(self, since_ms: int, until_ms: int, area: str = "") -> list[Path]:
        """The files whose day lies between two moments, of every district or of an area's."""
        first, last = day_of(since_ms), day_of(until_ms)
        districts = (
            {f"district={_district(area)}", f"district={NOWHERE}"} if area else {"district=*"}
        )
        days = sorted(d for d in self.path.glob("day=*") if first <= d.name[4:] <= last)
        folders = [f for day in days for name in sorted(districts) for f in day.glob(name)]
        return [file for folder in sorted(folders) for file in visible(folder)]


Settled = Callable[[], AbstractContextManager[None]]


def merge(files: Sequence[Path], draft: Path) -> None:
    """Write the rows of some files into one, in the order in which they are asked for."""
    command = MERGE.format(source=read(files), draft=quoted(draft), group=GROUP_ROWS)
    write(command, draft.parents[2])


@cache
def schema() -> Any:
    """The columns of the files and their types."""
    import pyarrow as pa

    word, moment = pa.dictionary(pa.int32(), pa.string()), pa.timestamp("ms", tz="UTC")
    types = (word, word, word, moment, moment, pa.float64(), pa.uint8(), word, pa.uint8())
    return pa.schema(list(zip(COLUMNS, types, strict=True)))


def _columns(readings: Iterable[Readings]) -> dict[str, list[Any]]:
    rows = [
        (
            r.device,
            r.kind,
            metric,
            r.at,
            r.arrived,
            value,
            r.quality,
            r.area,
            r.doubts,
        )
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


def day_of(ms: int) -> str:
    """The Beijing day of a moment (epoch ms), as in a folder's name."""
    return datetime.fromtimestamp(ms / 1000, UTC).astimezone(BEIJING).strftime("%Y-%m-%d")


def _after(day: str) -> str:
    return f"{day}~" if day else ""  # above the day, below the next
