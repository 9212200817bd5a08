"""History: partitions, names that make writing repeatable, curves."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from app.domain.readings import Readings
from app.store import history as history_module
from app.store import history_curves, history_files
from app.store.history import History

NOON = int(datetime(2026, 11, 21, 4, 0, tzinfo=UTC).timestamp() * 1000)
HOUR = 3_600_000


def reading(at: int, value: float, area: str = "320404001001001", quality: int = 0) -> Readings:
    metrics = {"ch4": value, "h2s": 0.5}
    return Readings(0, "G1", "gas", area, at, at + 50, metrics, quality, None)


@pytest.fixture
def history(tmp_path) -> History:
    return History(tmp_path / "history")


def test_readings_lie_by_beijing_day_and_district(history: History) -> None:
    # 15:59 and 16:00 UTC are two days in Beijing
    entries = [
        ("1-0", reading(NOON + 12 * HOUR - 1, 1)),
        ("2-0", reading(NOON + 12 * HOUR, 2)),
        ("3-0", reading(NOON, 3, "320411003")),
        ("4-0", reading(NOON, 4, "")),
    ]
    written = {str(path.relative_to(history.path)) for path in history.write(entries)}
    assert written == {
        "day=2026-11-21/district=320404/part-1-0-4-0.parquet",
        "day=2026-11-22/district=320404/part-1-0-4-0.parquet",
        "day=2026-11-21/district=320411/part-1-0-4-0.parquet",
        "day=2026-11-21/district=none/part-1-0-4-0.parquet",
    }


def test_one_row_per_metric_with_the_columns_of_the_contract(history: History) -> None:
    (path,) = history.write([("1-0", reading(NOON, 3.5))])
    rows = duckdb.sql(
        'select device, kind, metric, epoch_ms("at"), epoch_ms(arrived), value, quality, area '
        f"from read_parquet('{path}', hive_partitioning = false) order by metric"
    ).fetchall()
    grid = "320404001001001"
    assert rows == [
        ("G1", "gas", "ch4", NOON, NOON + 50, 3.5, 0, grid),
        ("G1", "gas", "h2s", NOON, NOON + 50, 0.5, 0, grid),
    ]


def test_writing_a_batch_again_changes_nothing(history: History) -> None:
    batch = [(f"{i}-0", reading(NOON + i, i)) for i in range(1, 6)]
    assert history.write(batch) == history.write(batch)
    assert history.curve("G1", "ch4", NOON, NOON + HOUR) == [(NOON + i, i) for i in range(1, 6)]
    assert not list(history.path.rglob("*.tmp"))


def test_the_curve_takes_its_time_and_leaves_bad_values_out(history: History) -> None:
    history.write(
        [
            ("1-0", reading(NOON - HOUR, 1)),
            ("2-0", reading(NOON, 2)),
            ("3-0", reading(NOON + 1, 999, quality=2)),
            ("4-0", reading(NOON + HOUR, 3, quality=3)),
            ("5-0", reading(NOON + 30 * HOUR, 4)),
        ]
    )
    assert history.curve("G1", "ch4", NOON, NOON + HOUR) == [(NOON, 2.0), (NOON + HOUR, 3.0)]
    assert history.curve("G2", "ch4", NOON, NOON + HOUR) == []
    days = {path.parts[-3] for path in history.files(NOON, NOON + HOUR)}
    assert days == {"day=2026-11-21"}


def test_without_files_there_is_no_curve(history: History) -> None:
    assert history.curve("G1", "ch4", 0, NOON) == []
    assert history.write([]) == []


def test_hostile_names_are_values_and_nothing_else(history: History) -> None:
    name = "'; drop table x; --"
    r = Readings(0, name, "gas", "../../x", NOON, NOON, {name: 1.0}, 0, None)
    (path,) = history.write([("1-0", r)])
    assert path.resolve().is_relative_to(history.path.resolve())
    assert history.curve(name, name, NOON, NOON) == [(NOON, 1.0)]


def fill(history: History, parts: int) -> None:
    for i in range(1, parts + 1):
        history.write([(f"{i}-0", reading(NOON + i, i))])


def rows(history: History) -> int:
    return sum(pq.ParquetFile(path).metadata.num_rows for path in history.files(NOON, NOON))


def expected(parts: int) -> list[tuple[int, float]]:
    return [(NOON + i, float(i)) for i in range(1, parts + 1)]


def test_many_small_files_become_few_and_hold_the_same(history: History, monkeypatch) -> None:
    monkeypatch.setattr(history_files, "FAN_IN", 3)
    fill(history, 10)
    assert history.compact() == 12, "nine parts, then three of what they became"
    assert [path.name[:8] for path in history.files(NOON, NOON)] == ["merged-2", "part-10-"]
    assert rows(history) == 20
    assert history.curve("G1", "ch4", NOON, NOON + HOUR) == expected(10)
    assert history.compact() == 0


@pytest.mark.parametrize("steps", [1, 2, 3, 4])
def test_killed_while_merging(history: History, monkeypatch, steps: int) -> None:
    """Killed after the draft, the list, the rename or the first deletion: nothing doubles."""
    monkeypatch.setattr(history_files, "FAN_IN", 4)
    fill(history, 4)
    (folder,) = {path.parent for path in history.files(NOON, NOON)}
    done = []

    def killing(name: str, where: type | object):
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
        crash.setattr(Path, "unlink", killing("unlink", Path))
        with pytest.raises(KeyboardInterrupt):
            history.compact()
    assert rows(history) == 8
    assert history.curve("G1", "ch4", NOON, NOON + HOUR) == expected(4)
    history.compact()
    assert [path.name[:9] for path in folder.iterdir()] == ["merged-1-"]
    assert history.curve("G1", "ch4", NOON, NOON + HOUR) == expected(4)


def test_a_curve_survives_files_that_are_merged_away_while_it_reads(
    history: History, monkeypatch
) -> None:
    monkeypatch.setattr(history_files, "FAN_IN", 3)
    fill(history, 3)
    ask = history_curves.ask

    def late(question, asked):
        history.compact()
        return ask(question, asked)

    monkeypatch.setattr(history_curves, "ask", late)
    assert history.curve("G1", "ch4", NOON, NOON + HOUR) == expected(3)


def test_a_curve_with_an_area_reads_its_district_and_what_was_nowhere(history: History) -> None:
    history.write([("1-0", reading(NOON, 1)), ("2-0", reading(NOON, 2, "320411003"))])
    history.write([("3-0", reading(NOON, 3, ""))])
    districts = {p.parent.name for p in history.files(NOON, NOON, "320404001001001")}
    assert districts == {"district=320404", "district=none"}


def test_the_history_has_one_writer(history: History) -> None:
    with history.alone(), pytest.raises(BlockingIOError), History(history.path).alone():
        pass
    with history.alone():
        pass


def test_a_torn_file_is_an_os_error(history: History) -> None:
    (path,) = history.write([("1-0", reading(NOON, 1))])
    path.write_bytes(b"PAR1 torn PAR1")
    with pytest.raises(OSError, match="cannot be read"):
        history.curve("G1", "ch4", NOON, NOON + HOUR)
