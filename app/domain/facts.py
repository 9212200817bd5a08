"""Facts: what has happened, and how a snapshot follows from them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """Something that has happened; `seq`, `prev_hash` and `hash` are given by the ledger.

    `kind` is "<thing>.<past tense>", `thing` the id, `area` the code that decides who may hear it,
    `who` the user id or a role of the system ("watch", "clock", "ingest"), `worker` the worker it
    concerns.
    `body` holds the whole new public state of the thing under its noun, so that applying a fact is
    replacing: {"alert": {...}} | {"case": {...}} | {"task": {...}} and, where needed, "reason".
    Of a worker it holds what has changed: {"worker": {"id", "on_duty"}}, and beside it "since"
    (ISO-8601) where he said it before `at`, on a phone without a network.
    Nothing personal is ever in a body.
    """

    kind: str
    thing: str
    area: str
    at: datetime
    who: str
    body: dict[str, Any]
    worker: str | None = None
    seq: int = 0
    prev_hash: str = ""
    hash: str = ""


# noun in a fact's body -> list in the snapshot, and the statuses in which it leaves that list
LISTS = {
    "alert": ("alerts", frozenset({"cleared"})),
    "case": ("cases", frozenset({"closed", "void"})),
    "task": ("tasks", frozenset({"done", "returned", "withdrawn"})),
}
WORKER = "worker"  # the noun of what changes of a worker, who never leaves the list
SINCE = "since"
SHOWN = LISTS.keys() | {WORKER}  # facts with these are for the screens, others for the audit


class Told(msgspec.Struct, frozen=True):
    """What decides who hears a fact: its area, and the rule of an alert."""

    area: str
    rule: str = ""


def told(fact: Fact) -> Told:
    """The part of a fact that app.domain.people.concerns looks at."""
    return Told(fact.area, fact.body.get("alert", {}).get("rule", ""))


def apply(snapshot: dict[str, Any], fact: Fact) -> dict[str, Any]:
    """Return the snapshot as it is after the fact: things are replaced by id, ended ones leave.

    The browser does the same in layouts/assets; the live contract is that
    apply(snapshot(t0), facts) == snapshot(t1) for every verb.
    """
    new = dict(snapshot, as_of=fact.seq)
    for noun, (name, ended) in LISTS.items():
        thing = fact.body.get(noun)
        if thing is None:
            continue
        rest = [x for x in new[name] if x["id"] != thing["id"]]
        new[name] = rest if thing["status"] in ended else [*rest, thing]
    if changed := fact.body.get(WORKER):
        known = snapshot["workers"]
        new["workers"] = [x | changed if x["id"] == changed["id"] else x for x in known]
    return new
