"""One transaction of the ledger: reads by noun, writes by compare-and-set, facts in a chain."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from app.domain.alerts import Alert
from app.domain.cases import Case
from app.domain.facts import Fact
from app.domain.people import User
from app.domain.readings import Device
from app.domain.tasks import Task
from app.domain.tokens import Token
from app.errors import Conflict
from app.store import chain, tables
from app.store.reads import Changing, Reads
from app.store.rows import TABLES, Secret, to_row

NOUNS: dict[type, str] = {Alert: "alert", Case: "case", Task: "task"}
BEIJING = timezone(timedelta(hours=8))


class Tx(Reads):
    """Reads and writes of one transaction; not for use outside its `with` block or thread."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._facts: list[Fact] = []
        self._head: tuple[int, str] | None = None

    def add(self, thing: msgspec.Struct, **more: Any) -> None:
        """Insert a thing; `more` are columns it has no field for. Conflict when it is there."""
        try:
            self.connection.execute(insert(TABLES[type(thing)]).values(**to_row(thing), **more))
        except IntegrityError as why:
            raise Conflict("已经存在，请刷新后查看") from why

    def save(self, thing: Alert | Case | Task) -> bool:
        """Write the thing as version+1 where the row still has its version; False otherwise."""
        table = TABLES[type(thing)]
        row = to_row(thing) | {"version": thing.version + 1}
        done = self.connection.execute(
            update(table)
            .where(table.c.id == thing.id, table.c.version == thing.version)
            .values(**row)
        )
        return done.rowcount == 1

    def must_save(self, thing: Changing) -> Changing:
        """Save and return the thing with its new version; Conflict when someone was faster."""
        if not self.save(thing):
            raise Conflict("刚刚已被他人更新，请刷新后再试")
        return msgspec.structs.replace(thing, version=thing.version + 1)

    def keep(self, thing: Changing, fact: Fact) -> Changing:
        """must_save and record in one: the fact's body carries the thing as it was saved."""
        saved = self.must_save(thing)
        self.record(telling(fact, saved))
        return saved

    def put(self, *things: msgspec.Struct) -> None:
        """Insert things of one kind, or replace those with their keys (workers, units, photos)."""
        if not things:
            return
        table = TABLES[type(things[0])]
        keys = [column.name for column in table.primary_key]
        statement = self._insert(table)
        rest = {c.name: statement.excluded[c.name] for c in table.c if c.name not in keys}
        self.connection.execute(
            statement.on_conflict_do_update(index_elements=keys, set_=rest),
            [to_row(thing) for thing in things],
        )

    def turn(self, worker_id: str, on_duty: bool) -> bool:
        """Set whether a worker is on duty, and nothing else of him; False when it is so already.

        His row is locked until the commit, so that what is read of him after this is what is.
        """
        c = tables.workers.c
        mine = update(tables.workers).where(c.id == worker_id, c.on_duty.is_not(on_duty))
        return self.connection.execute(mine.values(on_duty=on_duty)).rowcount == 1

    def hold_duties(self, ids: Iterable[str]) -> dict[str, bool]:
        """Return whether workers are on duty; nobody else changes them before the commit."""
        c = tables.workers.c
        held = select(c.id, c.on_duty).where(c.id.in_(sorted(ids))).order_by(c.id)
        return {row[0]: row[1] for row in self.connection.execute(held.with_for_update())}

    def put_devices(self, devices: Iterable[Device]) -> None:
        """Register devices or bring them up to date."""
        self.put(*devices)

    def put_user(self, user: User) -> None:
        """Bring a known user up to date; password and lock stay."""
        self.connection.execute(
            update(tables.users).where(tables.users.c.id == user.id).values(**to_row(user))
        )

    def put_secret(self, user_id: str, secret: Secret) -> None:
        """Write password hash, failures, lock and session epoch of a user."""
        self.connection.execute(
            update(tables.users).where(tables.users.c.id == user_id).values(**to_row(secret))
        )

    def put_token(self, token: Token) -> None:
        """Bring a known token up to date; the hash of its secret stays."""
        mine = tables.tokens.c.id == token.id
        self.connection.execute(update(tables.tokens).where(mine).values(**to_row(token)))

    def note_use(self, token_id: str, at: datetime) -> None:
        """Note when a token was used; nothing else of it is touched."""
        mine = tables.tokens.c.id == token_id
        self.connection.execute(update(tables.tokens).where(mine).values(used_at=at))

    def record(self, fact: Fact) -> Fact:
        """Return the fact with seq and hashes; it is written with the commit.

        The first fact of a transaction takes the counter's row lock, which is held until the
        commit: so sequence order is commit order and the feed can follow by number alone.
        """
        seq, mark = self._head or self._take_head()
        sealed = chain.seal(fact, seq + 1, mark)
        self._head = (sealed.seq, sealed.hash)
        self._facts.append(sealed)
        return sealed

    def flush(self) -> None:
        """Write the recorded facts and the head of their chain (the ledger does, at commit)."""
        if not self._facts or self._head is None:
            return
        self.connection.execute(insert(tables.facts), [to_row(fact) for fact in self._facts])
        c = tables.counters.c
        head = {"value": self._head[0], "mark": self._head[1]}
        self.connection.execute(update(tables.counters).where(c.name == "facts").values(**head))
        self._facts = []

    def next_case_id(self, at: datetime) -> str:
        """Return ZL + Beijing day + six digits, counted per day (ZL20261121000001)."""
        day = at.astimezone(BEIJING).strftime("%Y%m%d")
        return f"ZL{day}{self.count_on(f'case:{day}'):06d}"

    def count_on(self, name: str) -> int:
        """Count a counter of the ledger on by one, from 0, and return it."""
        c = tables.counters.c
        counted = (
            self._insert(tables.counters)
            .values(name=name, value=1, mark="")
            .on_conflict_do_update(index_elements=["name"], set_={"value": c.value + 1})
            .returning(c.value)
        )
        return int(self.connection.execute(counted).scalar_one())

    def answer(self, key: str, user: str) -> bytes | None:
        """Return what was answered to this user's request with this key, or None."""
        c = tables.answers.c
        wanted = select(c.answer).where(c.key == key, c.user == user)
        return self.connection.execute(wanted).scalar_one_or_none()

    def remember(self, key: str, user: str, answer: bytes, at: datetime) -> None:
        """Keep the answer to a request, so that its second delivery gets the same."""
        row = {"key": key, "user": user, "at": at, "answer": answer}
        self.connection.execute(self._insert(tables.answers).values(row).on_conflict_do_nothing())

    def forget_answers(self, before: datetime) -> None:
        """Drop the answers that no phone will ask for again."""
        self.connection.execute(delete(tables.answers).where(tables.answers.c.at < before))

    def _take_head(self) -> tuple[int, str]:
        c = tables.counters.c
        lock = update(tables.counters).where(c.name == "facts").values(value=c.value)
        row = self.connection.execute(lock.returning(c.value, c.mark)).one()
        return int(row.value), str(row.mark)

    def _insert(self, table: Any) -> Any:
        dialect = postgresql if self.connection.dialect.name == "postgresql" else sqlite
        return dialect.insert(table)


def telling(fact: Fact, thing: Alert | Case | Task) -> Fact:
    """Return the fact with the thing's present state under its noun."""
    body = fact.body | {NOUNS[type(thing)]: msgspec.to_builtins(thing)}
    return msgspec.structs.replace(fact, body=body)
