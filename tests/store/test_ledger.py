"""The ledger: what is written is read back, versions decide, rolled back is gone."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta, timezone

import msgspec
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.domain.alerts import Alert
from app.domain.cases import Case, CaseStatus
from app.domain.levels import Level
from app.domain.readings import Device
from app.domain.reports import HotlineOrder, Report
from app.domain.tasks import Task
from app.errors import Conflict, NotFound
from app.store.ledger import Ledger
from tests import cast
from tests.cast import START
from tests.things import a_case, a_fact, a_task, an_alert

DEVICE = Device(
    code="gas-1",
    n=7,
    kind="gas",
    name="燃气井",
    lon=119.9,
    lat=31.8,
    area=cast.GRID,
    period_s=30,
)
REPORT = Report(
    id="r1",
    channel="grid",
    worker="W001",
    at=1_795_000_000_000,
    code="06010",
    title="",
    description="",
    lon=None,
    lat=None,
    photos=("p1", "p2"),
)
ORDER = HotlineOrder(
    order_no="12345-1",
    channel="phone",
    at=1_795_000_000_000,
    type="投诉",
    urgency="一般",
    category="噪声",
    title="",
    content="",
    address="",
    lon=119.9,
    lat=31.8,
    caller_name="张三",
    caller_phone="13800001234",
)


@pytest.mark.parametrize(
    ("thing", "read"),
    [
        (an_alert(next_due=START, case_id="C"), lambda tx: tx.alert("A1")),
        (a_case(photos=("p",), closed_at=START), lambda tx: tx.case("ZL20261120000001")),
        (a_task(times={"sent": START, "seen": START}), lambda tx: tx.task("T1")),
        (REPORT, lambda tx: tx.report("r1")),
        (ORDER, lambda tx: tx.order("12345-1")),
        (DEVICE, lambda tx: tx.devices()[0]),
    ],
    ids=["alert", "case", "task", "report", "order", "device"],
)
def test_a_thing_is_read_back_as_it_was_written(ledger, thing, read):
    with ledger.begin() as tx:
        tx.add(thing)
    with ledger.read() as tx:
        assert read(tx) == thing


def test_times_keep_their_microseconds_and_come_back_in_utc(ledger):
    beijing = datetime(2026, 11, 21, 8, 0, 0, 123_456, tzinfo=timezone(timedelta(hours=8)))
    with ledger.begin() as tx:
        tx.add(an_alert(raised_at=beijing))
    with ledger.read() as tx:
        raised = tx.alert("A1").raised_at
    assert raised == beijing
    assert raised.utcoffset() == timedelta(0)


@pytest.mark.parametrize("read", ["alert", "case", "task", "user", "worker"])
def test_an_unknown_id_is_not_found(ledger, read):
    with ledger.read() as tx, pytest.raises(NotFound):
        getattr(tx, read)("nobody")


def test_saving_counts_the_version_on_and_an_old_version_is_refused(ledger):
    with ledger.begin() as tx:
        tx.add(an_alert())
    first = msgspec.structs.replace(an_alert(), level=Level.RED)
    with ledger.begin() as tx:
        assert tx.save(first)
        assert not tx.save(first)
        assert tx.alert("A1").version == 2
        with pytest.raises(Conflict):
            tx.must_save(first)


def test_keep_puts_the_saved_state_into_the_fact(ledger):
    with ledger.begin() as tx:
        tx.add(a_case())
        moved = msgspec.structs.replace(a_case(), status=CaseStatus.VOID)
        saved = tx.keep(moved, a_fact())
    assert saved.version == 2
    [fact] = ledger.facts_after(0)
    assert msgspec.convert(fact.body["case"], Case) == saved


def test_a_block_that_raises_leaves_nothing(ledger):
    def break_off():
        with ledger.begin() as tx:
            tx.add(an_alert())
            tx.record(a_fact())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        break_off()
    assert ledger.last_seq() == 0
    with ledger.read() as tx:
        assert tx.alerts() == []


def test_adding_twice_is_a_conflict(ledger):
    with ledger.begin() as tx:
        tx.add(an_alert())
    with pytest.raises(Conflict), ledger.begin() as tx:
        tx.add(an_alert())


def test_a_device_and_rule_have_one_open_alert(ledger):
    with ledger.begin() as tx:
        tx.add(an_alert("A1", device="gas-1", status="cleared"))
        tx.add(an_alert("A2", device="gas-1"))
    with pytest.raises(Conflict), ledger.begin() as tx:
        tx.add(an_alert("A3", device="gas-1"))
    with ledger.read() as tx:
        found = tx.open_alert("gas-1", "gas-ch4")
        assert found is not None
        assert found.id == "A2"
        assert tx.open_alert("gas-1", "another") is None


def test_a_source_opens_one_case(ledger):
    with ledger.begin() as tx:
        tx.add(a_case("ZL1", source="alert", source_id="A1"))
    with pytest.raises(Conflict), ledger.begin() as tx:
        tx.add(a_case("ZL2", source="alert", source_id="A1"))
    with ledger.read() as tx:
        assert tx.case_of("alert", "A1").id == "ZL1"
        assert tx.case_of("alert", "A2") is None


def test_lists_are_filtered(ledger):
    with ledger.begin() as tx:
        tx.add(a_case("ZL1", opened_at=START - timedelta(days=1)))
        tx.add(a_case("ZL2", status=CaseStatus.CLOSED))
        tx.add(a_case("ZL3", area=cast.OTHER_GRID, domain="safety"))
        tx.add(a_task("T1", worker="W001"))
        tx.add(a_task("T2", worker="W002", case_id="ZL9", status="done"))

    def ids(**filters):
        with ledger.read() as tx:
            return [case.id for case in tx.cases(**filters)]

    assert ids() == ["ZL2", "ZL3", "ZL1"]
    assert ids(open=True) == ["ZL3", "ZL1"]
    assert ids(open=False) == ["ZL2"]
    assert ids(scope=cast.STREET) == ["ZL2", "ZL1"]
    assert ids(since=START) == ["ZL2", "ZL3"]
    assert ids(until=START) == ["ZL1"]
    assert ids(status=["closed"], limit=1) == ["ZL2"]
    assert ids(domain="safety") == ["ZL3"]
    with ledger.read() as tx:
        assert [task.id for task in tx.tasks(worker="W001")] == ["T1"]
        assert [task.id for task in tx.tasks(case_id="ZL9")] == ["T2"]


def test_what_lies_outside_the_city_is_for_the_widest_scope(ledger):
    with ledger.begin() as tx:
        tx.add(an_alert(area=""))
    with ledger.read() as tx:
        assert [len(tx.alerts(scope=s)) for s in ("3204", "320404", cast.STREET)] == [1, 0, 0]


def test_due_things_come_by_how_long_they_wait(ledger):
    with ledger.begin() as tx:
        tx.add(an_alert("A1", next_due=START))
        tx.add(an_alert("A2", next_due=START - timedelta(minutes=1)))
        tx.add(an_alert("A3", next_due=START + timedelta(minutes=1)))
        tx.add(an_alert("A4"))
        assert [alert.id for alert in tx.due(Alert, START)] == ["A2", "A1"]
        assert tx.due(Task, START) == []


def test_case_numbers_count_within_the_day_of_beijing(ledger):
    evening = datetime(2026, 11, 20, 15, 59, tzinfo=START.tzinfo)
    with ledger.begin() as tx:
        numbers = [tx.next_case_id(evening), tx.next_case_id(evening)]
        numbers.append(tx.next_case_id(evening + timedelta(minutes=1)))
    assert numbers == ["ZL20261120000001", "ZL20261120000002", "ZL20261121000001"]


def test_an_answer_is_remembered_for_its_user(ledger):
    with ledger.begin() as tx:
        tx.remember("key", "w001", b"first", START)
        tx.remember("key", "w001", b"second", START)
        assert tx.answer("key", "w001") == b"first"
        assert tx.answer("key", "w002") is None


def test_put_replaces(ledger):
    with ledger.begin() as tx:
        tx.put_devices([DEVICE, msgspec.structs.replace(DEVICE, name="新名")])
        assert [device.name for device in tx.devices(cast.STREET)] == ["新名"]


def test_migrating_again_and_at_once_changes_nothing(tmp_path, database, request):
    url = f"sqlite:///{tmp_path / 'deep' / 'new.sqlite'}"
    if database == "postgresql":
        url = request.getfixturevalue("postgres").empty()
    ledgers = [Ledger.open(url) for _ in range(3)]
    faults: list[Exception] = []

    def migrate(ledger: Ledger) -> None:
        try:
            ledger.migrate()
        except Exception as why:  # noqa: BLE001 - handed to the test
            faults.append(why)

    threads = [threading.Thread(target=migrate, args=(one,)) for one in ledgers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert [one.last_seq() for one in ledgers] == [0, 0, 0]
    for one in ledgers:
        one.close()


def test_the_migration_makes_what_the_tables_say(ledger):
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from app.store.tables import metadata

    with ledger.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_an_error_tells_nothing_personal(ledger):
    with pytest.raises(DBAPIError) as why, ledger.begin() as tx:
        tx.connection.execute(text("select :phone from nothing"), {"phone": "13800001234"})
    assert "13800001234" not in str(why.value)
