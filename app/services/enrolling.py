"""The units, workers and accounts of a city: from tables, tried first; passwords; shut accounts."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

import msgspec

from app.city import City
from app.domain import enrolment as domain
from app.domain.enrolment import Enrolled, Sort, Wrong
from app.domain.facts import Fact
from app.domain.people import Unit, User, Worker
from app.errors import Conflict
from app.services import people, sheet, shifts
from app.store.reads import Reads
from app.store.tx import Tx

# no 0, O, 1, l, I: a password is read from paper once
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789"
LENGTH = 14


@dataclass
class Trial:
    """What a table would do: who is new, who changes, and the bad rows as (row, reason).

    `unsaid` are the workers of whom it does not say whether they are on duty: they stay as they
    are when it is taken, which may be later.
    """

    sort: Sort
    file: str
    added: list[Enrolled] = field(default_factory=list)
    changed: list[Enrolled] = field(default_factory=list)
    same: int = 0
    bad: list[tuple[int, str]] = field(default_factory=list)
    unsaid: set[str] = field(default_factory=set)


def attempt(city: City, sort: Sort, file: Path) -> Trial:
    """Read a table and hold it against the city; Invalid when it is no such table."""
    trial = Trial(sort, file.name)
    seen: set[str] = set()
    with city.ledger.read() as tx:
        known, others = _known(tx, sort), _named_by(tx, sort)
    for number, row in sheet.rows(file, partial(domain.named, sort), domain.NEEDED[sort]):
        try:
            one = _read(city, sort, row, known, others)
            if one.id in seen:
                raise Wrong(f"{one.id} is in the table twice")
        except Wrong as why:
            trial.bad.append((number, str(why)))
            continue
        seen.add(one.id)
        if isinstance(one, Worker) and not (row.get("on_duty") or "").strip():
            trial.unsaid.add(one.id)
        _note(trial, one, known.get(one.id))
    return trial


def take(city: City, trial: Trial, who: str) -> dict[str, str]:
    """Write a table without bad rows in one transaction; the passwords of new accounts by id.

    Who changes keeps the password; who is not in the table stays as he is. Conflict with bad rows.
    """
    if trial.bad:
        raise Conflict(f"表中有 {len(trial.bad)} 行错误，请修正后再导入。")
    new = {one.id: password(one) for one in trial.added if isinstance(one, User)}
    hashed = {key: people.hasher.hash(word) for key, word in new.items()}
    body = {"sort": trial.sort.value, "file": trial.file}
    body |= {"added": str(len(trial.added)), "changed": str(len(trial.changed))}
    root, at = city.areas.city.code, city.now()
    with city.ledger.begin() as tx:
        # workers before facts, as shifts.turn takes its locks
        for turn in _put(tx, trial, at, who):
            tx.record(turn)
        for one in (*trial.added, *trial.changed):
            if isinstance(one, User):
                people.add_user(tx, one, hashed.get(one.id), at=at, by=who)
        tx.record(Fact(kind="people.taken", thing=root, area="", at=at, who=who, body=body))
    city.feed.publish(city.ledger)
    return new


def _put(tx: Tx, trial: Trial, at: datetime, who: str) -> list[Fact]:
    """Write units or workers; who goes on or off duty by it the screens hear by facts alone."""
    things = [one for one in (*trial.added, *trial.changed) if not isinstance(one, User)]
    before = tx.hold_duties(one.id for one in things if isinstance(one, Worker))
    facts: list[Fact] = []
    for n, one in enumerate(things):
        if not isinstance(one, Worker) or one.on_duty is before.get(one.id, one.on_duty):
            continue
        if one.id in trial.unsaid:
            things[n] = msgspec.structs.replace(one, on_duty=before[one.id])
        else:
            facts.append(shifts.told(one, on_duty=one.on_duty, at=at, by=who))
    tx.put(*things)
    return facts


def renew(city: City, user_id: str, who: str) -> str:
    """Give an account a new password, which ends its sessions; NotFound when there is none."""
    with city.ledger.read() as tx:
        user = tx.user(user_id)
    word = password(user)
    hashed = people.hasher.hash(word)
    with city.ledger.begin() as tx:
        people.add_user(tx, user, hashed, at=city.now(), by=who)
    city.feed.publish(city.ledger)
    return word


def shut(city: City, user_id: str, who: str) -> None:
    """Let nobody in with this account until it gets a new password; its sessions end."""
    with city.ledger.begin() as tx:
        people.shut_user(tx, tx.user(user_id), at=city.now(), by=who)
    city.feed.publish(city.ledger)


def password(user: User) -> str:
    """A new password that is not too easy for this user."""
    while True:
        word = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
        if not people.too_easy(word, user):
            return word


def _known(tx: Reads, sort: Sort) -> Mapping[str, Enrolled]:
    if sort is Sort.UNITS:
        return {unit.id: unit for unit in tx.units()}
    if sort is Sort.WORKERS:
        return {worker.id: worker for worker in tx.workers()}
    return {user.id: user for user in tx.users()}


def _named_by(tx: Reads, sort: Sort) -> set[str]:
    """The ids that rows of a sort may name: workers their units, accounts their workers."""
    if sort is Sort.WORKERS:
        return {unit.id for unit in tx.units()}
    return {worker.id for worker in tx.workers()} if sort is Sort.USERS else set()


def _read(
    city: City, sort: Sort, row: Mapping[str, str], known: Mapping[str, Enrolled], others: set[str]
) -> Enrolled:
    """The thing of a row, with the scope of its area; Wrong when the city does not have it."""
    before = known.get((row.get("id") or "").strip())
    duty = before.on_duty if isinstance(before, Worker) else True
    one = domain.read(sort, row, on_duty=duty)
    faults = []
    if isinstance(one, Worker) and one.unit not in others:
        faults.append(f"there is no unit {one.unit}: import the units first")
    if isinstance(one, User) and one.worker and one.worker not in others:
        faults.append(f"there is no worker {one.worker}: import the workers first")
    area = _area(one)
    if area != city.areas.city.scope and area not in city.areas:
        faults.append(f"the city has no area {area}")
    if faults:
        raise Wrong("; ".join(faults))
    return _in_scope(one, city.areas.area(area).scope)


def _area(one: Enrolled) -> str:
    if isinstance(one, Unit):
        return one.area
    return one.grid if isinstance(one, Worker) else one.scope


def _in_scope(one: Enrolled, scope: str) -> Enrolled:
    if isinstance(one, Unit):
        return msgspec.structs.replace(one, area=scope)
    if isinstance(one, Worker):
        return msgspec.structs.replace(one, grid=scope)
    return msgspec.structs.replace(one, scope=scope)


def _note(trial: Trial, one: Enrolled, before: Enrolled | None) -> None:
    if before is None:
        trial.added.append(one)
    elif before != one:
        trial.changed.append(one)
    else:
        trial.same += 1
