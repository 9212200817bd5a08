"""A Redis Stream of another system, on a Redis of its own: every entry once, whatever dies."""

from __future__ import annotations

import subprocess
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from threading import Event

import msgspec
import pytest
import redis

from app.errors import Unavailable
from app.services import ingest, letters, reports
from app.store import keys
from app.store.embedded_redis import redis_program
from app.store.embedded_server import free_port
from streams import lanes
from streams.feeds import Feeds
from streams.inbox import Inbox, Reader
from streams.lanes import Lane
from streams.redis_line import RedisLine
from streams.sources import Source
from streams.stream_settings import StreamSettings
from tests.cast import START
from tests.waiting import until

NOW = int(START.timestamp() * 1000)


@dataclass
class Server:
    """The other system's Redis; it keeps its data on disk over a restart."""

    port: int
    folder: Path
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    @property
    def client(self) -> redis.Redis:
        return redis.Redis.from_url(self.url)

    def start(self) -> None:
        self.process = subprocess.Popen(
            [redis_program(), "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
            + ["--appendonly", "yes", "--appendfsync", "always", "--dir", str(self.folder)]
            + ["--logfile", str(self.folder / "redis.log")]
        )
        until(self.answers)

    def answers(self) -> bool:
        try:
            return bool(self.client.ping())
        except redis.RedisError:
            return False

    def kill(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait(10)


@pytest.fixture
def theirs(tmp_path):
    server = Server(free_port(), tmp_path)
    server.start()
    yield server
    server.kill()


def a_source(server: Server, **other) -> Source:
    given = StreamSettings(url=server.url, stream="water", **other.pop("stream", {}))
    plain = {
        "name": "works",
        "dialect": "senml",
        "owner": "自来水公司",
        "crs": "wgs84",
        "by": "stream",
        "kind": "water_pressure",
        "stream": given,
    }
    return Source(**plain | other)


def add(server: Server, n: int) -> None:
    pack = [{"bn": f"P{n}:", "n": "pressure", "u": "MPa", "v": 0.3, "t": NOW / 1000}]
    server.client.xadd("water", {"body": msgspec.json.encode(pack)})


def numbers(arrivals) -> list[str]:
    return [msgspec.json.decode(a.payload)[0]["bn"][1:-1] for a in arrivals]


class Life:
    """One life of a consumer: what it brings lies in its inbox."""

    def __init__(self, server: Server, consumer: str = "one", **more) -> None:
        self.box = Inbox(**({"room": more.pop("room")} if "room" in more else {}))
        source = a_source(server, stream={"field": "body"})
        self.line = RedisLine(source, self.box.put, consumer, **more)
        self.line.start()

    def take(self, count: int) -> list:
        got: list = []
        until(lambda: len(got) >= count or got.extend(self.box.take(0.05)) or len(got) >= count)
        return got

    def end(self) -> None:
        self.box.close()
        self.line.stop()


def pending(server: Server) -> int:
    return server.client.xpending("water", "chengyun")["pending"]


def test_what_was_there_before_us_and_what_comes_is_brought_and_acknowledged(theirs):
    add(theirs, 1)
    life = Life(theirs)
    add(theirs, 2)
    got = life.take(2)
    assert numbers(got) == ["1", "2"]
    assert {a.topic for a in got} == {"stream/works"}
    assert pending(theirs) == 2
    life.line.acknowledge(got)
    assert pending(theirs) == 0
    assert theirs.client.xlen("water") == 2, "the entries are theirs to delete"
    life.end()


def test_what_a_former_life_had_not_written_comes_first(theirs):
    for n in range(3):
        add(theirs, n)
    first = Life(theirs)
    got = first.take(3)
    first.line.acknowledge(got[:1])
    first.end()
    add(theirs, 3)
    second = Life(theirs)
    again = second.take(3)
    assert numbers(again) == ["1", "2", "3"]
    second.line.acknowledge(again)
    assert pending(theirs) == 0
    second.end()


def test_the_entries_of_a_dead_consumer_are_taken_over(theirs):
    add(theirs, 1)
    dead = Life(theirs, "dead")
    dead.take(1)
    dead.end()
    heir = Life(theirs, "heir", abandoned_ms=1)
    got = heir.take(1)
    assert numbers(got) == ["1"]
    heir.line.acknowledge(got)
    assert pending(theirs) == 0
    heir.end()


def test_what_is_under_way_is_not_brought_again_however_long_it_takes(theirs, monkeypatch):
    monkeypatch.setattr("streams.redis_line.CLAIM_EVERY", 1)
    add(theirs, 1)
    slow = Life(theirs, abandoned_ms=1)
    got = slow.take(1)
    add(theirs, 2)
    got += slow.take(1)
    until(lambda: theirs.client.xinfo_consumers("water", "chengyun")[0]["idle"] < 1_000)
    assert numbers(got) == ["1", "2"]
    assert slow.box.take(1.2) == []
    slow.end()


def test_a_full_inbox_lets_the_stream_wait(theirs):
    life = Life(theirs, room=5)
    for n in range(1500):
        add(theirs, n)
    got: list = []
    while len(got) < 1500:
        batch = life.take(1)
        life.line.acknowledge(batch)
        got += batch
    assert sorted(map(int, numbers(got))) == list(range(1500))
    until(lambda: pending(theirs) == 0)
    life.end()


def test_a_server_that_is_killed_and_comes_back_loses_nothing(theirs):
    life = Life(theirs)
    add(theirs, 1)
    first = life.take(1)
    theirs.kill()
    life.line.acknowledge(first)  # cannot be said now
    theirs.start()
    add(theirs, 2)
    second = life.take(1)
    assert numbers(second) == ["2"], "the first one is written and not brought again"
    life.line.acknowledge(second)
    until(lambda: pending(theirs) == 0)
    life.end()


def test_a_server_that_is_down_at_the_start_and_a_stream_that_is_not_there_are_waited_for(tmp_path):
    late = Server(free_port(), tmp_path)
    life = Life(late)
    late.start()
    assert not late.client.exists("water")
    add(late, 7)
    assert numbers(life.take(1)) == ["7"]
    assert life.line.alive()
    life.end()
    late.kill()


def test_entries_that_were_cut_off_unread_do_not_hold_up_the_rest(theirs):
    add(theirs, 1)
    first = Life(theirs)
    first.take(1)
    first.end()
    theirs.client.xtrim("water", maxlen=0)
    add(theirs, 2)
    second = Life(theirs)
    got = second.take(1)
    assert numbers(got) == ["2"]
    second.line.acknowledge(got)
    until(lambda: pending(theirs) == 0)
    second.end()


def test_a_lane_of_its_own_through_to_the_store_with_our_redis_away_meanwhile(
    city, theirs, monkeypatch
):
    tries: list[int] = []
    observe = ingest.observe

    def away_twice(*given, **more):
        tries.append(pending(theirs))
        if len(tries) <= 2:
            raise Unavailable("away")
        return observe(*given, **more)

    monkeypatch.setattr(ingest, "observe", away_twice)
    add(theirs, 1)
    theirs.client.xadd("water", {"body": b"no senml"})
    theirs.client.xadd("water", {"other": "field"})
    stop = Event()
    source = a_source(theirs, stream={"field": "body"})
    lane = lanes._by_stream(city, source, stop)
    assert lane.name == "stream-works"
    lane.start()
    until(lambda: city.live.last("P1") and pending(theirs) == 0)
    stop.set()
    lane.stop()
    counts = Counter(city.live.counts())
    assert (counts["received:works"], counts["readings:works"]) == (3, 1)
    assert counts["refused:works:not_json"] + counts["refused:works:wrong_field"] == 2
    assert letters.totals(city)["kept"] == 2
    assert tries == [3, 3, 3], "nothing is acknowledged before it is written"


def test_a_warning_by_stream_becomes_an_area_alert(city, theirs):
    said = {
        "level": "黄色",
        "type": "雷暴大风",
        "time": START.astimezone().isoformat(),
        "province": "江苏省",
        "city": "常州市",
        "district": "钟楼区",
        "content": "常州市气象台发布雷暴大风黄色预警信号：请加强防范。",
    }
    source = a_source(theirs, dialect="cnwarning", kind="")
    stop = Event()
    lane = Lane(city, "w", Reader((), Feeds([source])), stop)
    lane.bringers.append(RedisLine(source, lane.inbox.put, "one"))
    theirs.client.xadd("water", {k: v.encode() for k, v in said.items()})
    lane.start()
    until(lambda: city.live.redis.xlen(keys.REPORTS) == 1)
    stop.set()
    lane.stop()
    assert reports.open_waiting(city, "one") == 1
    with city.ledger.read() as tx:
        (alert,) = tx.alerts(open=True)
    assert (alert.area, alert.title) == ("320404", "雷暴大风黄色预警")
