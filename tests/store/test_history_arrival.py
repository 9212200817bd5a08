"""The readings in order of arrival: they answer as the files do, and go when those go."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, datetime

import numpy as np
import pytest

from app.domain.readings import Readings
from app.domain.retention import Retention
from app.store import history_arrival, history_at, history_keep
from app.store.history import History
from app.store.history_arrival import ARRIVAL, NEWEST, QUARTER_MS
from app.store.past import Said

DAY0 = int(datetime(2026, 11, 20, 16, 0, tzinfo=UTC).timestamp() * 1000)  # Beijing midnight
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
GRID = "320404001001001"
CODES = [f"G{n}" for n in range(8)]
ROSTER = history_at.table(CODES, list(range(8)), ["ch4"] * 8)


def spoken() -> list[Readings]:
    """Two hours over a midnight: late ones, bad ones, some without the metric that is shown."""
    chance, found = random.Random(7), []
    for _ in range(900):
        arrived = DAY0 + DAY - HOUR + chance.randrange(2 * HOUR)
        at = arrived - chance.randrange(90_000)
        metrics = {"ch4": float(chance.randrange(90))} if chance.random() < 0.8 else {}
        metrics |= {"temp": 20.0} if chance.random() < 0.5 or not metrics else {}
        quality, doubts = chance.choice([(0, 0), (0, 0), (1, 2), (2, 4), (3, 0), (0, 32)])
        device = chance.choice(CODES)
        found.append(Readings(0, device, "gas", GRID, at, arrived, metrics, quality, None, doubts))
    return sorted(found, key=lambda r: r.arrived)


@pytest.fixture
def history(tmp_path) -> History:
    history = History(tmp_path / "history")
    for i, part in enumerate(np.array_split(np.array(spoken(), dtype=object), 9)):
        history.write([(f"{i}-{n}", r) for n, r in enumerate(part)])
    history.close(DAY0 + 2 * DAY)
    return history


def said(found: Said) -> list[tuple]:
    names = ("n", "step", "heard", "at", "value", "quality")
    rows = zip(*(getattr(found, name).tolist() for name in names), strict=True)
    return sorted(tuple(None if cell != cell else cell for cell in row) for row in rows)


@pytest.mark.parametrize("step", [None, 1000, MINUTE])
def test_they_say_what_the_files_say(history, step) -> None:
    times = [(DAY0 + DAY - 40 * MINUTE, DAY0 + DAY + 3 * MINUTE), (DAY0, DAY0 + 2 * DAY)]
    before = [said(history_at.merged(history, ROSTER, *time, step)) for time in times]
    assert history.arrange(DAY0) == 2
    assert all(not history_arrival.lacking(history.path, f) for f in history.files(*times[1]))
    assert [said(history_at.merged(history, ROSTER, *time, step)) for time in times] == before
    assert len(before[0]) > 5


def test_quarters_of_an_hour_say_the_same_by_the_newest_alone(history) -> None:
    first = (DAY0 + DAY - HOUR) // QUARTER_MS * QUARTER_MS
    times = [(first + i * QUARTER_MS, first + j * QUARTER_MS) for i, j in ((0, 1), (1, 5), (0, 8))]
    before = [said(history_at.merged(history, ROSTER, *time)) for time in times]
    history.arrange(DAY0)
    newest = [said(history_at.merged(history, ROSTER, *time, None, NEWEST)) for time in times]
    assert newest == before
    rows = [sum(file.stat().st_size for file in history.path.glob(f"{x}/*/*/*")) for x in LEVELS]
    assert rows[1] < rows[0]


LEVELS = (ARRIVAL, NEWEST)


def tables(history: History) -> int:
    return len([f for level in LEVELS for f in history.path.glob(f"{level}/*/*/*.parquet")])


def test_they_go_with_their_file_and_after_some_days(history) -> None:
    history.arrange(DAY0)
    assert tables(history) == 4
    late = Readings(0, "G1", "gas", GRID, DAY0, DAY0 + DAY, {"ch4": 1.0}, 3, None)
    history.write([("99-0", late)])
    history.close(DAY0 + 3 * DAY)
    assert tables(history) == 2, "the file of the first day was written anew"
    assert history.arrange(DAY0) == 1
    assert history.arrange(DAY0 + DAY) == 0
    assert tables(history) == 2
    for level in LEVELS:
        days = [day.name for day in (history.path / level).iterdir()]
        assert days == ["day=2026-11-22"], "no empty folder stays"


def test_they_are_made_a_few_at_a_time_the_newest_day_first(history) -> None:
    def once() -> Callable[[], bool]:
        asked = iter((False,))
        return lambda: next(asked, True)

    made = []
    while history.arrange(DAY0, nullcontext, once()):
        made.append({day.name for day in (history.path / ARRIVAL).iterdir()})
    assert made == [{"day=2026-11-22"}, {"day=2026-11-21", "day=2026-11-22"}]


def test_what_the_policy_deletes_is_nowhere_any_more(history) -> None:
    history.build()
    history.arrange(DAY0)
    policy = Retention(days=20, kinds={"gas": 1})
    assert history_keep.clear(history, policy, DAY0 + 5 * DAY, nullcontext)
    assert tables(history) == 0
    assert len(history_at.merged(history, ROSTER, DAY0, DAY0 + 3 * DAY)) == 0
