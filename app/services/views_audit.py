"""Who has read what is masked, taken lists or looked at tracks: what the audit page shows."""

from __future__ import annotations

from typing import Any

from app.city import City
from app.domain.facts import Fact
from app.domain.people import User, Verb, require
from app.services.unmasked import READ, STOPPED
from app.services.views_scope import place
from app.store import citizens

KINDS = (*READ, STOPPED, "tracks.seen", "selection.exported", "orders.erased")
MOST = 200

Row = dict[str, Any]


def readings(city: City, user: User, words: str = "") -> Row:
    """Return {"total", "rows"}: the newest facts about readings, at most 200; NotAllowed.

    `words` are part of a case's number or of a user's id.
    """
    require(user, Verb.ADMINISTER)
    with city.ledger.read() as tx:
        total, found = citizens.readings(tx, KINDS, words.strip(), MOST)
        names = {one.id: one.name for one in tx.users()}
    return {"total": total, "rows": [_row(city, fact, names) for fact in found]}


def _row(city: City, fact: Fact, names: dict[str, str]) -> Row:
    return {
        "at": fact.at.isoformat(),
        "who": fact.who,
        "name": names.get(fact.who, ""),
        "kind": fact.kind,
        "case_id": fact.body.get("case_id", ""),
        "n": fact.body.get("rows") or fact.body.get("orders") or 0,
        "place": place(city, fact.area),
    }
