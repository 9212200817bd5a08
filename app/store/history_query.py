"""DuckDB over the files of the history: one database in memory per process and purpose.

To open one costs some 20 ms of processor, to ask one 3 ms, so it stays open; whoever asks has a
cursor of his own. duckdb is imported where it is used: most roles never do.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

THREADS = 2  # of a question; the archive's own work takes one
ASKING = "512MB"  # default: of all questions of a process at once
WRITING = "256MB"  # default: of a merge or an export; what does not fit is sorted on disk
SORTING = ".sorting"  # folder of that

# files written before a column existed lack it
READ = "read_parquet({files}, hive_partitioning = false, union_by_name = true)"


def ask(question: str, asked: dict[str, Any] | None = None) -> list[tuple[Any, ...]]:
    """The rows that answer a question. OSError when a file is gone or unreadable."""
    import duckdb

    try:
        with _asking().cursor() as connection:
            return connection.execute(question, asked or {}).fetchall()
    except duckdb.Error as why:
        _asking.cache_clear()  # it may be of no more use
        raise OSError(f"the history cannot be read: {why}") from why


def write(command: str, folder: Path) -> int:
    """Run a COPY in one thread and little memory; returns the number of rows.

    Sorting may spill into `folder`. OSError when a file is unreadable or the disk is full.
    """
    import duckdb

    try:
        with _writing(folder / SORTING).cursor() as connection:
            found = _interruptible(connection, command)
            return int(found[0]) if found else 0
    except duckdb.Error as why:
        _writing.cache_clear()  # it may be of no more use
        raise OSError(f"the history cannot be written: {why}") from why


def _interruptible(connection: Any, command: str) -> Any:
    _under_way.add(connection)
    try:
        return connection.execute(command).fetchone()
    finally:
        _under_way.discard(connection)


def interrupt() -> None:
    """Break off what is being written, from another thread: `write` raises OSError there."""
    import duckdb

    for connection in tuple(_under_way):
        with suppress(duckdb.Error):  # it has just ended
            connection.interrupt()


_under_way: set[Any] = set()


@cache
def _asking() -> Any:
    """The database of all questions."""
    import duckdb

    limits: dict[str, Any] = {"threads": THREADS, "memory_limit": ASKING, "temp_directory": ""}
    return duckdb.connect(config=limits)


@cache
def _writing(sorting: Path) -> Any:
    """The database that may sort in a folder."""
    import duckdb

    limits: dict[str, Any] = {"threads": 1, "memory_limit": WRITING}
    return duckdb.connect(config=limits | {"temp_directory": str(sorting)})


def read(files: Sequence[Path]) -> str:
    """The files as a table of SQL."""
    return READ.format(files=listed(map(str, files)))


def listed(words: Iterable[str]) -> str:
    """Words as an SQL list."""
    return "[" + ", ".join(map(quoted, words)) + "]"


def quoted(word: object) -> str:
    """A word or path as an SQL string: COPY takes no parameters."""
    return "'" + str(word).replace("'", "''") + "'"
