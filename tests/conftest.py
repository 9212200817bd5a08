"""What all tests share: one real Redis per session, a fresh ledger and city per test."""

from __future__ import annotations

import itertools
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import redis
from argon2 import PasswordHasher

from app.city import City
from app.config import Settings, load_settings
from app.domain.layers import load_layers
from app.domain.rulebook import load_rules
from app.services import people
from app.store.embedded_redis import redis_program
from app.store.embedded_server import free_port
from app.store.feed import Feed
from app.store.history import History
from app.store.ledger import Ledger
from app.store.live import Live
from geodata.areas import AreaTree, open_areas
from tests import cast
from tests.cast import START as START
from tests.postgres import Postgres, server
from tests.waiting import until


def pytest_addoption(parser: pytest.Parser) -> None:
    """--database postgresql: every test's ledger is in a real PostgreSQL."""
    parser.addoption("--database", choices=["sqlite", "postgresql"], default="sqlite")


@dataclass
class Clock:
    """The city's time in tests: it stands still until it is told to advance."""

    at: datetime = START
    ids: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def now(self) -> datetime:
        """The present moment."""
        return self.at

    def advance(self, **span: float) -> datetime:
        """Let time pass: advance(minutes=3)."""
        self.at += timedelta(**span)
        return self.at

    def to(self, moment: datetime) -> datetime:
        """Let time pass until then."""
        self.at = moment
        return moment

    def new_id(self) -> str:
        """The next of a foreseeable row of ids."""
        return f"id{next(self.ids):06d}"


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """Argon2 with the least work: what is tested is what follows from a password, not its cost."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(people, "hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory) -> Iterator[str]:
    """A Redis of this test session (and of this xdist worker) alone, without persistence."""
    port = free_port()
    folder = tmp_path_factory.mktemp("redis")
    process = subprocess.Popen(
        [redis_program(), "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
        + ["--appendonly", "no", "--dir", str(folder), "--logfile", str(folder / "redis.log")]
    )
    url = f"redis://127.0.0.1:{port}/0"
    try:
        until(lambda: _answers(url))
        yield url
    finally:
        process.terminate()
        process.wait(10)


def _answers(url: str) -> bool:
    client = redis.Redis.from_url(url)
    try:
        return bool(client.ping())
    except redis.ConnectionError:
        return False
    finally:
        client.close()


@pytest.fixture
def redis_client(redis_url: str) -> Iterator[redis.Redis]:
    """A client of an empty Redis."""
    client = redis.Redis.from_url(redis_url)
    client.flushall()
    yield client
    client.close()


def filled(url: str) -> None:
    """Migrate a ledger and put the cast into it."""
    ledger = Ledger.open(url)
    ledger.migrate()
    with ledger.begin() as tx:
        for user in cast.USERS:
            tx.add(user, password_hash="")
        for thing in (*cast.UNITS, *cast.WORKERS):
            tx.put(thing)
    if ledger.engine.dialect.name == "sqlite":
        # the rows lie in the write-ahead log until a checkpoint
        with ledger.engine.connect() as connection:
            connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    ledger.close()


@pytest.fixture(scope="session")
def ledger_template(tmp_path_factory) -> Path:
    """A migrated ledger with the cast in it, copied by each test: faster than migrating."""
    path = tmp_path_factory.mktemp("ledger") / "template.sqlite"
    filled(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL of this test session (and of this xdist worker) alone."""
    with server() as there:
        yield there


@pytest.fixture
def database(request: pytest.FixtureRequest) -> str:
    """Which database the test's ledger is in; tests/store asks for both."""
    return str(request.config.getoption("--database"))


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path, database: str) -> Iterator[str]:
    """Where the ledger of this test alone is, with the cast and no facts."""
    if database == "postgresql":
        postgres: Postgres = request.getfixturevalue("postgres")
        url = postgres.fresh(filled)
        yield url
        postgres.drop(url)
        return
    path = tmp_path / "ledger.sqlite"
    shutil.copyfile(request.getfixturevalue("ledger_template"), path)
    yield f"sqlite:///{path}"


@pytest.fixture
def ledger(database_url: str) -> Iterator[Ledger]:
    """A ledger of this test alone, with the cast and no facts."""
    ledger = Ledger.open(database_url)
    yield ledger
    ledger.close()


@pytest.fixture
def clock() -> Clock:
    """Frozen time."""
    return Clock()


@pytest.fixture(scope="session")
def areas(tmp_path_factory) -> AreaTree:
    """The areas of Zhonglou, built once."""
    return open_areas("320404", tmp_path_factory.mktemp("areas"))


@pytest.fixture
def settings(
    tmp_path: Path, redis_url: str, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> Settings:
    """Settings that point at this test's own servers and folders."""
    monkeypatch.chdir(tmp_path)
    return load_settings(
        var=tmp_path,
        redis_url=redis_url,
        secret_key="only-for-tests-" * 3,
        database_url=database_url,
    )


@pytest.fixture
def city(
    settings: Settings, redis_client: redis.Redis, ledger: Ledger, clock: Clock, areas: AreaTree
) -> City:
    """A whole city on real stores, with frozen time and foreseeable ids."""
    assert settings.history is not None
    return City(
        settings=settings,
        live=Live(redis_client, settings.partitions),
        ledger=ledger,
        history=History(settings.history),
        feed=Feed(redis_client),
        areas=areas,
        rules=load_rules(settings.rules),
        layers=load_layers(settings.layers),
        now=clock.now,
        new_id=clock.new_id,
    )
