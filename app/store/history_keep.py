"""What is older than the policy goes: readings and their minutes; hours and days stay.

Per folder (a day of a district): 1. close it, so that there is one file with its tables; 2. count
the readings that are to go, in the file and in each table: when the tables do not hold them all,
nothing goes; 3. write the file without them in its own place, then the minute table likewise.
`cleared.json` says up to which day each kind is going and is gone, so that no folder is looked at
twice. Killed in between, the same is done again. A file without rows stays: its tables hang on it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from app.domain.retention import Retention
from app.store import history_arrival as arrival
from app.store import history_tables as tables
from app.store.history import CLEARED, Cleared, History, Settled, day_of
from app.store.history_files import close, put, visible
from app.store.history_query import ask, listed, quoted, read, write

log = logging.getLogger(__name__)

OTHERS = "*"  # the kinds that the policy does not name
DAY_MS = 86_400_000
KEPT = """
copy (select * from {source} where not ({gone}) order by device, metric, "at")
to {draft} (format parquet, compression zstd, row_group_size 50000)
"""


def clear(
    history: History,
    policy: Retention,
    now_ms: int,
    settled: Settled,
    stopped: Callable[[], bool] = lambda: False,
) -> int:
    """Delete what the policy no longer keeps; returns how many readings went.

    For the one process that writes the history. OSError when the disk is full or a file is torn;
    what was deleted until then stays deleted, and the next call goes on.
    """
    done = history.cleared().done
    limits = {
        name: day_of(now_ms - (days + 1) * DAY_MS)
        for name, days in {OTHERS: policy.days, **policy.kinds}.items()
    }
    limits = {name: max(last, done.get(name, "")) for name, last in limits.items()}
    if limits == done:
        return 0
    _note(history, Cleared(limits, done))  # from here on these days are not merged any more
    gone, whole = 0, True
    for day, folder in history.folders():
        due = [name for name, last in limits.items() if done.get(name, "") < day <= last]
        if stopped():
            return gone
        if due:
            cleared = _clear(history, folder, _condition(due, policy), settled)
            gone += cleared or 0
            whole = whole and cleared is not None
    if whole:
        _note(history, Cleared(limits, limits))
    return gone


def _condition(names: Sequence[str], policy: Retention) -> str:
    """The SQL that is true for readings of the kinds that are due."""
    named = [name for name in names if name != OTHERS]
    parts = [f"list_contains({listed(named)}, kind)"] if named else []
    if OTHERS in names:
        kept = f"list_contains({listed(policy.kinds)}, kind)" if policy.kinds else "false"
        parts.append(f"not {kept}")
    return " or ".join(parts)


def _clear(history: History, folder: Path, gone: str, settled: Settled) -> int | None:
    """Delete from a folder; returns how many readings, None when the tables lack some of them."""
    root = history.path
    close(folder, history.merging(settled), apart=True)
    count = 0
    for file in visible(folder):
        ((due,),) = ask(f"select count(*) from {read([file])} where {gone}")
        if due:
            if tables.lacking(root, file):
                tables.build(root, file)
            held = [tables.tell(root, level, file, gone) for level in (tables.HOUR, tables.DAILY)]
            if min(held) < due:
                log.error("%s stays: of %d old readings its tables hold %d", file, due, min(held))
                return None
            # minutes first: they are made from the readings, the hours are there already
            _without(root, tables.table_of(root, tables.MINUTE, file), gone)
            arrival.drop(root, file)
            _without(root, file, gone)
            count += due
    return count


def _without(root: Path, file: Path, gone: str) -> None:
    draft = file.with_suffix(".tmp")
    try:
        source = read([file])
        write(KEPT.format(source=source, gone=gone, draft=quoted(draft)), root)
        put(draft, file)
    finally:
        draft.unlink(missing_ok=True)


def _note(history: History, cleared: Cleared) -> None:
    draft = (history.path / CLEARED).with_suffix(".tmp")
    draft.write_bytes(msgspec.json.encode(cleared))
    put(draft, history.path / CLEARED)
