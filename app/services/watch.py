"""The watch: judges accepted readings and tells the ledger what has happened.

One round of a partition: read entries, judge them, alerts to the ledger, then rule memory and
acknowledgement in one MULTI, then states to the wall. Whatever fails, the round is forgotten and
begins again from what Redis remembers; the ledger takes the same outcomes twice without effect.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter

from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from app.city import City
from app.domain.alerts import judge, sweep
from app.domain.readings import Device, Presence, Readings
from app.errors import Refused
from app.services import alerts, neighbours, presence
from app.services.watch_post import LEASE_MS, Post, Round, take_post
from app.store.live_streams import AT_ONCE, Entry
from app.store.rule_memory import LostPost

log = logging.getLogger(__name__)

BLOCK_MS = 200
ROUND = 1_000  # readings judged and written at once
SWEEP_S = 1.0
BEAT_S = 2.0
AWAY_S = 1.0  # pause before a failed round begins again
FRESH_PERIODS = 3  # an older reading is not judged by time alone


def step(city: City, post: Post, *, block_ms: int | None = None) -> int:
    """Judge the next entries of a partition, pending ones first; return how many readings."""
    if post.pending:
        entries = post.store.read(post.consumer, fresh=False, count=AT_ONCE, block_ms=None)
        post.pending = bool(entries)
    if not post.pending:
        entries = post.store.read(post.consumer, fresh=True, count=AT_ONCE, block_ms=block_ms)
        post.caught_up = len({i for i, _ in entries}) < AT_ONCE
    for batch in _rounds(entries):
        post.hold()
        settle(city, post, weigh(city, post, batch), (i for i, _ in batch))
        post.done = int(batch[-1][0].split(b"-")[0])
    return len(entries)


def _rounds(entries: list[Entry]) -> Iterator[list[Entry]]:
    """Stream entries whole, so many together as hold ROUND readings or little more."""
    batch: list[Entry] = []
    for _, readings in groupby(entries, key=itemgetter(0)):
        batch += readings
        if len(batch) >= ROUND:
            yield batch
            batch = []
    if batch:
        yield batch


def weigh(city: City, post: Post, entries: Iterable[Entry]) -> Round:
    """Judge entries in their order against the rules of their devices; writes nothing yet."""
    batch = list(entries)
    _meet(city, post, batch)
    done = Round()
    for entry_id, readings in batch:
        try:
            _weigh(post, readings, done)
        except Exception:
            # the outermost line over entries: an odd one must not hold up its partition for ever
            log.exception("the entry %r of %s cannot be judged", entry_id, readings.device)
    return done


def _weigh(post: Post, readings: Readings, done: Round) -> None:
    code = readings.device
    known = post.memories.get(code)
    for rule in post.rules.get(code, ()):
        memory = known.get(rule.id) if known else None
        judged = judge(rule, memory, readings)
        if judged[0] is not memory or judged[1]:
            done.note(post, post.devices[code], rule, judged)
            known = post.memories.get(code)


def settle(city: City, post: Post, done: Round, ids: Iterable[bytes]) -> None:
    """Write a round: ledger first, then memory with acknowledgement, then the wall.

    A storm of alerts takes longer than the lease, so it is written in parts and prolonged.
    """
    alerts.apply_in_parts(city, done.changes, post.hold)
    post.hold()
    post.store.commit(ids, done.changed)
    city.live.set_states(
        [(d.n, Presence.ONLINE, post.level(code)) for code, d in done.devices.items()]
    )


def tick(city: City, post: Post) -> int:
    """Judge what only time was missing for, and call the roll; return how many alerts changed.

    Waits with the rules until the entries are caught up: their readings come first.
    """
    done = Round()
    if post.caught_up:
        _sweep(city, post, done)
    if done.changed:
        settle(city, post, done, [])
    presence.sweep(city, post.roll, post.levels(), post.hold)
    if post.roll.called_at != post.learnt_at:
        _learn_anew(city, post)
    return len(done.changes)


def run(city: City, stop: threading.Event) -> None:
    """Watch every partition that nobody else does, until stopped; survives its stores' absence."""
    watch = Watch(city)
    while not stop.is_set():
        try:
            watch.round()
            if not watch.posts:
                stop.wait(BLOCK_MS / 1000)
        except (RedisError, SQLAlchemyError, Refused, LostPost) as why:
            watch.forget(why)
            stop.wait(AWAY_S)
        except Exception:
            log.exception("the watch has stumbled and begins again from what Redis remembers")
            watch.forget(None)
            stop.wait(AWAY_S)
    watch.leave()


class Watch:
    """The loop's state: the posts of this process and when something is due again."""

    def __init__(self, city: City) -> None:
        self.city = city
        self.owner = city.new_id()
        self.posts: dict[int, Post] = {}
        self.away = False
        self._due = {"sweep": 0.0, "beat": 0.0, "take": 0.0, "neighbours": 0.0}

    def round(self) -> int:
        """Take free partitions, judge what has come, sweep and beat when due."""
        if self._is_due("take", SWEEP_S):
            self._take_posts()
        judged = sum(step(self.city, post) for post in self.posts.values())
        if self._is_due("sweep", SWEEP_S):
            for post in self.posts.values():
                tick(self.city, post)
        if 0 in self.posts and self._is_due("neighbours", neighbours.EVERY_S):
            neighbours.sweep(self.city)  # of the whole city, by whoever has its first partition
        if self._is_due("beat", BEAT_S):
            self._beat()
        if not judged:
            self._wait()
        if self.away:
            log.info("the watch goes on")
            self.away = False
        return judged

    def forget(self, why: Exception | None) -> None:
        """Drop what is in mind after a failure: the next round reads it anew."""
        if why is not None and not self.away:
            log.warning("the watch waits and repeats: %s: %s", type(why).__name__, why)
        self.away = True
        self.posts.clear()
        self._due["take"] = 0.0

    def leave(self) -> None:
        """Give the partitions up for whoever comes next."""
        try:
            for post in self.posts.values():
                post.store.release()
        except RedisError as why:
            log.warning("the posts run out by themselves, Redis is away: %s", why)

    def _take_posts(self) -> None:
        for partition in range(self.city.live.partitions):
            if partition in self.posts:
                if not self.posts[partition].store.take(LEASE_MS):
                    raise LostPost(f"partition {partition} has another watch")
            elif post := take_post(self.city, partition, self.owner):
                self.posts[partition] = post

    def _wait(self) -> None:
        """Wait for new entries, on one partition after the other."""
        for post in list(self.posts.values()):
            if step(self.city, post, block_ms=max(BLOCK_MS // len(self.posts), 10)):
                return

    def _beat(self) -> None:
        self.city.live.beat("watch", round(self.city.now().timestamp() * 1000))
        for post in self.posts.values():
            post.store.tell_lag(post.done)

    def _is_due(self, what: str, every: float) -> bool:
        now = time.monotonic()
        if now < self._due[what]:
            return False
        self._due[what] = now + every
        return True


def _meet(city: City, post: Post, batch: list[Entry]) -> None:
    """Learn the devices that are new, or new in their place, and which rules fit them."""
    strange = {r.device for _, r in batch if r.device not in post.rules or r.moved}
    for device in city.live.devices(strange).values():
        _learn(city, post, device)


def _learn(city: City, post: Post, device: Device) -> None:
    post.devices[device.code] = device
    rules = city.rules.for_device(device.kind, device.code, device.name)
    # outside the city nobody could answer: kept in the record, not judged
    post.rules[device.code] = rules if device.area else ()


def _learn_anew(city: City, post: Post) -> None:
    """Take over from the roll what has changed of devices: name, period, place."""
    post.learnt_at = post.roll.called_at
    for device in post.roll.devices:
        if device and post.devices.get(device.code, device) != device:
            _learn(city, post, device)


def _sweep(city: City, post: Post, done: Round) -> None:
    now = round(city.now().timestamp() * 1000)
    for code, known in list(post.memories.items()):
        for rule_id, memory in list(known.items()):
            if not (memory.since or memory.below):
                continue
            device = post.devices.get(code)
            rule = next((r for r in post.rules.get(code, ()) if r.id == rule_id), None)
            if device is None or rule is None:
                continue
            if now - memory.arrived > FRESH_PERIODS * device.period_s * 1000:
                continue
            judged = sweep(rule, memory, now)
            if judged[0] is not memory:
                done.note(post, device, rule, judged)
