"""The archive: written before trimmed, and a crash at any point neither loses nor doubles."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from app.domain.readings import Readings
from app.errors import BadConfiguration
from app.services import archive
from app.services.archive import Shelf
from app.store import keys
from app.store.live import Observed
from tests.waiting import until

NOW = 1_795_165_200_000


@pytest.fixture
def fed(city):
    city.live.ensure_groups()
    feed(city, range(30))
    return city


def feed(city, numbers) -> None:
    """A stream entry for each."""
    for n in numbers:
        feed_at_once(city, [n])


def feed_at_once(city, numbers) -> None:
    """One stream entry for all."""
    batch = [
        Observed(
            Readings(-1, "G1", "gas", "320404001001001", NOW + i, NOW, {"ch4": float(i)}),
            0.0,
            0.0,
            0,
            float(i),
        )
        for i in numbers
    ]
    city.live.write(batch, NOW)


def taken(city) -> Shelf:
    shelf = Shelf(0)
    shelf.add(city.live.read("archive", "archive", count=20), 0.0)
    return shelf


def curve(city) -> list[float]:
    return [value for _, value in city.history.curve("G1", "ch4", NOW, NOW + 1000)]


def rows(city) -> int:
    import pyarrow.parquet as pq

    return sum(pq.ParquetFile(path).metadata.num_rows for path in city.history.files(NOW, NOW))


def test_what_is_written_is_acknowledged_and_trimmed_when_the_watch_has_it_too(fed) -> None:
    assert archive.flush(fed, taken(fed)) == 20
    assert fed.live.redis.xlen(keys.readings(0)) == 30
    watched = fed.live.read("watch", "w", count=25)
    fed.live.ack("watch", [i for i, _ in watched])
    archive.flush(fed, taken(fed))
    assert fed.live.redis.xlen(keys.readings(0)) == 5
    assert curve(fed) == list(range(30))


def test_killed_between_writing_and_acknowledging(fed, monkeypatch) -> None:
    shelf = taken(fed)
    with monkeypatch.context() as crash:
        crash.setattr(
            type(fed.live), "ack", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt)
        )
        with pytest.raises(KeyboardInterrupt):
            archive.flush(fed, shelf)
    assert rows(fed) == 20
    feed(fed, range(30, 40))
    again = Shelf(0)
    again.add(archive.pending(fed, 0), 0.0)
    archive.flush(fed, again)
    assert rows(fed) == 20
    archive.step(fed, again, None)
    archive.flush(fed, again)
    assert rows(fed) == 40
    assert curve(fed) == list(range(40))


def test_an_entry_with_many_readings_is_written_whole_before_it_is_acknowledged(
    city, monkeypatch
) -> None:
    city.live.ensure_groups()
    for start in (0, 500):
        feed_at_once(city, range(start, start + 500))
    shelf = taken(city)
    with monkeypatch.context() as crash:
        crash.setattr(type(city.history), "write", lambda *_: (_ for _ in ()).throw(OSError(28)))
        with pytest.raises(OSError, match="28"):
            archive.flush(city, shelf)
    assert city.live.lag("archive") == 1_000
    again = Shelf(0)
    again.add(archive.pending(city, 0), 0.0)
    assert archive.flush(city, again) == 1_000
    assert (rows(city), city.live.lag("archive")) == (1_000, 0)
    assert curve(city) == list(range(1_000))


def test_killed_before_writing(fed) -> None:
    taken(fed)
    again = Shelf(0)
    again.add(archive.pending(fed, 0), 0.0)
    assert len(again.entries) == 20
    archive.flush(fed, again)
    assert curve(fed) == list(range(20))


def test_a_batch_is_written_when_it_is_large_or_old() -> None:
    shelf = Shelf(0)
    assert not shelf.is_due(100.0, 1, 1)
    shelf.add([(b"1-0", Readings(0, "a", "gas", "", 1, 1, {}))], 10.0)
    assert not shelf.is_due(10.5, 2, 1)
    assert shelf.is_due(10.5, 1, 1)
    assert shelf.is_due(11.0, 2, 1)


def test_a_full_disk_is_waited_for_and_nothing_is_lost(fed, monkeypatch) -> None:
    monkeypatch.setattr(archive, "RETRY_S", 0.05)
    tries, beats = [], []
    write = fed.history.write

    def full_at_first(entries):
        tries.append(len(entries))
        beats.append("archive" in fed.live.beats())
        if len(tries) < 3:
            raise OSError(28, "No space left on device")
        return write(entries)

    monkeypatch.setattr(fed.history, "write", full_at_first)
    city = replace(
        fed,
        settings=fed.settings.model_copy(update={"archive_flush_rows": 10, "archive_flush_s": 0.1}),
    )
    stop = threading.Event()
    role = threading.Thread(target=archive.run, args=(city, stop))
    role.start()
    until(lambda: curve(fed) == list(range(30)))
    until(lambda: "archive" in fed.live.beats())
    feed(fed, range(30, 33))
    stop.set()
    role.join(10)
    assert not role.is_alive()
    assert not any(beats[:3]), "the wall is told: no beat while nothing is written"
    assert rows(fed) == len(curve(fed))


def test_a_wrong_policy_of_retention_is_refused_before_anything_is_done(fed, tmp_path) -> None:
    wrong = tmp_path / "retention.yaml"
    wrong.write_text("days: 1")
    settings = fed.settings.model_copy(update={"retention": wrong})
    with pytest.raises(BadConfiguration, match="days"):
        archive.run(replace(fed, settings=settings), threading.Event())
