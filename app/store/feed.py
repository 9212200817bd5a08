"""The feed of facts: the ledger's outbox copied to one Redis stream, in order and without gaps.

Any process may publish at any time. What is in the stream is decided by one script call: facts
that another process has already brought are passed over, and the first gap stops.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import Any, Protocol, cast

import msgspec
from redis import Redis
from redis.exceptions import RedisError

from app.domain.facts import Fact
from app.store import keys
from app.store.stream_answers import by_stream

log = logging.getLogger(__name__)

# facts that a client can catch up on, at about 1.5 KB each; older ones are in the ledger, and who
# has missed more than half of them is better served by a new snapshot
FACTS_KEPT = 20_000
FIRST_FILL = 10_000  # facts that an empty stream starts with
BATCH = 500  # facts per script call: short enough not to hold Redis up

# KEYS[1] stream; ARGV: kept, first seq allowed on an empty stream, then seq, body, seq, body, …
APPEND = """
local newest = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)
local top = tonumber(ARGV[2]) - 1
if newest[1] then top = tonumber(string.match(newest[1][1], '^%d+')) end
local added = 0
for i = 3, #ARGV, 2 do
  local seq = tonumber(ARGV[i])
  if seq == top + 1 then
    redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[1], ARGV[i] .. '-0', 'b', ARGV[i + 1])
    top = seq
    added = added + 1
  elseif seq > top then
    break
  end
end
return added
"""


class Outbox(Protocol):
    """Where facts come from: the ledger."""

    def facts_after(self, seq: int, limit: int = 1000) -> list[Fact]:
        """Return committed facts above seq, in order."""

    def last_seq(self) -> int:
        """Return the newest committed number."""


class Feed:
    """The stream of facts and the tails on it; safe to share between threads."""

    def __init__(self, redis: Redis) -> None:
        self.redis = redis
        self._append = redis.register_script(APPEND)
        self._away = False

    def publish(self, ledger: Outbox) -> int:
        """Bring every committed fact that is missing; return how many this call has added.

        A Redis that is away is logged, not raised: clock.tick publishes later.
        """
        try:
            added = self._publish(ledger)
        except RedisError as why:
            if not self._away:
                log.warning("facts wait in the ledger, Redis is away: %s", why)
            self._away = True
            return 0
        self._away = False
        return added

    def last_seq(self) -> int:
        """Return the number of the newest published fact, 0 on an empty stream."""
        newest = cast(list[Any], self.redis.xrevrange(keys.FACTS, count=1))
        return _seq(newest[0][0]) if newest else 0

    def facts_after(self, seq: int, limit: int = 10_000) -> list[Fact] | None:
        """Return the published facts above seq in order, None when some of them are gone.

        None also when there are more than `limit`: a new snapshot is then cheaper.
        """
        oldest = cast(list[Any], self.redis.xrange(keys.FACTS, count=1))
        if not oldest:
            return [] if seq == 0 else None
        if seq + 1 < _seq(oldest[0][0]):
            return None
        found = cast(list[Any], self.redis.xrange(keys.FACTS, f"{seq + 1}-0", count=limit + 1))
        return [decode(fields[b"b"]) for _, fields in found] if len(found) <= limit else None

    def heads(self, streams: Iterable[str]) -> dict[str, str]:
        """Return each stream's newest id ("0-0" when empty): where a tail begins."""
        pipe = self.redis.pipeline(transaction=False)
        names = list(streams)
        for name in names:
            pipe.xrevrange(name, count=1)
        newest = pipe.execute()
        return {
            name: found[0][0].decode() if found else "0-0"
            for name, found in zip(names, newest, strict=True)
        }

    def tail(
        self, last_ids: Mapping[str, str], block_ms: int, count: int = 100
    ) -> dict[str, list[tuple[str, bytes]]]:
        """Wait for entries after `last_ids` on any of the streams; {} after `block_ms`.

        Returns stream → [(id, packed body)], in order; the caller keeps the last id of each.
        Raises RedisError when Redis is away.
        """
        found = by_stream(self.redis.xread(cast(Any, dict(last_ids)), count=count, block=block_ms))
        return {
            name.decode(): [(at.decode(), fields[b"b"]) for at, fields in entries]
            for name, entries in found.items()
        }

    def _publish(self, ledger: Outbox) -> int:
        # The stream is asked before the ledger: what others publish meanwhile cannot be ahead.
        top = self.last_seq()
        newest = ledger.last_seq()
        if top > newest:
            log.error("the feed (%d) is ahead of the ledger (%d): starting it anew", top, newest)
            self.redis.delete(keys.FACTS)
            top = 0
        start = top or max(newest - FIRST_FILL, 0)
        added = 0
        while start < newest:
            batch = ledger.facts_after(start, BATCH)
            if not batch:
                break
            added += self._send(batch, start + 1)
            start = batch[-1].seq
        return added

    def _send(self, batch: list[Fact], first: int) -> int:
        args: list[Any] = [FACTS_KEPT, first]
        for fact in batch:
            args += [fact.seq, msgspec.msgpack.encode(fact)]
        return int(cast(int, self._append(keys=[keys.FACTS], args=args)))


def decode(body: bytes) -> Fact:
    """Return the fact of a packed body, as `tail` yields it for keys.FACTS."""
    return msgspec.msgpack.decode(body, type=Fact)


def _seq(entry_id: bytes) -> int:
    return int(entry_id.split(b"-")[0])
