"""The live store: numbering, one batch in one step, duplicates, late data, marks."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest

from app.domain.readings import Device, Readings, WorkerPosition
from app.store import keys, points
from app.store.live import Live, Observed
from tests.recorded import recorded

NOW = 1_795_302_515_123


@pytest.fixture
def live(redis_client) -> Live:
    store = Live(redis_client)
    store.ensure_groups()
    return store


def device(code: str, lon: float = 119.9) -> Device:
    return Device(
        code=code, n=0, kind="gas", name=f"燃气 {code}", lon=lon, lat=31.75, area="", period_s=30
    )


def observed(n: int, code: str, at: int, value: float | None = 3.25, **more) -> Observed:
    metrics = {"ch4": value} if value is not None else {"h2s": 1.0}
    reading = Readings(n, code, "gas", "320404", at, NOW, metrics, 0, more.pop("moved", None))
    return Observed(reading, 119.9, 31.75, 7, value, **more)


def test_devices_get_lasting_numbers(live: Live) -> None:
    first = live.register([device("A"), device("B")], [1, 2])
    again = live.register([device("B", lon=119.95), device("C")], [3, 4])
    assert [d.n for d in first] == [0, 1]
    assert [d.n for d in again] == [1, 2]
    assert live.device("B") == live.device(1) == again[0]
    assert live.device("X") is None
    assert live.device(9) is None
    assert set(live.devices()) == {"A", "B", "C"}
    assert live.devices(["A", "X"]) == {"A": first[0]}


def test_numbers_are_given_once_under_a_race(live: Live) -> None:
    codes = [f"D{i}" for i in range(40)]
    with ThreadPoolExecutor(4) as pool:
        rounds = list(
            pool.map(lambda _: live.register([device(c) for c in codes], [0] * 40), range(8))
        )
    assert all([d.n for d in some] == [d.n for d in rounds[0]] for some in rounds)
    assert sorted(d.n for d in rounds[0]) == list(range(40))


def test_a_registered_device_is_on_the_map_before_it_speaks(live: Live) -> None:
    live.register([device("A")], [5])
    point = points.unpack(live.points())[0]
    assert (point["lon"], point["lat"], point["at"], point["area"]) == (
        1_199_000_000,
        317_500_000,
        0,
        5,
    )
    assert math.isnan(point["value"])


def test_a_device_that_moves_keeps_value_and_state(live: Live) -> None:
    live.register([device("A")], [5])
    live.write([observed(0, "A", NOW)], NOW)
    live.set_states([(0, 1, 4), (-1, 2, 0)])
    live.register([device("A", lon=119.91)], [6])
    point = points.unpack(live.points())[0]
    assert point["lon"] == 1_199_100_000
    assert (point["value"], point["presence"], point["level"], point["area"]) == (3.25, 1, 4, 6)


def test_a_batch_is_stored_everywhere(live: Live) -> None:
    live.register([device("A")], [5])
    moved = (119.9, 31.75)
    assert live.write([observed(0, "A", NOW, moved=moved)], NOW) == (1, 0, 0)
    assert live.last("A") == recorded(live)[0] == observed(0, "A", NOW, moved=moved).reading
    assert live.lasts() == {"A": live.last("A")}
    assert live.recent("A") == [(NOW, {"ch4": 3.25})]
    assert live.recent("A", NOW + 1) == []
    point = points.unpack(live.points())[0]
    assert (point["at"], point["value"], point["area"]) == (NOW // 1000, 3.25, 7)
    assert live.feeds() == live.readings_feeds() == {"telemetry": NOW}
    assert live.counts() == {"received": 1, "stored": 1, "stored:telemetry": 1}


def test_a_second_delivery_has_no_effect(live: Live) -> None:
    live.register([device("A")], [5])
    batch = [observed(0, "A", NOW + i * 1000) for i in range(5)]
    live.write(batch, NOW)
    assert live.write(batch, NOW) == (0, 0, 5)
    assert len(recorded(live)) == len(live.recent("A")) == 5
    assert live.counts()["duplicates"] == 5


def test_a_message_id_tells_messages_of_one_moment_apart(live: Live) -> None:
    batch = [observed(0, "A", NOW, message_id="1"), observed(0, "A", NOW, message_id="2")]
    assert live.write([*batch, *batch], NOW) == (2, 0, 2)


def test_other_metrics_of_the_same_moment_are_no_duplicate(live: Live) -> None:
    live.register([device("A")], [5])
    assert live.write([observed(0, "A", NOW), observed(0, "A", NOW, None)], NOW).new == 2
    # the second has no primary metric: the map keeps the value
    assert points.unpack(live.points())[0]["value"] == 3.25


@pytest.mark.parametrize("moved", [None, (1.5, 2.5)])
@pytest.mark.parametrize(("doubts", "kept"), [(0, 32), (1, 33), (95, 127), (127, 127)])
def test_a_late_reading_keeps_its_doubts(live: Live, moved, doubts: int, kept: int) -> None:
    late = observed(0, "A", NOW - 5000, 9.0, moved=moved)
    late = late._replace(reading=msgspec.structs.replace(late.reading, doubts=doubts))
    live.write([observed(0, "A", NOW), late], NOW)
    assert recorded(live)[1] == msgspec.structs.replace(
        late.reading, quality=3, moved=None, doubts=kept
    )


def test_each_message_of_a_batch_hears_what_became_of_it(redis_client) -> None:
    store = Live(redis_client, partitions=4)
    store.ensure_groups()
    first = [observed(-1, f"D{i}", NOW) for i in range(8)]
    assert store.apply(first, NOW) == b"1" * 8
    second = [observed(-1, f"D{i}", NOW + (0, 1000, -1000)[i % 3], 1.0) for i in range(8)]
    assert store.apply(second, NOW) == b"01201201"
    assert store.apply([], NOW) == b""


def test_entries_from_before_doubts_are_read(live: Live) -> None:
    old = msgspec.msgpack.encode([0, "A", "gas", "", NOW, NOW, {"ch4": 1.0}, 2, None])
    live.redis.hset(keys.LAST, "A", old)
    assert (live.last("A").quality, live.last("A").doubts) == (2, 0)
    assert live.write([observed(0, "A", NOW - 1)], NOW).late == 1


@pytest.mark.parametrize(("quality", "kept"), [(0, 3), (1, 3), (2, 2)])
def test_late_readings_are_stored_and_nothing_else(live: Live, quality: int, kept: int) -> None:
    live.register([device("A")], [5])
    live.write([observed(0, "A", NOW)], NOW)
    late = observed(0, "A", NOW - 5000, 9.0, moved=(1.5, 2.5))
    late = late._replace(reading=msgspec.structs.replace(late.reading, quality=quality))
    assert live.write([late], NOW) == (0, 1, 0)
    assert recorded(live)[1].quality == kept
    assert recorded(live)[1].moved is None
    assert recorded(live)[1].doubts == 32
    assert live.last("A") == recorded(live)[0]
    assert live.recent("A") == [(NOW, {"ch4": 3.25})]
    assert points.unpack(live.points())[0]["value"] == 3.25


def test_a_device_that_is_not_on_the_map_is_in_the_record(live: Live) -> None:
    live.write([observed(-1, "X", NOW)], NOW)
    assert live.points() == b""
    assert recorded(live)[0].n == -1
    assert live.last("X") is not None


def test_the_curve_keeps_240(live: Live) -> None:
    live.write([observed(-1, "A", NOW + i) for i in range(300)], NOW)
    recent = live.recent("A")
    assert len(recent) == 240
    assert [at for at, _ in recent] == sorted(at for at, _ in recent)
    assert recent[-1][0] == NOW + 299


def test_partitions_keep_the_order_of_a_device(redis_client) -> None:
    live = Live(redis_client, 3)
    live.ensure_groups()
    batch = [observed(-1, f"D{i % 9}", NOW + i) for i in range(90)]
    assert live.write(batch, NOW) == (90, 0, 0)
    assert live.write(batch, NOW) == (0, 0, 90)
    for partition in range(3):
        times: dict[str, list[int]] = {}
        for _, r in live.read("watch", "w", partition=partition):
            assert keys.partition_of(r.device, 3) == partition
            times.setdefault(r.device, []).append(r.at)
        assert all(at == sorted(at) for at in times.values())


def one_by_one(live: Live, count: int) -> None:
    """An entry of the stream for each."""
    for i in range(count):
        live.write([observed(-1, "A", NOW + i)], NOW)


def test_trim_spares_what_a_group_still_needs(live: Live) -> None:
    one_by_one(live, 10)
    watched = [i for i, _ in live.read("watch", "w", count=6)]
    archived = [i for i, _ in live.read("archive", "a", count=8)]
    live.ack("watch", watched)
    live.ack("archive", archived[:3])
    assert live.trim() == 3
    assert live.lag("archive") == 7
    live.ack("archive", archived[3:])
    assert live.trim() == 3
    assert live.redis.xlen(keys.readings(0)) == 4
    assert live.lag("watch") == 4


def test_pending_entries_come_again(live: Live) -> None:
    one_by_one(live, 4)
    taken = live.read("archive", "a", count=3)
    assert live.read("archive", "a", after=b"0") == taken
    live.redis.xtrim(keys.readings(0), minid=taken[1][0].decode(), approximate=False)
    assert live.read("archive", "a", after=b"0") == taken[1:]
    assert live.redis.xpending(keys.readings(0), "archive")["pending"] == 2


def test_positions_never_go_back(live: Live) -> None:
    there = WorkerPosition(worker="W1", at=NOW, lon=120.0, lat=31.5)
    before = WorkerPosition(worker="W1", at=NOW - 1, lon=119.0, lat=31.0)
    assert live.put_positions([there, before], NOW) == 1
    assert live.put_positions([before], NOW) == 0
    assert live.put_positions([], NOW) == 0
    assert live.workers() == {"W1": (120.0, 31.5, NOW)}
    (_, told), *rest = live.redis.xrange(keys.POSITIONS)
    assert msgspec.msgpack.decode(told[b"b"]) == [["W1", 120, 31.5, NOW]]
    assert rest == []


def test_what_cannot_be_read_does_not_stop_a_group(live: Live) -> None:
    live.ensure_groups()
    live.redis.xadd(keys.readings(0), {"b": b"\xc1"})
    assert live.read("archive", "a") == []
    assert live.lag("archive") == 0


def test_marks(live: Live) -> None:
    live.beat("watch", NOW)
    live.mark_feed("order", NOW)
    live.count("orders", 2)
    assert live.beats() == {"watch": NOW}
    assert live.feeds() == {"order": NOW}
    assert live.counts() == {"orders": 2}


def test_a_value_beyond_four_bytes_becomes_no_value() -> None:
    assert math.isnan(points.unpack(points.pack(1, 2, 3, 1e300, 4, 5, 6) + b"\0\0")[0]["value"])


def test_what_an_older_version_left_runs_out(live):
    live.redis.xadd("cy:dead", {"topic": "x"})
    live.outlive_former()
    left = live.redis.ttl("cy:dead")
    assert 0 < left <= 30 * 86_400
    live.redis.expire("cy:dead", 100)
    live.outlive_former()
    assert live.redis.ttl("cy:dead") <= 100, "it is put off by no restart"
