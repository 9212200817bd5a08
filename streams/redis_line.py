"""The line to a Redis Stream of another system: its entries go into the inbox of a lane.

We read as a consumer group: an entry is ours until it is acknowledged, which happens when it is
written here. What a former life of ours had not finished comes first, then what dead consumers of
the group have left, then what is new. A server that is away is tried until it is there.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from itertools import count
from threading import Event, Lock, Thread
from typing import Any

import msgspec
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from streams.mqtt import Arrival
from streams.sources import Source
from streams.stream_settings import StreamSettings

log = logging.getLogger(__name__)

AT_ONCE = 500
BLOCK_MS = 500  # the longest that a stop or an acknowledgement that failed waits
ABANDONED_MS = 60_000  # default: whoever holds an entry for so long is dead
CLAIM_EVERY = 20  # turns of the loop, at most 10 s when nothing comes
AWAY_S = (0.2, 0.5, 1.0, 2.0, 5.0)

Entry = tuple[bytes, dict[bytes, bytes] | None]
Deliver = Callable[[Sequence[Arrival]], None]


class RedisLine:
    """Brings the entries of one source; `session` is its own number in the lane, below 0.

    `consumer` must stay the same over restarts, and differ between processes that share the group.
    An entry that is under way in this process is not delivered again, however long it takes.
    """

    def __init__(
        self,
        source: Source,
        deliver: Deliver,
        consumer: str,
        *,
        session: int = -1,
        abandoned_ms: int = ABANDONED_MS,
    ) -> None:
        assert isinstance(source.stream, StreamSettings)
        self._given = source.stream
        self._topic = f"stream/{source.name}"
        self._deliver = deliver
        self._consumer = consumer
        self._session = session
        self._abandoned_ms = abandoned_ms
        self._redis = redis.Redis.from_url(
            self._given.address,
            socket_connect_timeout=2,
            socket_timeout=10,
            health_check_interval=15,
            retry=Retry(NoBackoff(), 0),
        )
        self._numbers = count(1)
        self._under_way: dict[int, bytes] = {}  # our number → their id
        self._done: set[bytes] = set()  # written here, not yet acknowledged there
        self._lock = Lock()
        self._stop = Event()
        self._thread = Thread(target=self._run, name=f"stream-{source.name}", daemon=True)
        self._begun = False
        self.connected = Event()

    def start(self) -> None:
        """Begin, in a thread of its own; a server that is away is tried until it is there."""
        self._begun = True
        self._thread.start()

    def stop(self) -> None:
        """Send the last acknowledgements and hang up; the rest stays pending for our next life."""
        self._stop.set()
        if self._begun:
            self._thread.join(15)
        try:
            self._send_acknowledgements()
        except redis.RedisError as why:
            log.info("not acknowledged, so it comes again: %s", why)
        self._redis.close()

    def alive(self) -> bool:
        """Whether its thread is there, or has not begun."""
        return not self._begun or self._thread.is_alive()

    def acknowledge(self, arrivals: Sequence[Arrival]) -> None:
        """These are written or buried; an acknowledgement that fails is sent again later."""
        with self._lock:
            mine = [each.mid for each in arrivals if each.session == self._session]
            self._done |= {self._under_way.pop(mid) for mid in mine if mid in self._under_way}
        try:
            self._send_acknowledgements()
        except redis.RedisError as why:
            log.info("acknowledged later: %s", why)

    def publish(self, topic: str, payload: bytes) -> None:
        """A stream has no way back: what a dialect asks for cannot be sent."""
        log.debug("%s has no way back for %s", self._topic, topic)

    def _send_acknowledgements(self) -> None:
        with self._lock:
            ids = sorted(self._done)
        if ids:
            self._redis.xack(self._given.stream, self._given.group, *ids)
            with self._lock:
                self._done -= set(ids)

    def _run(self) -> None:
        tries = 0
        while not self._stop.is_set():
            try:
                self._enter()
                tries = 0
                self._listen()
            except redis.RedisError as why:
                self.connected.clear()
                if tries == 0:
                    log.warning("%s waits for %s: %s", self._topic, self._given.shown, why)
                self._stop.wait(AWAY_S[min(tries, len(AWAY_S) - 1)])
                tries += 1

    def _enter(self) -> None:
        """Make our group where it is missing, at the stream's beginning: nothing is passed over.

        A stream that is not there yet is waited for: making it is the other system's business.
        """
        try:
            self._redis.xgroup_create(self._given.stream, self._given.group, "0")
        except redis.ResponseError as why:
            if "BUSYGROUP" not in str(why):
                raise
        log.info("%s reads %s", self._topic, self._given.shown)
        self.connected.set()

    def _listen(self) -> None:
        """Our own pending entries first, then those of the dead, then what comes."""
        after = b"0"
        while not self._stop.is_set() and (found := self._read(after)):
            after = found[-1][0]
            self._bring(found)
        for turn in count():
            if self._stop.is_set():
                return
            self._send_acknowledgements()
            if turn % CLAIM_EVERY == 0:
                self._claim()
            self._bring(self._read(b">"))

    def _read(self, after: bytes) -> list[Entry]:
        given = self._given
        block = BLOCK_MS if after == b">" else None
        answer: Any = self._redis.xreadgroup(
            given.group, self._consumer, {given.stream: after}, count=AT_ONCE, block=block
        )
        if isinstance(answer, dict):
            return [entry for lists in answer.values() for part in lists for entry in part]
        return list(answer[0][1]) if answer else []

    def _claim(self) -> None:
        """Take over what a consumer of the group has held for too long; needs Redis 6.2."""
        start: bytes = b"0-0"
        while not self._stop.is_set():
            given = self._given
            answer: Any = self._redis.xautoclaim(
                given.stream, given.group, self._consumer, self._abandoned_ms, start, count=AT_ONCE
            )
            self._bring(answer[1])
            start = answer[0]
            if start == b"0-0":
                return

    def _bring(self, entries: Sequence[Entry]) -> None:
        """Into the inbox, waiting for room; what their server has cut off before is gone."""
        arrivals, gone = [], []
        with self._lock:
            known = set(self._under_way.values()) | self._done
            for entry_id, fields in entries:
                if not fields:
                    gone.append(entry_id)
                elif entry_id not in known:
                    arrivals.append(self._arrival(entry_id, fields))
            self._done |= set(gone)
        if gone:
            log.warning("%s: %d entries were cut off unread", self._topic, len(gone))
        if arrivals:
            self._deliver(arrivals)

    def _arrival(self, entry_id: bytes, fields: dict[bytes, bytes]) -> Arrival:
        number = next(self._numbers)
        self._under_way[number] = entry_id
        payload = payload_of(entry_id, fields, self._given.field)
        return Arrival(self._topic, payload, number, 1, self._session)


def payload_of(entry_id: bytes, fields: dict[bytes, bytes], field: str) -> bytes:
    """The bytes of a field, or the whole entry as a JSON object of texts.

    That has `_id`, the entry's id, and `_at`, its moment in epoch ms, for senders that write
    neither. An entry without the field is given whole, so that its dialect refuses it by name.
    """
    wanted = fields.get(field.encode()) if field else None
    if wanted is not None:
        return wanted
    said: dict[str, Any] = {_text(name): _text(value) for name, value in fields.items()}
    said.setdefault("_id", entry_id.decode())
    said.setdefault("_at", int(entry_id.partition(b"-")[0]))
    return msgspec.json.encode(said)


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")
