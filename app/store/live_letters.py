"""Dead letters on Redis: refused messages with all their bytes, until replayed, dropped or pushed
out.

They lie in piles, one per (source, reason). When there are too many, or they are too heavy, the
largest pile loses its oldest: a source that floods pushes out its own letters and nobody else's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from typing import Any, NamedTuple, cast

import msgspec
import redis

from app.store import keys, scripts_letters

TOPIC_KEPT = 1024  # characters; a longer one is cut and cannot be replayed
DETAIL_KEPT = 256  # characters
CUT_BYTES = 4096  # of a payload that is too large to be kept
SHARE = 8  # one letter takes at most this part of all the room
AT_ONCE = 500
TEN_MINUTES_MS = 600_000
DAY_TENS = 144

_pack = msgspec.msgpack.Encoder().encode


class DeadLetter(msgspec.Struct, frozen=True, kw_only=True):
    """A message that was not taken: from whom, all its bytes, why, and when it came (epoch ms).

    `preview` is what may be shown of it. `size` is the payload in bytes; `whole` is False when it
    was too large to be kept and cannot be replayed. `taken` are marks of what the message said
    besides and was taken at once; `tries` counts replays that were refused. `id` is the store's.
    """

    topic: str
    payload: bytes
    reason: str
    detail: str
    at: int
    size: int = 0
    id: str = ""
    source: str = "city"
    tries: int = 0
    preview: str = ""
    taken: tuple[str, ...] = ()
    whole: bool = True


class Bounds(NamedTuple):
    """How many letters are kept, how many bytes they may have together, and for how long (ms)."""

    letters: int = 20_000
    bytes: int = 64_000_000
    age_ms: int = 30 * 86_400_000


BOUNDS = Bounds()


# the payload lies beside it, so that a search does not read it
class _About(msgspec.Struct, frozen=True, kw_only=True):
    source: str
    reason: str
    topic: str
    detail: str
    at: int
    size: int
    tries: int
    preview: str
    taken: tuple[str, ...]
    whole: bool


_about = msgspec.msgpack.Decoder(_About).decode


Totals = tuple[dict[str, int], dict[str, int], list[Counter[str]]]


class Letters:
    """Writing, paging, replacing and removing; each step is one script."""

    redis: redis.Redis

    def bury(
        self, letters: Sequence[DeadLetter], bounds: Bounds = BOUNDS, *, again: bool = False
    ) -> int:
        """Keep letters and count them by reason; returns how many old ones were pushed out.

        Burying the same batch twice keeps and counts it once. `again` replaces known letters by
        what they are now, and counts nothing.
        """
        named = letters if again else _named(letters)
        return sum(
            self._bury(named[start : start + AT_ONCE], start, bounds, again)
            for start in range(0, len(named), AT_ONCE)
        )

    def _bury(self, letters: Sequence[DeadLetter], start: int, bounds: Bounds, again: bool) -> int:
        newest = max(letter.at for letter in letters)
        oldest = (newest - bounds.age_ms) * 1000
        args: list[Any] = [keys.pile(""), bounds.letters, bounds.bytes, oldest, int(again)]
        for i, letter in enumerate(letters, start):
            whole = letter.whole and len(letter.payload) <= bounds.bytes // SHARE
            whole = whole and len(letter.topic) <= TOPIC_KEPT
            payload = letter.payload if whole else letter.payload[:CUT_BYTES]
            score = letter.at * 1000 + i % 1000
            args += (letter.id, score, letter.source, letter.reason, _told(letter, whole), payload)
        script = self.redis.register_script(scripts_letters.BURY)
        tens = keys.letter_tens(newest // TEN_MINUTES_MS)
        return cast(int, script(keys=[*NAMES, keys.COUNTS, tens], args=args))

    def remove_letters(self, ids: Sequence[str]) -> int:
        """Forget letters; returns how many there were."""
        if not ids:
            return 0
        script = self.redis.register_script(scripts_letters.REMOVE)
        return cast(int, script(keys=[*NAMES, keys.LETTER_REPLAYS], args=[keys.pile(""), *ids]))

    def dead_letters(self, limit: int = 100) -> list[DeadLetter]:
        """The newest dead letters with their bytes, newest first."""
        found = cast(list[bytes], self.redis.zrevrange(keys.LETTERS, 0, limit - 1))
        return self.letters_of([each.decode() for each in found])

    def letters_of(self, ids: Sequence[str]) -> list[DeadLetter]:
        """The letters of these ids that are there, with their bytes."""
        if not ids:
            return []
        with self.redis.pipeline(transaction=True) as pipe:
            pipe.hmget(keys.LETTER_ABOUT, list(ids))
            pipe.hmget(keys.LETTER_BYTES, list(ids))
            abouts, payloads = pipe.execute()
        return [
            _letter(i, about, payload)
            for i, about, payload in zip(ids, abouts, payloads, strict=True)
            if about is not None and payload is not None
        ]

    def abouts_of(self, ids: Sequence[str]) -> list[DeadLetter]:
        """The letters of these ids that are there, without their bytes."""
        if not ids:
            return []
        abouts = cast(list[bytes | None], self.redis.hmget(keys.LETTER_ABOUT, list(ids)))
        return [_letter(i, raw, b"") for i, raw in zip(ids, abouts, strict=True) if raw]

    def leaf(self, pile: str = "", before: str = "") -> Iterator[DeadLetter]:
        """The letters before one of them, newest first, without their bytes.

        Of all, or of one pile ("<source>|<reason>"). A `before` that has gone ends it at once.
        """
        index = keys.pile(pile) if pile else keys.LETTERS
        newest: float | None = float("inf")
        if before:
            newest = self.redis.zscore(keys.LETTERS, before)
        skipped = 0
        while newest is not None:
            page = cast(
                list[bytes],
                self.redis.zrevrangebyscore(index, newest, "-inf", start=skipped, num=AT_ONCE),
            )
            if not page:
                return
            skipped += len(page)
            yield from self.abouts_of([i for i in map(bytes.decode, page) if i != before])

    def letter_totals(self, now_ms: int) -> Totals:
        """Letters and bytes by pile ("*": bytes of all), and by source in each ten minutes.

        These are the last 24 hours, oldest first, the present ten minutes last.
        """
        last = now_ms // TEN_MINUTES_MS
        with self.redis.pipeline(transaction=False) as pipe:
            pipe.hgetall(keys.LETTER_PILES)
            pipe.hgetall(keys.LETTER_WEIGHTS)
            for ten in range(last - DAY_TENS + 1, last + 1):
                pipe.hgetall(keys.letter_tens(ten))
            counts, weights, *tens = (_numbers(found) for found in pipe.execute())
        return counts, weights, [Counter(ten) for ten in tens]

    def queue_letters(self, ids: Sequence[str]) -> int:
        """Ask for the replay of letters, in the order in which they came; returns how many are new
        in the queue."""
        if not ids:
            return 0
        scores = self.redis.zmscore(keys.LETTERS, list(ids))
        there = {i: score for i, score in zip(ids, scores, strict=True) if score is not None}
        return cast(int, self.redis.zadd(keys.LETTER_REPLAYS, there, nx=True)) if there else 0

    def queued_letters(self, limit: int) -> list[str]:
        """The ids that wait for their replay, the oldest letter first."""
        found = cast(list[bytes], self.redis.zrange(keys.LETTER_REPLAYS, 0, limit - 1))
        return [each.decode() for each in found]

    def letters_in_queue(self) -> int:
        """How many letters wait for their replay."""
        return self.redis.zcard(keys.LETTER_REPLAYS)

    def unqueue_letters(self, ids: Sequence[str]) -> None:
        """These are done with."""
        if ids:
            self.redis.zrem(keys.LETTER_REPLAYS, *ids)

    def accept_again(self, kind: str, packed: bytes, arrived: int) -> None:
        """Let an accepted report or order wait for its case once more."""
        self.redis.xadd(keys.REPORTS, {"t": kind, "b": packed, "at": arrived})


NAMES = [
    *(keys.LETTERS, keys.LETTER_ABOUT, keys.LETTER_BYTES),
    *(keys.LETTER_PILES, keys.LETTER_WEIGHTS),
]


def _named(letters: Sequence[DeadLetter]) -> list[DeadLetter]:
    """Letters with ids of what they are, so that a repeated batch is known again."""
    twins: Counter[bytes] = Counter()
    named = []
    for letter in letters:
        what = (letter.source, letter.topic, letter.payload, letter.reason, letter.at)
        digest = blake2b(_pack(what), digest_size=9).digest()
        nth = twins[digest]
        twins[digest] += 1
        named.append(msgspec.structs.replace(letter, id=f"{digest.hex()}{f'.{nth}' * (nth > 0)}"))
    return named


def _told(letter: DeadLetter, whole: bool) -> bytes:
    return _pack(
        _About(
            source=letter.source,
            reason=letter.reason,
            topic=letter.topic[:TOPIC_KEPT],
            detail=letter.detail[:DETAIL_KEPT],
            at=letter.at,
            size=letter.size or len(letter.payload),
            tries=letter.tries,
            preview=letter.preview,
            taken=letter.taken,
            whole=whole,
        )
    )


def _letter(letter_id: str, about: bytes, payload: bytes) -> DeadLetter:
    told = _about(about)
    fields = {name: getattr(told, name) for name in told.__struct_fields__}
    return DeadLetter(id=letter_id, payload=payload, **fields)


def _numbers(found: dict[bytes, bytes]) -> dict[str, int]:
    return {name.decode(): int(value) for name, value in found.items()}
