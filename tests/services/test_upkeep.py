"""The upkeep: order in the history beside the archive, and never in what may be written again."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256

import pytest

from app.domain.readings import Readings
from app.domain.retention import Retention
from app.services import archive, upkeep
from app.services.upkeep import Settled, Unsettled, Upkeep, tidy
from app.store import history_files, history_query
from app.store.live import Observed
from tests.waiting import until

NOW = int(datetime(2026, 11, 21, 4, tzinfo=UTC).timestamp() * 1000)
DAY = 86_400_000
POLICY = Retention(days=20)


def reading(at: int, value: float) -> Readings:
    return Readings(0, "G1", "gas", "320404001001001", at, at, {"ch4": value})


def fill(city, parts: int) -> None:
    for i in range(1, parts + 1):
        city.history.write([(f"{i}-0", reading(NOW + i, i))])


def names(city) -> list[str]:
    return [path.name[:8] for path in city.history.files(NOW, NOW)]


def test_a_day_is_merged_closed_and_deleted_in_its_time(city, monkeypatch) -> None:
    monkeypatch.setattr(history_files, "FAN_IN", 3)
    fill(city, 4)
    settled, stop = Settled(), threading.Event()
    since = tidy(city, POLICY, NOW, 0, settled, stop)
    assert names(city) == ["merged-1", "part-4-0"]
    assert since < NOW - 3 * DAY
    tidy(city, POLICY, NOW + DAY, since, settled, stop)
    assert names(city) == ["merged-1", "part-4-0"], "readings of yesterday still come"
    tidy(city, POLICY, NOW + 2 * DAY, since, settled, stop)
    assert [name[:7] for name in names(city)] == ["closed-"]
    tidy(city, POLICY, NOW + 30 * DAY, NOW + 26 * DAY, settled, stop)
    assert city.history.curve("G1", "ch4", NOW, NOW + DAY) == []
    assert city.history.envelope("G1", "ch4", NOW, NOW + DAY, DAY)[0][1:] == (1, 4)
    figures = {k: v for k, v in city.live.counts().items() if k.startswith("history_")}
    assert figures == {
        "history_merged": 3,
        "history_closed": 2,
        "history_tables": 2,
        "history_arranged": 2,
        "history_deleted": 4,
    }


def test_a_file_that_is_not_acknowledged_is_not_touched(city, monkeypatch) -> None:
    monkeypatch.setattr(history_files, "FAN_IN", 3)
    settled = Settled()
    fill(city, 2)

    def killed() -> None:
        with settled.writing():
            city.history.write([("3-0", reading(NOW + 3, 3))])
            raise OSError("away")

    with pytest.raises(OSError, match="away"):
        killed()
    with pytest.raises(Unsettled):
        tidy(city, POLICY, NOW + 9 * DAY, 0, settled, threading.Event())
    assert names(city) == ["part-1-0", "part-2-0", "part-3-0"]
    fill(city, 3)  # what is pending is written again
    tidy(city, POLICY, NOW + 9 * DAY, 0, Settled(), threading.Event())
    assert city.history.curve("G1", "ch4", NOW, NOW + DAY) == [(NOW + i, i) for i in (1, 2, 3)]


def test_looking_waits_for_a_batch_that_is_being_written(city) -> None:
    settled = Settled()
    looked = threading.Event()

    def look() -> None:
        with settled.looking():
            looked.set()

    with settled.writing():
        thread = threading.Thread(target=look)
        thread.start()
        assert not looked.wait(0.1)
    assert looked.wait(20)
    thread.join()


def test_a_failure_of_the_upkeep_does_not_end_it(city, monkeypatch, caplog) -> None:
    monkeypatch.setattr(upkeep, "EVERY_S", 0.02)
    tries = []

    def compact(*_) -> int:
        tries.append(1)
        raise (OSError(28, "No space left on device"), ValueError("a fault of ours"))[
            len(tries) % 2
        ]

    monkeypatch.setattr(city.history, "compact", compact)
    with Upkeep(city, POLICY):
        until(lambda: len(tries) > 3)
    count = len(tries)
    assert not [t for t in threading.enumerate() if t.name == "upkeep"]
    assert len(tries) == count
    assert "No space left" in caplog.text


def test_the_archive_writes_while_the_upkeep_is_busy(city, monkeypatch) -> None:
    """A merge that does not end holds no reading up."""
    monkeypatch.setattr(history_files, "FAN_IN", 2)
    fill(city, 2)
    busy, go = threading.Event(), threading.Event()

    def slow(*_) -> int:
        busy.set()
        go.wait(60)
        return 0

    monkeypatch.setattr(city.history, "build", slow)
    settings = city.settings.model_copy(update={"archive_flush_rows": 1})
    stop = threading.Event()
    role = threading.Thread(target=archive.run, args=(replace(city, settings=settings), stop))
    role.start()
    assert busy.wait(20)
    city.live.write([Observed(reading(NOW + 50, 50), 0.0, 0.0, 0, 50.0)], NOW)
    until(lambda: (NOW + 50, 50.0) in city.history.curve("G1", "ch4", NOW, NOW + DAY))
    go.set()
    stop.set()
    role.join(10)
    assert not role.is_alive()
    assert len(city.history.curve("G1", "ch4", NOW, NOW + DAY)) == 3


def test_a_disk_that_is_really_full_stops_nothing_for_good(city, monkeypatch) -> None:
    """/dev/full says what a full disk says, to pyarrow and to DuckDB alike."""
    fill(city, 1)
    folder = city.history.files(NOW, NOW)[0].parent
    (folder / "part-2-0-2-0.tmp").symlink_to("/dev/full")
    with pytest.raises(OSError, match="No space left"):
        city.history.write([("2-0", reading(NOW + 2, 2))])
    assert not list(folder.glob("*.tmp"))
    city.history.write([("2-0", reading(NOW + 2, 2))])

    merged = "\n".join(sorted(path.name for path in folder.glob("part-*")))
    key = sha256(merged.encode()).hexdigest()[:16]
    (folder / f"closed-{key}.tmp").symlink_to("/dev/full")
    monkeypatch.setattr(history_files, "finish", lambda *_: None)
    with pytest.raises(OSError, match="cannot be written"):
        city.history.close(NOW + 2 * DAY)
    assert not list(folder.glob("*.tmp"))
    assert city.history.close(NOW + 2 * DAY) == 2
    assert city.history.curve("G1", "ch4", NOW, NOW + DAY) == [(NOW + 1, 1.0), (NOW + 2, 2.0)]


def test_the_role_ends_at_once_while_a_large_day_is_put_in_order(city, monkeypatch, caplog) -> None:
    """What is broken off leaves nothing behind and is begun anew."""
    fill(city, 2)
    endless = "copy (select sum(a.range) from range(10000000) a, range(10000000) b) to {draft}"

    def slow(*_) -> int:
        draft = city.history.path / "draft.tmp"
        return history_query.write(endless.format(draft=history_query.quoted(draft)), draft.parent)

    monkeypatch.setattr(city.history, "compact", slow)
    with Upkeep(city, POLICY):
        until(lambda: bool(history_query._under_way))
    assert not [t for t in threading.enumerate() if t.name == "upkeep"]
    assert "stays as it is" not in caplog.text
    monkeypatch.undo()
    assert city.history.close(NOW + 2 * DAY) == 2
