"""The publisher against a real broker: nothing is lost while it is away, and order is kept."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest

from app.store.embedded_server import free_port, port_answers
from streams import simulator
from streams.simulator.messages import Message
from streams.simulator.publisher import Publisher
from tests.waiting import until

CONFIG = """
id = 0
[router]
id = 0
max_connections = 100
max_outgoing_packet_count = 200
max_segment_size = 104857600
max_segment_count = 10
[v4.1]
name = "test"
listen = "127.0.0.1:{port}"
next_connection_delay_ms = 1
[v4.1.connections]
connection_timeout_ms = 60000
max_payload_size = 1048576
max_inflight_count = 1000
"""


@dataclass
class RealBroker:
    """A broker that can be killed and started again on its port; also the publisher's settings."""

    folder: Path
    mqtt_port: int
    mqtt_host: str = "127.0.0.1"
    mqtt_user: str | None = None
    mqtt_password: str | None = None
    mqtt_tls_ca: Path | None = None
    city: str = "320404"
    process: subprocess.Popen | None = None

    @property
    def var(self) -> Path:
        return self.folder

    def start(self) -> None:
        config = self.folder / "broker.toml"
        config.write_text(CONFIG.format(port=self.mqtt_port))
        command = [sys.executable, "-m", "iotcore", "--config", str(config)]
        self.process = subprocess.Popen(
            [*command, "--log-level", "CRITICAL"], stdout=subprocess.DEVNULL
        )
        until(lambda: port_answers(self.mqtt_port))

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait(10)


@dataclass
class Listener:
    """Hears everything, reconnects by itself."""

    broker: RealBroker
    heard: list[tuple[str, bytes]] = field(default_factory=list)
    ready: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id="listener")
        self.client.reconnect_delay_set(1, 1)
        self.client.on_connect = lambda client, *_: client.subscribe("city/#", 1)
        self.client.on_subscribe = lambda *_: self.ready.set()
        self.client.on_message = lambda _c, _u, m: self.heard.append((m.topic, m.payload))
        self.client.connect(self.broker.mqtt_host, self.broker.mqtt_port)
        self.client.loop_start()
        assert self.ready.wait(30)

    def stop(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


@pytest.fixture
def broker(tmp_path) -> Iterator[RealBroker]:
    found = RealBroker(tmp_path, free_port())
    found.start()
    yield found
    found.kill()


def numbered(first: int, last: int) -> list[Message]:
    return [Message("city/320404/gas/GAS-0001/telemetry", b"%d" % n) for n in range(first, last)]


def pumped(publisher: Publisher) -> int:
    publisher.pump()
    return publisher.unsent


def test_messages_arrive_in_order(broker):
    listener, publisher = Listener(broker), Publisher(broker, "sender")
    publisher.start()
    publisher.put(numbered(0, 2000))
    until(lambda: pumped(publisher) == 0, timeout=20)
    until(lambda: len(listener.heard) == 2000, timeout=20)
    assert [int(payload) for _, payload in listener.heard] == list(range(2000))
    assert publisher.stop() == 0
    listener.stop()


@pytest.mark.slow
def test_what_is_said_while_the_broker_is_away_is_sent_afterwards(broker):
    publisher = Publisher(broker, "sender")
    publisher.start()
    publisher.put(numbered(0, 100))
    until(lambda: pumped(publisher) == 0, timeout=20)
    broker.kill()
    until(lambda: not publisher._client.is_connected())
    publisher.put(numbered(100, 600))
    publisher.pump()
    assert publisher.unsent == 500
    broker.start()
    listener = Listener(broker)
    until(lambda: pumped(publisher) == 0, timeout=30)
    until(lambda: len(listener.heard) >= 500, timeout=20)
    assert [int(payload) for _, payload in listener.heard] == list(range(100, 600))
    assert publisher.connects == 2
    publisher.stop()
    listener.stop()


def test_a_full_room_drops_the_oldest_and_says_so(broker, caplog):
    publisher = Publisher(broker, "sender", room=10)
    publisher.put(numbered(0, 25))
    assert publisher.dropped == 15
    assert publisher.unsent == 10
    assert "messages dropped" in caplog.text


@pytest.mark.slow
def test_the_whole_simulator_speaks_to_a_real_broker_and_stops_at_once(broker):
    listener, stop = Listener(broker), threading.Event()
    thread = threading.Thread(
        target=simulator.run,
        args=(broker, stop),
        kwargs={"devices": 60, "scenario": "demo", "speed": 20.0},
    )
    thread.start()
    kinds = {"status", "telemetry", "position", "report", "order"}
    until(lambda: {topic.split("/")[-1] for topic, _ in listener.heard} == kinds, timeout=30)
    stop.set()
    thread.join(10)
    assert not thread.is_alive()
    listener.stop()
