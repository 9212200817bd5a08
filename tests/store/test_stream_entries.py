"""A batch is one entry of the readings stream: what it holds, who reads it, who is behind."""

from __future__ import annotations

import msgspec
import pytest

from app.domain.readings import Readings
from app.store import keys, replay_tail
from app.store.live import Live
from app.store.live_entries import Observed, readings_in
from app.web.frames import Frame
from tests.recorded import recorded

NOW = 1_795_165_200_000


@pytest.fixture
def live(redis_client) -> Live:
    store = Live(redis_client)
    store.ensure_groups()
    return store


def reading(at: int, device: str = "A") -> Readings:
    return Readings(0, device, "gas", "", at, NOW, {"ch4": 1.5})


def write(live: Live, *times: int, device: str = "A") -> bytes:
    return live.apply([Observed(reading(at, device), 119.9, 31.8, 0, 1.5) for at in times], NOW)


def bodies(live: Live) -> list[bytes]:
    return [fields[b"b"] for _, fields in live.redis.xrange(keys.readings(0))]


def by_an_older_version(live: Live, at: int) -> None:
    live.redis.xadd(keys.readings(0), {"b": msgspec.msgpack.encode(reading(at))})


def test_a_batch_is_one_entry_of_what_was_stored(live: Live) -> None:
    assert write(live, NOW, NOW + 2, NOW + 1) == b"112"
    assert write(live, NOW, NOW + 3, NOW + 2) == b"010"
    assert write(live, NOW, NOW + 3) == b"00"
    held = [[r.at - NOW for r in readings_in(body)] for body in bodies(live)]
    assert held == [[0, 2, 1], [3]]
    taken = [int(fields[b"n"]) for _, fields in live.redis.xrange(keys.readings(0))]
    assert taken == [3, 4]


@pytest.mark.parametrize("count", [1, 15, 16, 255, 256, 1_000])
def test_an_entry_of_any_size_is_read_whole(live: Live, count: int) -> None:
    write(live, *range(NOW, NOW + count))
    (entry,) = bodies(live)
    assert [r.at for r in readings_in(entry)] == list(range(NOW, NOW + count))
    assert live.lag("archive") == count


def test_partitions_have_entries_of_their_own(redis_client) -> None:
    live = Live(redis_client, 2)
    live.ensure_groups()
    both = {keys.partition_of(d, 2): d for d in ("A", "B", "C", "D")}
    batch = [Observed(reading(NOW, d), 119.9, 31.8, 0, 1.5) for d in both.values()]
    live.write(batch, NOW)
    assert {p: [r.device for r in recorded(live, p)] for p in (0, 1)} == {
        p: [device] for p, device in both.items()
    }
    assert [live.lag("watch", p) for p in (0, 1)] == [1, 1]


def test_what_a_group_is_behind_is_told_in_readings(live: Live) -> None:
    write(live, NOW, NOW + 1, NOW + 2)
    write(live, NOW + 3, NOW + 4)
    write(live, NOW + 5)
    assert live.lag("archive") == 6
    taken = live.read("archive", "a", count=2)
    assert [r.at - NOW for _, r in taken] == [0, 1, 2, 3, 4]
    assert live.lag("archive") == 6
    live.ack("archive", [taken[0][0]])
    assert live.lag("archive") == 3
    live.ack("archive", [i for i, _ in taken])
    assert live.lag("archive") == 1
    live.ack("watch", [i for i, _ in live.read("watch", "w")])
    live.trim()
    assert (live.lag("watch"), live.lag("archive"), len(recorded(live))) == (0, 1, 1)


def test_entries_by_an_older_version_are_read_with_those_of_now(live: Live) -> None:
    by_an_older_version(live, NOW)
    by_an_older_version(live, NOW + 1)
    write(live, NOW + 2, NOW + 3)
    times = [NOW, NOW + 1, NOW + 2, NOW + 3]
    assert [r.at for _, r in live.read("archive", "a")] == times
    assert [r.at for _, r in live.read("archive", "a", after=b"0")] == times
    (page,) = replay_tail.unwritten(live.redis, 1, 0, NOW)
    assert [r.at for r in page] == times
    assert replay_tail.oldest(live.redis, 1) == NOW
    frame = Frame()
    frame.hear(bodies(live))
    assert frame.readings[0][1][1] == (NOW + 3) // 1000


def test_many_that_cannot_be_read_do_not_hide_what_comes_after_them(live: Live) -> None:
    for _ in range(40):  # more than one read takes
        live.redis.xadd(keys.readings(0), {"b": b"\xdc\x00\x01\xc1"})
    write(live, NOW)
    assert [r.at for _, r in live.read("archive", "a")] == [NOW]
    assert live.redis.xpending(keys.readings(0), "archive")["pending"] == 1


def test_the_tail_stops_where_what_is_asked_for_ends(live: Live) -> None:
    for i in range(100):
        late_arrival = msgspec.structs.replace(reading(NOW + i), arrived=NOW + i)
        live.write([Observed(late_arrival, 119.9, 31.8, 0, 1.5)], NOW + i)
    pages = list(replay_tail.unwritten(live.redis, 1, 0, NOW + 40))
    assert [r.arrived for page in pages for r in page] == list(range(NOW, NOW + 41))
    assert len(pages) < 4  # 32 entries each
