"""Sends messages with QoS 1, and keeps them in order while the broker is away.

One thread puts and pumps; paho's own thread only counts acknowledgements. What was handed to paho
and not acknowledged is sent again by paho after a reconnect, before anything newer.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Protocol

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from streams.simulator.messages import Message

logger = logging.getLogger(__name__)

WINDOW = 500  # messages on their way at once: beyond it the broker is not keeping up
ROOM = 200_000  # messages kept while the broker is away: about an hour of a city of 2,000
KEEPALIVE_S = 30
RETRY_S = (1, 5)
SAY_AGAIN_S = 10.0
QOS = 1


class Broker(Protocol):
    """The settings that a publisher needs."""

    @property
    def mqtt_host(self) -> str: ...  # noqa: D102
    @property
    def mqtt_port(self) -> int: ...  # noqa: D102
    @property
    def mqtt_user(self) -> str | None: ...  # noqa: D102
    @property
    def mqtt_password(self) -> str | None: ...  # noqa: D102
    @property
    def mqtt_tls_ca(self) -> Path | None: ...  # noqa: D102


class Publisher:
    """A store-and-forward MQTT client; `put`, `pump`, `drain` belong to one thread."""

    def __init__(self, broker: Broker, client_id: str, room: int = ROOM) -> None:
        self._broker, self._room = broker, room
        self._waiting: deque[Message] = deque()
        self._given = self._acked = self._connects = 0
        self.dropped = 0
        self._said = 0.0
        self._client = self._make(client_id)

    def start(self) -> None:
        """Connects in the background and goes on trying for as long as it takes."""
        self._client.connect_async(self._broker.mqtt_host, self._broker.mqtt_port, KEEPALIVE_S)
        self._client.loop_start()

    def stop(self, patience: float = 2.0) -> int:
        """Sends what it can within `patience` seconds, disconnects; returns what it could not."""
        left = self.drain(patience)
        self._client.disconnect()
        self._client.loop_stop()
        if left:
            logger.warning("stopped with %d messages that the broker has not taken", left)
        return left

    @property
    def connects(self) -> int:
        """How often the broker has accepted us: a change means that it may have forgotten us."""
        return self._connects

    @property
    def unsent(self) -> int:
        """Messages that the broker has not acknowledged yet."""
        return len(self._waiting) + self._given - self._acked

    @property
    def sent(self) -> int:
        """Messages that the broker has acknowledged."""
        return self._acked

    def put(self, messages: Iterable[Message]) -> None:
        """Queues messages; when the room is used up the oldest goes, counted and logged."""
        for message in messages:
            if len(self._waiting) >= self._room:
                self._waiting.popleft()
                self.dropped += 1
            self._waiting.append(message)
        if self.dropped:
            self._say_dropped()

    def pump(self) -> None:
        """Hands queued messages to the client, as many as may be on their way at once."""
        while self._waiting and self._client.is_connected() and self._under_way() < WINDOW:
            message = self._waiting.popleft()
            self._given += 1
            # without a connection paho keeps the message and sends it first after the reconnect
            self._client.publish(message.topic, message.payload, QOS, message.retain)

    def drain(self, patience: float) -> int:
        """Pumps until everything is acknowledged or the seconds are over; returns the rest."""
        until = time.monotonic() + patience
        while self.unsent and time.monotonic() < until:
            self.pump()
            time.sleep(0.01)
        return self.unsent

    def _under_way(self) -> int:
        return self._given - self._acked

    def _make(self, client_id: str) -> mqtt.Client:
        client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=client_id)
        if self._broker.mqtt_user:
            client.username_pw_set(self._broker.mqtt_user, self._broker.mqtt_password)
        if self._broker.mqtt_tls_ca:
            client.tls_set(str(self._broker.mqtt_tls_ca))
        client.max_inflight_messages_set(WINDOW)
        client.max_queued_messages_set(0)
        client.reconnect_delay_set(*RETRY_S)
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_publish = self._on_publish
        return client

    def _on_connect(self, _client: Any, _user: Any, _flags: Any, reason: Any, _more: Any) -> None:
        if reason.is_failure:
            logger.error("the broker refuses the simulator: %s", reason)
            return
        self._connects += 1
        logger.info("connected to %s:%d", self._broker.mqtt_host, self._broker.mqtt_port)

    def _on_disconnect(self, _client: Any, _user: Any, _f: Any, reason: Any, _more: Any) -> None:
        if reason.is_failure:
            logger.warning("the broker is away (%s); messages are kept", reason)

    def _on_publish(self, _client: Any, _user: Any, _mid: int, _reason: Any, _more: Any) -> None:
        self._acked += 1  # the only writer is paho's thread

    def _say_dropped(self) -> None:
        if time.monotonic() - self._said > SAY_AGAIN_S:
            self._said = time.monotonic()
            logger.error("no room: %d messages dropped since the start", self.dropped)
