"""A ledger with data from the version before is brought up: nothing in it changes or is lost."""

from __future__ import annotations

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from msgspec.structs import replace
from sqlalchemy import inspect, text

from app.domain.alerts import AlertStatus
from app.store.ledger import Ledger
from app.store.migrate import MIGRATIONS
from tests import cast
from tests.cast import START
from tests.things import a_case, a_fact, a_task, an_alert

BEFORE = "0007"  # 0008 rewrites the alerts: they need no place any more
OPEN = an_alert(case_id="ZL20261120000001", next_due=START)
ENDED = replace(an_alert(), id="A2", device="gas-2", status=AlertStatus.CLEARED, cleared_at=START)
THINGS = (OPEN, ENDED, a_case(), a_task())


def config(connection) -> Config:
    made = Config()
    made.set_main_option("script_location", str(MIGRATIONS))
    made.attributes["connection"] = connection
    return made


@pytest.fixture
def before(ledger):
    """The ledger as the version before had it, with things and facts in it."""
    with ledger.engine.begin() as connection:
        command.downgrade(config(connection), BEFORE)
    with ledger.begin() as tx:
        for thing in THINGS:
            tx.add(thing)
        for n in range(300):
            tx.record(replace(a_fact(), thing=f"A{n}"))
    return ledger


def shape(ledger) -> dict[str, list[tuple[str, bool]]]:
    """Columns of the alerts (name, may be empty), and the names of its indexes."""
    seen = inspect(ledger.engine)
    columns = sorted((c["name"], bool(c["nullable"])) for c in seen.get_columns("alerts"))
    indexes = sorted((str(i["name"]), bool(i["unique"])) for i in seen.get_indexes("alerts"))
    return {"columns": columns, "indexes": indexes}


def test_data_of_the_version_before_is_there_after_the_upgrade(before):
    old = dict(shape(before)["columns"])
    assert (old["lon"], old["lat"]) == (False, False)
    before.migrate()
    new = shape(before)
    assert (dict(new["columns"])["lon"], dict(new["columns"])["lat"]) == (True, True)
    with before.read() as tx:
        assert tx.alert("A1") == OPEN
        assert tx.alert("A2") == ENDED
        assert tx.alerts(open=True) == [OPEN]
        assert tx.worker("W001") in cast.WORKERS
    assert [fact.seq for fact in before.facts_after(0, 1_000)] == list(range(1, 301))
    with before.begin() as tx:
        placeless = replace(an_alert(), id="A3", device="source:lora", lon=None, lat=None)
        tx.add(placeless)
        assert tx.alert("A3") == placeless
    with before.engine.connect() as connection:
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    assert found == ScriptDirectory(str(MIGRATIONS)).get_current_head()


def test_the_upgraded_schema_is_that_of_a_fresh_one(before, database, request, tmp_path):
    before.migrate()
    url = f"sqlite:///{tmp_path / 'fresh.sqlite'}"
    if database == "postgresql":
        url = request.getfixturevalue("postgres").empty()
    fresh = Ledger.open(url)
    fresh.migrate()
    assert shape(before) == shape(fresh)
    fresh.close()


def test_an_upgrade_that_breaks_off_leaves_the_ledger_as_it_was(before):
    with pytest.raises(RuntimeError), before.engine.begin() as connection:  # noqa: PT012
        command.upgrade(config(connection), "head")
        raise RuntimeError
    with before.read() as tx:
        assert tx.alert("A1") == OPEN
    before.migrate()
    assert dict(shape(before)["columns"])["lon"] is True
