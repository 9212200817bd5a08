"""The minute, hour and day tables: what they hold, late readings, crashes, closed days."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
from pyarrow.parquet import ParquetFile

from app.domain.readings import Readings
from app.store import history as history_module
from app.store import history_files, history_tables
from app.store.history import History

DAY0 = int(datetime(2026, 11, 20, 16, 0, tzinfo=UTC).timestamp() * 1000)  # Beijing midnight
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
GRID = "320404001001001"


def reading(at: int, value: float, quality: int = 0, device: str = "G1") -> Readings:
    return Readings(0, device, "gas", GRID, at, at + 50, {"ch4": value}, quality, None)


@pytest.fixture
def history(tmp_path) -> History:
    return History(tmp_path / "history")


def write(history: History, first: int, readings: list[Readings]) -> None:
    for i, r in enumerate(readings):
        history.write([(f"{first + i}-0", r)])


def closed(history: History) -> None:
    history.close(DAY0 + 40 * DAY)
    history.build()


def table(history: History, level: str) -> list[tuple]:
    files = str(history.path / level / "*/*/*.parquet")
    return duckdb.sql(
        'select epoch_ms("at"), low, high, mean, last, count, doubtful, bad '
        f"from read_parquet('{files}', hive_partitioning = false) where device = 'G1' "
        "and metric = 'ch4' order by \"at\""
    ).fetchall()


def test_a_table_holds_least_most_mean_last_and_counts(history: History) -> None:
    write(
        history,
        1,
        [
            reading(DAY0 + 10, 4),
            reading(DAY0 + 30, 1, quality=1),
            reading(DAY0 + 20, 7),
            reading(DAY0 + 40, 999, quality=2),
            reading(DAY0 + HOUR, 2),
        ],
    )
    closed(history)
    assert table(history, "minute") == [
        (DAY0, 1, 7, 4, 1, 4, 2, 1),
        (DAY0 + HOUR, 2, 2, 2, 2, 1, 0, 0),
    ]
    assert table(history, "hour") == table(history, "minute")
    assert table(history, "daily") == [(DAY0, 1, 7, 3.5, 2, 5, 2, 1)]


def test_a_stretch_of_bad_readings_alone_has_no_values(history: History) -> None:
    write(history, 1, [reading(DAY0, 999, quality=2), reading(DAY0 + HOUR, 999, quality=2)])
    closed(history)
    assert table(history, "daily") == [(DAY0, None, None, None, None, 2, 2, 2)]
    assert history.envelope("G1", "ch4", DAY0, DAY0 + DAY, HOUR) == []


@pytest.mark.parametrize("step", [MINUTE, 15 * MINUTE, HOUR, 6 * HOUR, DAY])
def test_the_envelope_is_the_same_from_readings_tables_and_both(
    history: History, step: int
) -> None:
    moments = [DAY0 + i * 7 * MINUTE + 13 for i in range(300)]
    readings = [reading(at, (at // 1000) % 97, quality=(at // 7) % 4) for at in moments]
    write(history, 1, readings[:200])
    span = ("G1", "ch4", DAY0, DAY0 + 2 * DAY, step)
    history.envelope(*span)
    closed(history)
    assert all(not history_tables.lacking(history.path, f) for f in history.files(*span[2:4]))
    write(history, 201, readings[200:])
    expected: dict[int, list[float]] = {}
    for r in readings:
        if r.quality != 2:
            start = (r.at + 8 * HOUR) // step * step - 8 * HOUR
            expected.setdefault(start, []).append(r.metrics["ch4"])
    whole = [(at, min(values), max(values)) for at, values in sorted(expected.items())]
    assert history.envelope(*span) == whole
    closed(history)
    assert history.envelope(*span) == whole
    assert history.envelope(*span, area=GRID) == whole


def test_late_readings_change_the_hours_they_belong_to(history: History) -> None:
    write(history, 1, [reading(DAY0 + 10, 4), reading(DAY0 + DAY, 5)])
    closed(history)
    closed(history)
    write(history, 9, [reading(DAY0 + 5, 1, quality=3), reading(DAY0 + HOUR, 8)])
    assert [s[1:] for s in history.envelope("G1", "ch4", DAY0, DAY0 + 9, HOUR)] == [(1, 4)]
    closed(history)
    assert [(row[1], row[2], row[5]) for row in table(history, "daily")] == [(1, 8, 3), (5, 5, 1)]
    assert len(history.files(DAY0, DAY0)) == 1


def test_closing_and_building_again_do_nothing(history: History) -> None:
    write(history, 1, [reading(DAY0, 1), reading(DAY0 + 1, 2)])
    assert history.close(DAY0 + DAY - 1) == 0, "the day is not over"
    assert history.close(DAY0 + DAY) == 2
    assert history.build() == 1
    files = sorted(p for p in history.path.rglob("*.parquet"))
    assert [p.name[:7] for p in files] == ["closed-"] * 4
    assert (history.close(DAY0 + DAY), history.build(), history.compact()) == (0, 0, 0)
    assert sorted(p for p in history.path.rglob("*.parquet")) == files


@pytest.mark.parametrize("steps", range(12))
def test_killed_at_any_step_of_closing_a_day_that_was_closed_before(
    history: History, monkeypatch, steps: int
) -> None:
    """Killed after draft, list, rename, any deletion or any table: nothing is lost or doubled."""
    write(history, 1, [reading(DAY0 + i * MINUTE, i) for i in range(5)])
    closed(history)
    write(history, 6, [reading(DAY0 + i * MINUTE, i) for i in range(5, 8)])
    done: list[str] = []

    def killing(name: str, where: object):
        real = getattr(where, name)

        def step(*args, **more):
            if len(done) >= steps:
                raise KeyboardInterrupt
            done.append(name)
            return real(*args, **more)

        return step

    with monkeypatch.context() as crash:
        crash.setattr(history_module, "merge", killing("merge", history_module))
        crash.setattr(history_files, "put", killing("put", history_files))
        crash.setattr(history_tables, "put", killing("put", history_tables))
        crash.setattr(Path, "unlink", killing("unlink", Path))
        with pytest.raises(KeyboardInterrupt):
            closed(history)
    _is_whole(history)
    closed(history)
    _is_whole(history)
    kept = sorted(p.relative_to(history.path).parts[0] for p in history.path.rglob("*.*"))
    assert kept == ["daily", "day=2026-11-21", "hour", "minute"], "nothing is left over"


def _is_whole(history: History) -> None:
    values = [(DAY0 + i * MINUTE, float(i)) for i in range(8)]
    assert history.curve("G1", "ch4", DAY0, DAY0 + DAY) == values
    assert sum(ParquetFile(f).metadata.num_rows for f in history.files(DAY0, DAY0)) == 8
    minutes = history.envelope("G1", "ch4", DAY0, DAY0 + DAY, MINUTE)
    assert minutes == [(at, value, value) for at, value in values]
    assert history.envelope("G1", "ch4", DAY0, DAY0 + DAY, DAY) == [(DAY0, 0, 7)]


def test_files_without_the_doubts_are_read_and_merged_with_newer_ones(history: History) -> None:
    write(history, 1, [reading(DAY0 + i, i) for i in range(3)])
    old = history.files(DAY0, DAY0)[0]
    duckdb.sql(f"copy (select * exclude doubts from '{old}') to '{old}.new' (format parquet)")
    Path(f"{old}.new").replace(old)
    expected = [(DAY0 + i, float(i)) for i in range(3)]
    assert history.curve("G1", "ch4", DAY0, DAY0 + DAY) == expected
    closed(history)
    assert history.curve("G1", "ch4", DAY0, DAY0 + DAY) == expected


def test_a_kept_table_of_a_merged_away_file_counts_for_nothing(history: History) -> None:
    """A table without its file (the archive was killed while forgetting) is not read."""
    write(history, 1, [reading(DAY0, 1)])
    closed(history)
    (table_file,) = (history.path / "hour").rglob("*.parquet")
    table_file.with_name("closed-0123456789abcdef.parquet").write_bytes(table_file.read_bytes())
    assert history.envelope("G1", "ch4", DAY0, DAY0 + DAY, HOUR) == [(DAY0, 1, 1)]
