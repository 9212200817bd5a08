"""History: partitions, names that make writing repeatable, curves."""

from __future__ import annotations

from datetime import UTC, datetime

import duckdb
import pytest

from app.domain.readings import Readings
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
