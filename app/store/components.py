"""The components of a city on disk: editions of memory-mapped columns, swapped in one step.

An edition is a folder: a .npy file per column (geodata.components), `rows.parquet` with the
attributes in the same order, and `edition.json`. `current.json` names the one that is true; it is
replaced last, so that a reader sees the old edition or the new one, whole. All processes share the
pages. One writer at a time (a lock file); readers never wait.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from app.errors import Conflict
from geodata.components import NAMES, Columns

CURRENT = "current.json"
TOLD = "edition.json"
ROWS = "rows.parquet"
GROUP_ROWS = 8_192  # rows that are read to get at one
KEPT = 2  # editions: who is reading the last one while it is replaced can finish
Mark = tuple[int, int, int]


class Told(msgspec.Struct, frozen=True):
    """What an edition says of itself: `tree` is the fingerprint of the areas of its rows."""

    name: str
    tree: str
    rows: int
    at: str
    files: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, eq=False)
class Edition:
    """One open edition, equal to itself alone; its columns are maps of files.

    `kept` holds what readers have worked out of it, for as long as it is open.
    """

    told: Told
    folder: Path
    columns: Columns
    kept: dict[str, Any] = field(default_factory=dict)

    def attributes(self, row: int) -> dict[str, str]:
        """The fields of one row as the file said them, without the empty ones. Reads the disk."""
        from pyarrow import parquet

        with parquet.ParquetFile(self.folder / ROWS) as file:
            group = file.read_row_group(row // GROUP_ROWS)
        found: dict[str, str] = group.slice(row % GROUP_ROWS, 1).to_pylist()[0]
        return {name: text for name, text in found.items() if text}

    def column(self, name: str) -> Any:
        """One attribute of all rows, as an Arrow array of text. Reads the disk."""
        from pyarrow import parquet

        return parquet.read_table(self.folder / ROWS, columns=[name])[name].combine_chunks()

    def table(self) -> Any:
        """All attributes as an Arrow table. Reads the disk."""
        from pyarrow import parquet

        return parquet.read_table(self.folder / ROWS)


class Components:
    """The folder of a city's editions; opens the current one when it is asked and has changed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._seen: tuple[Mark | None, Edition | None] = (None, None)

    def current(self) -> Edition | None:
        """The edition that is true now, None when nothing was imported. Costs one stat."""
        mark = self._mark()
        if mark != self._seen[0]:
            self._seen = (mark, self._open())
        return self._seen[1]

    @contextmanager
    def writing(self, *, wait: bool = False) -> Iterator[None]:
        """Keep other writers out; when one is at work, Conflict, or `wait` until it is done."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            except BlockingIOError as why:
                raise Conflict("另一个部件导入正在进行，请稍后再试。") from why
            yield

    def write(self, told: Told, columns: Columns, table: Any) -> None:
        """Write an edition and make it the current one; a broken-off write changes nothing."""
        from pyarrow import parquet

        draft = self.folder / f".{told.name}"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        for name in NAMES:
            np.save(draft / f"{name}.npy", getattr(columns, name))
        parquet.write_table(table, draft / ROWS, row_group_size=GROUP_ROWS, compression="zstd")
        (draft / TOLD).write_bytes(msgspec.json.encode(told))
        for file in draft.iterdir():
            _to_disk(file)
        draft.rename(self.folder / told.name)
        marker = self.folder / f".{CURRENT}"
        marker.write_bytes(msgspec.json.encode(told.name))
        _to_disk(marker)
        marker.replace(self.folder / CURRENT)
        self._tidy(told.name)

    def _mark(self) -> Mark | None:
        try:
            said = (self.folder / CURRENT).stat()
        except FileNotFoundError:
            return None
        return said.st_ino, said.st_mtime_ns, said.st_size

    def _open(self) -> Edition | None:
        try:
            name = msgspec.json.decode((self.folder / CURRENT).read_bytes(), type=str)
        except FileNotFoundError:
            return None
        folder = self.folder / name
        told = msgspec.json.decode((folder / TOLD).read_bytes(), type=Told)
        # an empty file cannot be mapped, and need not be
        mode: Any = "r" if told.rows else None
        each = {name: np.load(folder / f"{name}.npy", mmap_mode=mode) for name in NAMES}
        return Edition(told, folder, Columns(**each))

    def _tidy(self, current: str) -> None:
        """Remove old editions and broken-off drafts."""
        folders = [each for each in self.folder.iterdir() if each.is_dir()]
        done = sorted((f for f in folders if (f / TOLD).exists()), key=lambda f: f.stat().st_mtime)
        kept = {f.name for f in [f for f in done if not f.name.startswith(".")][-KEPT:]}
        for folder in folders:
            if folder.name not in {*kept, current}:
                shutil.rmtree(folder, ignore_errors=True)


def _to_disk(file: Path) -> None:
    handle = os.open(file, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
