"""Dead letters once more: the ingest role reads them again, by the sources as they are now.

A letter is read as of its arrival, so that what was not too old then is not too old now; what it
says is taken as late (补报). It leaves the letters when all it says is written, else it stays with
the new reason. Births register devices, farewells are of the past and have no effect.
Readers of their own are used, since those of the lanes remember what is being said now.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from threading import Event, Thread

import msgspec

from app.city import City
from app.domain.readings import Quality, Telemetry
from app.errors import BadConfiguration, Unavailable
from app.services import ingest, letters_replay, roster
from app.services.letters_replay import DeadLetter
from streams.feeds import Feeds, marks
from streams.inbox import AT_ONCE, Batch, Reader
from streams.mqtt import Arrival
from streams.sourcefile import load

log = logging.getLogger(__name__)

TURN_S = 1.0
FEW = 200  # letters of one turn
LATE_MS = 15 * 60_000  # default: an older reading says nothing of now
TRIES = 999


def start(city: City, stop: Event) -> Thread:
    """Replay what is asked for until stopped, in a thread of its own."""
    thread = Thread(target=run, args=(city, stop), name="replay", daemon=True)
    thread.start()
    return thread


def run(city: City, stop: Event) -> None:
    """Replay what is asked for until stopped; a store that is away is waited for."""
    while not stop.wait(TURN_S):
        try:
            turn(city)
        except Unavailable as why:
            log.debug("the replay waits: %s", why.message)
        except BadConfiguration as why:
            log.warning("the replay waits for a right file of sources: %s", "; ".join(why.faults))
        except Exception:
            log.exception("a replay failed; it is tried again")


def turn(city: City) -> int:
    """Replay some of the letters that wait; returns how many were taken.

    Raises Unavailable when a store is away, BadConfiguration when the sources are wrong.
    """
    with ingest.answering(city), letters_replay.turn(city, FEW) as waiting:
        return _replay(city, waiting) if waiting else 0


def _replay(city: City, waiting: Sequence[DeadLetter]) -> int:
    sources = load(city.settings.sources) if city.settings.sources else []
    by_mqtt = Reader(feeds=Feeds([s for s in sources if s.by == "mqtt"]))
    # who may write to the broker may write to a topic webhook/x, too: only its own letters are its
    others = {s.name: Reader((), Feeds([s])) for s in sources if s.by != "mqtt"}
    heard = city.live.feeds()
    replayed: list[DeadLetter] = []
    refused: list[DeadLetter] = []
    for letter in waiting:
        reader = others.get(letter.source, by_mqtt)
        reader.fresh()
        again = _again(city, reader, letter)
        (refused if again else replayed).append(again or letter)
    letters_replay.done(city, replayed, refused, heard)
    return len(replayed)


def _again(city: City, reader: Reader, letter: DeadLetter) -> DeadLetter | None:
    """None when all that the letter says is written, else the letter as it is now."""
    try:
        if letters_replay.accepted_again(city, letter, _now(city)):
            return None
        arrival = Arrival(letter.topic, letter.payload, 0, 0, 0)
        batch = reader.sort([arrival], letter.at)
        _write(city, batch, set(letter.taken), letter.at)
    except (Unavailable, *ingest.AWAY):
        raise
    except Exception as why:
        # the outermost line of the loop over letters: an odd one must not hold up all behind it
        log.exception("a dead letter on %r cannot be taken", letter.topic[:200])
        return _refused(letter, "odd", type(why).__name__)
    if not batch.refused:
        return None
    still = batch.refused[0]
    taken = tuple(dict.fromkeys([*letter.taken, *still.taken]))
    return _refused(letter, still.reason, still.detail, taken)


def _refused(
    letter: DeadLetter, reason: str, detail: str, taken: tuple[str, ...] = ()
) -> DeadLetter:
    tries = min(letter.tries + 1, TRIES)
    return msgspec.structs.replace(
        letter, reason=reason, detail=detail, tries=tries, taken=taken or letter.taken
    )


def _write(city: City, batch: Batch, taken: set[str], came: int) -> None:
    """Write what a letter says, except what was taken when it came (epoch ms)."""
    now = _now(city)
    with ingest.answering(city), roster.alone:
        roster.enrol(city, [status for status in batch.statuses if status.online])
    marked = zip(batch.telemetry, marks(batch.telemetry), strict=True)
    fresh = [t for t, mark in marked if mark not in taken]
    for start_at in range(0, len(fresh), AT_ONCE):
        part = [_late(t, now) for t in fresh[start_at : start_at + AT_ONCE]]
        # it has waited with us, which is no fault of its clock
        ingest.observe(city, part, now, now - came)
    ingest.positions(city, batch.positions, came)
    ingest.receive(city, batch.reports, came)


def _late(t: Telemetry, now: int) -> Telemetry:
    if t.at >= now - LATE_MS or t.quality == Quality.BAD:
        return t
    return msgspec.structs.replace(t, quality=Quality.LATE)


def _now(city: City) -> int:
    return int(city.now().timestamp() * 1000)
