"""A border of its own for the fault tests: real Redis, real broker, a real ingest process."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import paho.mqtt.client as paho
import redis
from paho.mqtt.enums import CallbackAPIVersion

from app.domain.readings import Readings
from app.store import keys
from app.store.embedded import Server, start_broker, start_redis
from tests.waiting import until

ROOT = Path(__file__).parents[2]
DEVICES = 200


@dataclass
class Border:
    """The servers and the ingest process; `redis` answers only while Redis lives."""

    var: Path
    servers: dict[str, Server]
    env: dict[str, str]
    ingest: subprocess.Popen[bytes] | None = None
    published: list[paho.MQTTMessageInfo] = field(default_factory=list)

    @property
    def redis(self) -> redis.Redis:
        """A client of the embedded Redis."""
        return redis.Redis.from_url(self.servers["redis"].url)

    def run(self, command: str) -> subprocess.Popen[bytes]:
        """Start `python run.py command` with this border's settings."""
        with (self.var / f"{command}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, str(ROOT / "run.py"), command],
                cwd=self.var,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def start_ingest(self) -> None:
        """Start an ingest process; it is not waited for."""
        self.ingest = self.run("ingest")

    def kill_ingest(self) -> None:
        """kill -9 the ingest process."""
        assert self.ingest is not None
        self.ingest.kill()
        self.ingest.wait()

    def restart_redis(self) -> None:
        """kill -9 Redis and start it again on its append-only file and port."""
        old = self.servers["redis"]
        old.process.kill()
        old.process.wait()
        self.servers["redis"] = start_redis(self.var, old.port)

    def stored(self) -> Counter[int]:
        """How often each published number is in the readings stream; empty while Redis is away."""
        try:
            entries = self.redis.xrange(keys.readings(0))
        except redis.RedisError:
            return Counter()
        found = (msgspec.msgpack.decode(f[b"b"], type=Readings) for _, f in entries)
        return Counter(int(r.metrics["ch4"]) for r in found)

    def listening(self) -> bool:
        """Whether the ingest process has beaten since the last start."""
        try:
            return bool(self.redis.hget(keys.BEATS, "ingest"))
        except redis.RedisError:
            return False


@contextmanager
def border(var: Path) -> Iterator[Border]:
    """Start servers, make the ledger, start ingest and wait until it listens; stop all."""
    servers = {"redis": start_redis(var), "broker": start_broker(var)}
    mqtt = urlsplit(servers["broker"].url)
    env = {
        **{k: v for k, v in os.environ.items() if not k.startswith("CHENGYUN_")},
        "CHENGYUN_VAR": str(var),
        "CHENGYUN_REDIS_URL": servers["redis"].url,
        "CHENGYUN_MQTT_PORT": str(mqtt.port),
        "CHENGYUN_MQTT_USER": str(mqtt.username),
        "CHENGYUN_MQTT_PASSWORD": str(mqtt.password),
    }
    there = Border(var, servers, env)
    try:
        assert there.run("migrate").wait(30) == 0, (var / "migrate.log").read_text()
        there.start_ingest()
        until(there.listening, timeout=60)
        yield there
    finally:
        if there.ingest is not None:
            there.ingest.kill()
            there.ingest.wait()
        for server in there.servers.values():
            server.stop()


def publisher(there: Border) -> paho.Client:
    """A connected QoS 1 publisher of the broker."""
    mqtt = urlsplit(there.servers["broker"].url)
    client = paho.Client(CallbackAPIVersion.VERSION2, client_id="field", clean_session=False)
    client.username_pw_set(mqtt.username, mqtt.password)
    client.max_inflight_messages_set(100)
    client.connect("127.0.0.1", mqtt.port or 0)
    client.loop_start()
    return client


def publish(client: paho.Client, numbers: range, now_ms: int) -> None:
    """Publish one reading per number, and return when the broker has acknowledged all."""
    infos = []
    for i in numbers:
        body = {"ts": now_ms + i, "metrics": {"ch4": i}, "lon": 119.95, "lat": 31.78}
        topic = f"city/320404/gas/G{i % DEVICES:04d}/telemetry"
        infos.append(client.publish(topic, msgspec.json.encode(body), qos=1))
        if len(infos) % 500 == 0:
            infos[-400].wait_for_publish(20)
    for info in infos:
        info.wait_for_publish(20)
        assert info.is_published()


def assert_exactly_once(there: Border, total: int) -> None:
    """Everything the broker has acknowledged is in the stream, and nothing twice."""
    until(lambda: len(there.stored()) >= total, timeout=40, every=0.2)
    stored = there.stored()
    assert set(stored) == set(range(total))
    assert max(stored.values()) == 1
