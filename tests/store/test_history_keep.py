"""Retention: what goes, what stays, and that nothing goes that the tables do not hold."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.domain.readings import Readings
from app.domain.retention import Retention, load_retention
from app.errors import BadConfiguration
from app.store import history_keep, history_tables
from app.store.history import History
from app.store.history_files import put

DAY0 = int(datetime(2026, 11, 20, 16, 0, tzinfo=UTC).timestamp() * 1000)
HOUR, DAY = 3_600_000, 86_400_000
GRID = "320404001001001"
POLICY = Retention(days=20, kinds={"parking": 5})


def reading(at: int, device: str, kind: str) -> Readings:
    return Readings(0, device, kind, GRID, at, at, {"v": float(at % 1000)}, 0, None)


@pytest.fixture
def history(tmp_path) -> History:
    """Three days of a gas sensor and a car park, a reading an hour each."""
    history = History(tmp_path / "history")
    kinds = (("G1", "gas"), ("P1", "parking"))
    moments = [DAY0 + i * HOUR + i for i in range(72)]
    batch = [(f"{i}-0", reading(at, *kinds[i % 2])) for i, at in enumerate(moments)]
    for i in range(0, 72, 6):
        history.write(batch[i : i + 6])
    history.close(DAY0 + 2 * DAY)
    history.build()
    return history


def clear(history: History, day: int, policy: Retention = POLICY) -> int:
    return history_keep.clear(history, policy, DAY0 + day * DAY + HOUR, nullcontext)


def count(history: History, device: str) -> int:
    return len(history.curve(device, "v", DAY0, DAY0 + 9 * DAY))


def hours(history: History, device: str) -> list:
    return history.envelope(device, "v", DAY0, DAY0 + 9 * DAY, HOUR)


def test_each_kind_goes_after_its_days_and_its_hours_stay(history: History) -> None:
    before = {device: hours(history, device) for device in ("G1", "P1")}
    assert clear(history, 5) == 0, "the fifth day after is still within five days"
    assert clear(history, 6) == 12
    assert (count(history, "G1"), count(history, "P1")) == (36, 24)
    assert clear(history, 6) == 0
    assert clear(history, 8) == 24
    assert (count(history, "G1"), count(history, "P1")) == (36, 0)
    assert clear(history, 22) == 24
    assert clear(history, 40) == 12
    assert (count(history, "G1"), count(history, "P1")) == (0, 0)
    assert {device: hours(history, device) for device in ("G1", "P1")} == before


def test_minutes_go_with_the_readings_and_hours_stand_in_for_them(history: History) -> None:
    assert len(history.envelope("P1", "v", DAY0, DAY0 + DAY - 1, 60_000)) == 12
    clear(history, 40)
    minutes = history_tables.tell
    file = history.files(DAY0, DAY0)[0]
    assert minutes(history.path, "minute", file, "true") == 0
    assert minutes(history.path, "hour", file, "true") == 24
    assert len(history.envelope("P1", "v", DAY0, DAY0 + DAY - 1, 60_000)) == 12


def test_nothing_goes_that_the_tables_do_not_hold(history: History) -> None:
    file = history.files(DAY0, DAY0)[0]
    other = history.files(DAY0 + DAY, DAY0 + DAY)[0]
    hour = history_tables.table_of(history.path, "hour", file)
    # a table that has lost rows: it is a smaller one of another day's half
    put(_half(history_tables.table_of(history.path, "hour", other)), hour)
    assert clear(history, 6) == 0
    assert count(history, "P1") == 36
    assert history.cleared().done == {}
    hour.unlink()
    assert clear(history, 6) == 12, "tables that are gone are made anew first"


def _half(table: Path) -> Path:
    import duckdb

    draft = table.with_suffix(".half")
    duckdb.sql(f"copy (select * from '{table}' limit 3) to '{draft}' (format parquet)")
    return draft


def test_a_folder_that_nobody_closed_is_closed_first(history: History) -> None:
    assert clear(history, 40) == 72
    assert count(history, "G1") == 0
    assert sum(s.high > 0 for s in hours(history, "G1")) == 35


def test_what_comes_after_the_deletion_is_kept_beside_it(history: History) -> None:
    before = hours(history, "P1")
    clear(history, 6)
    history.write([("900-0", reading(DAY0 + 30, "P1", "parking"))])
    assert (history.compact(), history.close(DAY0 + 3 * DAY)) == (0, 4), "only the third day"
    history.build()
    assert hours(history, "P1")[1:] == before
    assert clear(history, 40) > 0
    assert hours(history, "P1")[1:] == before


@pytest.mark.parametrize("steps", range(6))
def test_killed_while_deleting(history: History, monkeypatch, steps: int) -> None:
    before = hours(history, "P1")
    done: list[str] = []
    real = history_keep.put

    def put_or_die(*paths):
        if len(done) >= steps:
            raise KeyboardInterrupt
        done.append("put")
        return real(*paths)

    with monkeypatch.context() as crash:
        crash.setattr(history_keep, "put", put_or_die)
        if steps < 5:
            with pytest.raises(KeyboardInterrupt):
                clear(history, 7)
    assert hours(history, "P1") == before
    clear(history, 7)
    assert (count(history, "G1"), count(history, "P1")) == (36, 12)
    assert hours(history, "P1") == before
    assert not list(history.path.rglob("*.tmp"))


def test_a_stopped_archive_leaves_the_rest_for_the_next_time(history: History) -> None:
    now = DAY0 + 40 * DAY
    assert history_keep.clear(history, POLICY, now, nullcontext, lambda: True) == 0
    assert history.cleared().done == {}
    assert clear(history, 40) == 72


def test_the_packaged_policy_keeps_four_hundred_days() -> None:
    policy = load_retention()
    assert (policy.days, policy.kinds) == (400, {})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("days: 2", "at least 3"),
        ("days: 9\nkinds: {gass: 9}", "no kind 'gass'"),
        ("days: 9\nkinds: {gas: 1}", "gas: 1 days"),
        ("days: many", "Expected `int`"),
        ("weeks: 9", "unknown field"),
        ("days: [", "line"),
        ("", "Expected `object`"),
    ],
)
def test_a_wrong_policy_says_what_to_mend(tmp_path, text: str, said: str) -> None:
    path = tmp_path / "retention.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadConfiguration) as refused:
        load_retention(path)
    assert said in str(refused.value.faults)
    with pytest.raises(BadConfiguration):
        load_retention(tmp_path / "none.yaml")
