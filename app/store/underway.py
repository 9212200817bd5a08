"""A batch that Redis is writing while its sender does something else."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any, NamedTuple

import redis


class Call(NamedTuple):
    """One call of scripts.WRITE; `places` are where its messages stand in the batch."""

    places: Sequence[int]
    keys: Sequence[str]
    args: Sequence[str | bytes]


class Underway:
    """Calls of a script, sent on a connection of their own; `reply` waits for what they answer.

    Raises redis.RedisError. There is no second try: what became of the batch is not known then,
    and to write it again does no harm.
    """

    def __init__(self, client: redis.Redis, sha: str, calls: Sequence[Call]) -> None:
        self._pool, self._calls = client.connection_pool, calls
        self._line: Any = self._pool.get_connection()
        with ExitStack() as broken_off:
            broken_off.callback(self.drop)
            for call in calls:
                self._line.send_command("EVALSHA", sha, len(call.keys), *call.keys, *call.args)
            broken_off.pop_all()

    def reply(self) -> bytes:
        """What became of each message of the batch, in order."""
        flags = bytearray(sum(len(call.places) for call in self._calls))
        with ExitStack() as broken_off:
            broken_off.callback(self.drop)
            for call in self._calls:
                for place, flag in zip(call.places, self._line.read_response(), strict=True):
                    flags[place] = flag
            broken_off.pop_all()
        self._pool.release(self._line)
        return bytes(flags)

    def drop(self) -> None:
        """Hang up: nobody waits for the answer any more."""
        self._line.disconnect()
        self._pool.release(self._line)
