"""The system of record: transactions on SQLAlchemy Core, with the hash chain of facts.

SQLite (WAL) by default, PostgreSQL by URL. SQLite waits for a writer in C, which would stop every
greenlet of a web process: so writers of one process queue on a lock of ours before BEGIN
IMMEDIATE, and for a writer of another process we ask again and again ourselves.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, select
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import OperationalError

from app.domain.facts import Fact
from app.store import chain, tables
from app.store.migrate import upgrade
from app.store.rows import of_row
from app.store.tx import Tx

BUSY_S = 10.0
AGAIN_S = 0.005  # between two tries to become the one writer


class Ledger:
    """One database; safe to share between threads, each transaction has its own connection."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._sqlite = engine.dialect.name == "sqlite"
        self._writing = threading.Lock()

    @classmethod
    def open(cls, url: str) -> Ledger:
        """Connect lazily; creates the folder of an SQLite file, not the tables (see migrate)."""
        at = make_url(url)
        if at.get_backend_name() == "sqlite":
            return cls(_sqlite(at))
        if at.drivername in {"postgresql", "postgres"}:
            at = at.set(drivername="postgresql+psycopg")
        return cls(create_engine(at, pool_pre_ping=True, hide_parameters=True))

    def migrate(self) -> None:
        """Bring the tables to the newest revision; several processes may do so at once."""
        with self._connection(writes=True) as connection:
            upgrade(connection)

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()

    @contextmanager
    def begin(self) -> Iterator[Tx]:
        """Write transaction: commits at the end of the block, rolls back when it raises.

        Writers are one after another on SQLite (up to 10 s of waiting); on PostgreSQL those that
        record facts are, from their first fact on, so that commit order is sequence order.
        """
        with self._connection(writes=True) as connection:
            tx = Tx(connection)
            yield tx
            tx.flush()

    @contextmanager
    def read(self) -> Iterator[Tx]:
        """Read transaction: everything in the block is seen as of one moment."""
        with self._connection(writes=False) as connection:
            yield Tx(connection)

    def facts_after(self, seq: int, limit: int = 1000) -> list[Fact]:
        """Return the facts above `seq` in order, at most `limit`."""
        wanted = select(tables.facts).where(tables.facts.c.seq > seq)
        with self._connection(writes=False) as connection:
            rows = connection.execute(wanted.order_by(tables.facts.c.seq).limit(limit))
            return [of_row(Fact, row) for row in rows.mappings()]

    def last_seq(self) -> int:
        """Return the sequence number of the newest committed fact, 0 when there is none."""
        with self.read() as tx:
            return tx.last_seq()

    def verify(self) -> int | None:
        """Return the first seq at which the chain is broken (changed, missing), None if sound."""
        with self._connection(writes=False) as connection:
            rows = connection.execute(select(tables.facts).order_by(tables.facts.c.seq))
            head = connection.execute(
                select(tables.counters.c.value, tables.counters.c.mark).where(
                    tables.counters.c.name == "facts"
                )
            ).one()
            every = (of_row(Fact, row) for row in rows.mappings())
            return chain.first_break(every, head.value, head.mark)

    @contextmanager
    def _connection(self, *, writes: bool) -> Iterator[Connection]:
        alone = self._writing if writes and self._sqlite else nullcontext()
        with alone, self.engine.connect() as connection:
            if self._sqlite:
                connection = connection.execution_options(begin_immediate=writes)
            elif not writes:
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield connection


def _sqlite(at: URL) -> Engine:
    if at.database:
        Path(at.database).parent.mkdir(parents=True, exist_ok=True)
    # parameters may be personal, and an error's text goes into logs
    waiting = {"timeout": BUSY_S, "check_same_thread": False}
    engine = create_engine(at, connect_args=waiting, hide_parameters=True)
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    return engine


def _on_connect(raw: Any, _record: Any) -> None:
    """Set what SQLite forgets with each connection.

    WAL with synchronous=NORMAL already keeps every commit when a process is killed (the pages are
    with the kernel); FULL adds one fsync (0.5 ms on our machine), and a power cut loses nothing.
    """
    raw.isolation_level = None  # we say BEGIN ourselves
    raw.execute("PRAGMA journal_mode=WAL")
    raw.execute("PRAGMA synchronous=FULL")
    raw.execute("PRAGMA foreign_keys=ON")


def _on_begin(connection: Connection) -> None:
    if connection.get_execution_options().get("begin_immediate"):
        _begin_writing(connection)
    else:
        connection.exec_driver_sql("BEGIN")


def _begin_writing(connection: Connection) -> None:
    """BEGIN IMMEDIATE, waiting up to 10 s in Python: a sleep lets the other greenlets run."""
    until = time.monotonic() + BUSY_S
    connection.exec_driver_sql("PRAGMA busy_timeout=0")
    try:
        while not _begun(connection, last_try=time.monotonic() >= until):
            time.sleep(AGAIN_S)
    finally:  # what follows, and reads, may wait for a moment as SQLite does
        connection.exec_driver_sql(f"PRAGMA busy_timeout={int(BUSY_S * 1000)}")


def _begun(connection: Connection, *, last_try: bool) -> bool:
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    except OperationalError as why:
        if last_try or getattr(why.orig, "sqlite_errorname", "") != "SQLITE_BUSY":
            raise
        return False
    return True
