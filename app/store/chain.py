"""The hash chain of facts: each fact's hash covers the one before, so that a change is seen."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC
from hashlib import sha256

import msgspec

from app.domain.facts import Fact

COVERED = ("seq", "at", "who", "kind", "thing", "area", "worker", "body")


def seal(fact: Fact, seq: int, prev_hash: str) -> Fact:
    """Return the fact with its number and hashes, in the form in which the ledger gives it back.

    The body becomes what JSON keeps of it, the time UTC: another form has another hash.
    """
    body = msgspec.json.decode(msgspec.json.encode(fact.body))
    kept = {"at": fact.at.astimezone(UTC), "body": body}
    numbered = msgspec.structs.replace(fact, seq=seq, prev_hash=prev_hash, **kept)
    return msgspec.structs.replace(numbered, hash=digest(numbered))


def digest(fact: Fact) -> str:
    """Return sha256(previous hash + canonical JSON of the fact) in hex."""
    covered = {name: getattr(fact, name) for name in COVERED}
    canonical = msgspec.json.encode(covered, order="sorted")
    return sha256(fact.prev_hash.encode() + canonical).hexdigest()


def first_break(every: Iterable[Fact], head_seq: int, head_hash: str) -> int | None:
    """Return the first seq that does not follow, the missing one after a cut tail, or None."""
    seq, mark = 0, ""
    for fact in every:
        if fact.seq != seq + 1 or fact.prev_hash != mark or fact.hash != digest(fact):
            return seq + 1
        seq, mark = fact.seq, fact.hash
    return None if (seq, mark) == (head_seq, head_hash) else seq + 1
