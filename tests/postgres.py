"""A PostgreSQL of the test session's own: real, in a temporary folder, on a socket of its own."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, create_engine, text

from tests.waiting import until

MISSING = "PostgreSQL is missing; the tests start one of their own: apt-get install postgresql"
DEBIAN = Path("/usr/lib/postgresql")
NOBODYS = "postgres"  # the account of Debian's package: the server refuses to run as root
QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")  # nothing outlives a test


class Postgres:
    """A running server; each test gets a database of its own, copied from a template."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._numbers = itertools.count(1)
        self._template = ""

    def url(self, database: str) -> str:
        """Where a database of this server is, as SQLAlchemy says it."""
        place = {"host": str(self.folder)}
        whole = URL.create("postgresql", username=NOBODYS, database=database, query=place)
        return whole.render_as_string(hide_password=False)

    def fresh(self, fill: Callable[[str], None]) -> str:
        """The URL of a new database with what `fill` put into the first."""
        if not self._template:
            self._template = "template"
            self._make(self._template, "template0")
            fill(self.url(self._template))
        name = f"test{next(self._numbers)}"
        self._make(name, self._template)
        return self.url(name)

    def drop(self, url: str) -> None:
        """Forget a database; whoever is still connected is cut off."""
        self._run(f"DROP DATABASE {url.rsplit('/', 1)[1].split('?')[0]} WITH (FORCE)")

    def empty(self) -> str:
        """The URL of a new database with no table in it."""
        name = f"test{next(self._numbers)}"
        self._make(name, "template0")
        return self.url(name)

    def answers(self) -> bool:
        """Whether it takes connections."""
        ready = [program("pg_isready"), "-q", "-h", str(self.folder)]
        return subprocess.run(ready, check=False).returncode == 0

    def _make(self, name: str, template: str) -> None:
        self._run(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")

    def _run(self, statement: str) -> None:
        url = self.url("postgres").replace("postgresql:", "postgresql+psycopg:", 1)
        engine = create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()


def program(name: str) -> str:
    """The newest installed program of PostgreSQL; FileNotFoundError says how to install it."""
    found = sorted(DEBIAN.glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    path = str(found[-1]) if found else shutil.which(name)
    if path is None:
        raise FileNotFoundError(MISSING)
    return path


@contextmanager
def server() -> Iterator[Postgres]:
    """Start a server and stop it at the end; nothing of it stays."""
    folder = Path(tempfile.mkdtemp(prefix="cy-pg-"))
    who = NOBODYS if os.geteuid() == 0 else None
    if who:
        shutil.chown(folder, who, who)
    store = folder / "store"
    how = ["-A", "trust", "-U", NOBODYS, "-E", "UTF8", "--locale=C", "--no-sync"]
    made = subprocess.run(
        [program("initdb"), "-D", str(store), *how],
        user=who,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    flags = [f"-c{one}" for one in (*QUICK, "listen_addresses=", "max_connections=60")]
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(
            [program("postgres"), "-D", str(store), "-k", str(folder), *flags],
            user=who,
            cwd=folder,
            stdout=log,
            stderr=log,
        )
    there = Postgres(folder)
    try:
        until(lambda: process.poll() is not None or there.answers(), 20)
        assert process.poll() is None, (folder / "log").read_text()
        yield there
    finally:
        process.terminate()
        process.wait(20)
        shutil.rmtree(folder, ignore_errors=True)
