"""Letters whose replay is asked for, in turns of one ingest role, and what became of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import msgspec

from app.city import City
from app.services.letters import ACCEPTED, NO_CASE, bounds, of, record, shown
from app.store import keys
from app.store.live_letters import DeadLetter as DeadLetter

LEASE_S = 120  # a turn takes seconds


@contextmanager
def turn(city: City, limit: int) -> Iterator[list[DeadLetter]]:
    """The letters that wait for their replay, oldest first; none while another role has them."""
    ids = city.live.queued_letters(limit)
    lock = city.live.redis.lock(keys.LETTER_LOCK, timeout=LEASE_S, blocking=False)
    if not ids or not lock.acquire():
        yield []
        return
    try:
        found = city.live.letters_of(ids)
        city.live.unqueue_letters(sorted(set(ids) - {letter.id for letter in found}))
        yield found
    finally:
        lock.release()


def accepted_again(city: City, letter: DeadLetter, arrived: int) -> bool:
    """Whether the letter is an acknowledged report or order; then it waits for its case again."""
    if not letter.topic.startswith(ACCEPTED) or letter.reason != NO_CASE:
        return False  # a stranger may say any topic at the broker
    city.live.accept_again(letter.topic.removeprefix(ACCEPTED), letter.payload, arrived)
    return True


def done(
    city: City,
    replayed: Sequence[DeadLetter],
    refused: Sequence[DeadLetter],
    heard: Mapping[str, int],
) -> None:
    """A turn is over: what was taken leaves the letters, what was refused again goes back.

    `heard` is when each feed was heard before: a replay makes none look older than it is.
    """
    for feed, at in city.live.feeds().items():
        if at < heard.get(feed, 0):
            city.live.mark_feed(feed, heard[feed])
    back = [msgspec.structs.replace(letter, detail=shown(letter.detail)) for letter in refused]
    city.live.bury(back, bounds(city), again=True)
    city.live.unqueue_letters([letter.id for letter in refused])
    city.live.remove_letters([letter.id for letter in replayed])
    for source, count in Counter(letter.source for letter in replayed).items():
        city.live.count(f"replayed:{source}", count)
    city.live.count("replayed", len(replayed))
    told = {"replayed": of(replayed), "refused": of(refused)}
    record(city, "replayed", "ingest", city.settings.city, told)
