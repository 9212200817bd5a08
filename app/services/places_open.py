"""Open cases and alerts as texts that are searched: read once, then kept true by the facts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

from app.city import City
from app.domain.alerts import Alert
from app.domain.cases import Case
from app.domain.facts import LISTS, Fact
from app.services.aside import aside
from app.services.places_lines import Lines, line_of, written
from app.store import finding
from app.store.finding import Known
from app.store.ledger import Ledger
from app.store.tx import Tx
from geodata.areas import AreaTree

AGAIN = timedelta(minutes=10)  # default; what is no fact, like an import of areas, is seen by then
MOST_FACTS = 1_000  # more of them since the last look: all of it is read again
KINDS: dict[str, type] = {"case": Case, "alert": Alert}
Lined = tuple[Known, str]


@dataclass
class Held:
    """What one process knows of what is open: by noun and id, up to a fact."""

    at: datetime
    seq: int
    areas: AreaTree
    known: dict[str, dict[str, Lined]]
    texts: dict[str, Lines[Known]]


_held: WeakKeyDictionary[Ledger, Held] = WeakKeyDictionary()


def open_texts(city: City, age: timedelta = AGAIN) -> dict[str, Lines[Known]]:
    """What is open now, by noun ("case", "alert"), the newest first.

    All of it is read again when that was done longer ago than `age`.
    """
    held = _held.get(city.ledger)
    facts = [] if held is None else city.ledger.facts_after(held.seq, MOST_FACTS)
    if held is None or len(facts) == MOST_FACTS or not _young(city, held, age):
        held = _held[city.ledger] = _read(city)
    else:
        _learn(held, facts)
    return {noun: held.texts.get(noun) or _text(held, noun) for noun in held.known}


def _text(held: Held, noun: str) -> Lines[Known]:
    """Write a text anew; it is kept unless somebody has learnt more while it was written."""
    rows, seq = list(held.known[noun].values()), held.seq
    text = aside(partial(_written, rows))
    if held.seq == seq:
        held.texts[noun] = text
    return text


def _young(city: City, held: Held, age: timedelta) -> bool:
    return held.areas is city.areas and held.at <= city.now() < held.at + age


def _read(city: City) -> Held:
    with city.ledger.read() as tx:
        seq = tx.last_seq()
        known = {noun: _known(tx, kind) for noun, kind in KINDS.items()}
    return Held(city.now(), seq, city.areas, known, {})


def _known(tx: Tx, kind: type) -> dict[str, Lined]:
    """Page by page: between two of them others have a turn."""
    known: dict[str, Lined] = {}
    for page in finding.open_things(tx, kind):
        known |= aside(partial(_page, page))
    return known


def _page(rows: list[Known]) -> dict[str, Lined]:
    return {row.id: _lined(row) for row in rows}


def _learn(held: Held, facts: list[Fact]) -> None:
    """Take in what the facts say: each body is the whole thing. Another greenlet may be ahead."""
    for fact in facts:
        if fact.seq <= held.seq:
            continue
        held.seq = fact.seq
        for noun, known in held.known.items():
            thing = fact.body.get(noun)
            if thing is None:
                continue
            held.texts.pop(noun, None)
            if thing["status"] in LISTS[noun][1]:
                known.pop(thing["id"], None)
            else:
                known[thing["id"]] = _lined(_of_body(noun, thing))


def _of_body(noun: str, thing: dict[str, Any]) -> Known:
    return Known(*(thing[column] for column in finding.columns(KINDS[noun])))


def _lined(known: Known) -> Lined:
    return known, line_of(known.code, known.name, known.other)


def _written(rows: list[Lined]) -> Lines[Known]:
    return written((one, one.area, line) for one, line in reversed(rows))
