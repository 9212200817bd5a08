"""The whole address and the caller: who may read them, what the audit says, when they are gone."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from app.domain.facts import apply
from app.errors import Conflict, NotAllowed, TooMany
from app.services import cases, reports, tasks, unmasked, views, views_audit
from app.store import citizens
from geodata.gazetteer_file import read_places
from tests import cast

WHOLE, MASKED = "钟楼区关河路12号3幢502", "钟楼区关河路***"
CITIZEN = ("13800001234", "张小明", "12号")


@pytest.fixture
def order_case(city, an_order):
    """A registered case of a 12345 order."""
    city.live.accept([an_order()], 1)
    reports.open_waiting(city, "one")
    with city.ledger.read() as tx:
        case = tx.case_of("hotline", "G1")
    return cases.register(city, case.id, by=cast.DISPATCHER)


@pytest.fixture
def task(city, order_case):
    """ZHANG's task on it."""
    return tasks.dispatch(city, order_case.id, workers=["W001"], by=cast.DISPATCHER)[0]


def read_facts(city):
    return [fact for fact in city.ledger.facts_after(0) if fact.kind in unmasked.READ]


def test_the_worker_reads_the_whole_address_of_his_task(city, task):
    assert task.address.startswith(MASKED)
    found = unmasked.address_of_task(city, task.id, by=cast.ZHANG)
    assert found["address"] == WHOLE
    (fact,) = read_facts(city)
    assert (fact.kind, fact.who, fact.at) == (unmasked.ADDRESS, "w001", city.now())
    assert fact.body == {"case_id": task.case_id, "task_id": task.id}


def test_nothing_that_was_read_is_in_a_fact_or_on_a_screen(city, task):
    unmasked.address_of_task(city, task.id, by=cast.ZHANG)
    unmasked.caller_of_case(city, task.case_id, by=cast.DUTY)
    told = msgspec.json.encode(city.ledger.facts_after(0)).decode()
    shown = msgspec.json.encode(views.snapshot(city, cast.ZHANG)).decode()
    panel = msgspec.json.encode(views.dispatch_panel(city, cast.DUTY, task.case_id)).decode()
    assert not [word for word in CITIZEN for text in (told, shown, panel) if word in text]


def test_names_and_numbers_in_an_address_stay_masked(city, an_order):
    said = "清潭三村15幢402室张小明家，电话13800001234"
    city.live.accept([an_order(address=said)], 1)
    reports.open_waiting(city, "one")
    with city.ledger.read() as tx:
        case = tx.case_of("hotline", "G1")
    found = unmasked.address_of_case(city, case.id, by=cast.DUTY)
    assert found["address"] == "清潭三村15幢402室张**家，电话138****1234"


def test_the_place_by_the_address_comes_with_its_inexactness(city, an_order, tmp_path):
    (tmp_path / "places.csv").write_text(
        "name,kind,lon,lat,crs\n清潭三村15幢,building,119.92913,31.76547,wgs84\n", encoding="utf-8"
    )
    named = replace(city, places=read_places(tmp_path / "places.csv", city.areas))
    order = an_order(address="清潭三村15幢乙单元502室", lon=None, lat=None, title="", content="")
    named.live.accept([order], 1)
    reports.open_waiting(named, "one")
    with named.ledger.read() as tx:
        case = tx.case_of("hotline", "G1")
    assert (case.lon, case.lat) == (119.929, 31.765)
    found = unmasked.address_of_case(named, case.id, by=cast.DUTY)
    assert found == {
        "address": "清潭三村15幢乙单元502室",
        "about": found["about"],
        "lon": 119.92913,
        "lat": 31.76547,
    }
    assert found["about"].startswith("约：按地址推定到门牌地址，误差约")


@pytest.mark.parametrize("who", [cast.LI, cast.FAR, cast.DUTY, cast.LEADER, cast.WALL, cast.ADMIN])
def test_nobody_else_reads_it_as_his_task(city, task, who):
    with pytest.raises(NotAllowed):
        unmasked.address_of_task(city, task.id, by=who)
    assert read_facts(city) == []


@pytest.mark.parametrize("end", ["return", "withdraw"])
def test_a_task_that_has_ended_tells_no_address_any_more(city, task, end):
    if end == "return":
        tasks.give_back(city, task.id, by=cast.ZHANG, note="不在本网格")
    else:
        tasks.withdraw(city, task.id, by=cast.DISPATCHER)
    with pytest.raises(Conflict):
        unmasked.address_of_task(city, task.id, by=cast.ZHANG)


def test_who_dispatches_there_reads_address_and_caller(city, order_case):
    for who in (cast.DUTY, cast.DISPATCHER, cast.COMMANDER):
        assert unmasked.address_of_case(city, order_case.id, by=who)["address"] == WHOLE
        said = unmasked.caller_of_case(city, order_case.id, by=who)
        assert said == {"name": "张小明", "phone": "13800001234"}
    assert [fact.kind for fact in read_facts(city)] == [unmasked.ADDRESS, unmasked.CALLER] * 3
    panel = views.dispatch_panel(city, cast.DUTY, order_case.id)
    assert panel["unmask"] == ["address", "caller"]


@pytest.mark.parametrize(
    "who", [cast.STRANGER, cast.LEADER, cast.WALL, cast.ADMIN, cast.ZHANG, cast.LI]
)
def test_others_read_neither(city, task, who):
    for read in (unmasked.address_of_case, unmasked.caller_of_case):
        with pytest.raises(NotAllowed):
            read(city, task.case_id, by=who)
    assert read_facts(city) == []


def test_the_wall_offers_it_only_to_who_may(city, task):
    assert views.dispatch_panel(city, cast.LEADER, task.case_id)["unmask"] == []


def test_one_account_reads_so_many_in_a_minute_and_no_more(city, clock, order_case):
    for _ in range(unmasked.MOST):
        unmasked.address_of_case(city, order_case.id, by=cast.DUTY)
    for _ in range(3):
        with pytest.raises(TooMany, match="一分钟内最多查看 20 次") as why:
            unmasked.caller_of_case(city, order_case.id, by=cast.DUTY)
        assert 0 < why.value.retry_after_s <= 60
    assert len(read_facts(city)) == unmasked.MOST
    (told,) = [one for one in city.ledger.facts_after(0) if one.kind == unmasked.STOPPED]
    assert told.who == cast.DUTY.id
    rows = views_audit.readings(city, cast.ADMIN)["rows"]
    assert [row["kind"] for row in rows].count(unmasked.STOPPED) == 1
    assert unmasked.caller_of_case(city, order_case.id, by=cast.DISPATCHER)["phone"]
    clock.advance(seconds=60)
    assert unmasked.caller_of_case(city, order_case.id, by=cast.DUTY)["phone"]


def test_what_nobody_told_is_not_read(city, case):
    """A grid worker's own report: nothing of it is masked, so nothing is written down."""
    task = tasks.dispatch(city, case.id, workers=["W001"], by=cast.DISPATCHER)[0]
    assert unmasked.address_of_task(city, task.id, by=cast.ZHANG)["address"] == ""
    assert unmasked.caller_of_case(city, case.id, by=cast.DUTY) == {"name": "", "phone": ""}
    assert read_facts(city) == []


def test_a_reading_changes_no_screen_and_no_replay(city, task):
    before = views.snapshot(city, cast.DUTY)
    unmasked.address_of_task(city, task.id, by=cast.ZHANG)
    (fact,) = city.ledger.facts_after(before["as_of"])
    after = views.snapshot(city, cast.DUTY)
    assert apply(before, fact) == after
    with city.ledger.read() as tx:
        assert [step.kind for step in tx.trail(task.case_id)][-1] == "case.dispatched"


@pytest.fixture
def forged(city, order_case, a_report):
    """ZHANG reports something under the number of somebody's order, and it is sent to him."""
    case = reports.file(city, a_report(id=order_case.source_id), by=cast.ZHANG)
    assert case.id != order_case.id
    return cases.register(city, case.id, by=cast.DISPATCHER)


def test_a_report_with_an_orders_number_reads_nothing_of_it(city, forged):
    """Who reports chooses the number: a citizen from anywhere would be within his reach."""
    task = tasks.dispatch(city, forged.id, workers=["W001"], by=cast.DISPATCHER)[0]
    assert unmasked.address_of_task(city, task.id, by=cast.ZHANG)["address"] == ""
    assert unmasked.address_of_case(city, forged.id, by=cast.DUTY)["address"] == ""
    assert unmasked.caller_of_case(city, forged.id, by=cast.DUTY) == {"name": "", "phone": ""}
    assert read_facts(city) == []


def test_a_report_with_an_orders_number_erases_nothing_of_it(city, clock, forged, photo):
    task = tasks.dispatch(city, forged.id, workers=["W001"], by=cast.DISPATCHER)[0]
    finished(city, forged, task, photo)
    clock.advance(days=40)
    assert unmasked.erase(city) == 0


def finished(city, case, task, photo):
    tasks.accept(city, task.id, by=cast.ZHANG)
    tasks.arrive(city, task.id, by=cast.ZHANG)
    tasks.finish(city, task.id, by=cast.ZHANG, photos=[photo])
    return cases.close(city, case.id, by=cast.DISPATCHER)


def test_an_order_forgets_its_citizen_when_its_case_is_over_for_long(
    city, clock, order_case, task, photo
):
    clock.advance(days=40)
    assert unmasked.erase(city) == 0  # the case is open
    finished(city, order_case, task, photo)
    clock.advance(days=29)
    assert unmasked.erase(city) == 0
    clock.advance(days=2)
    assert unmasked.erase(city) == 1
    assert unmasked.erase(city) == 0
    with city.ledger.read() as tx:
        order = tx.order("G1")
        assert citizens.of_long_ago(tx, city.now(), 10) == []
    assert (order.caller_name, order.caller_phone, order.id_no) == (None, None, None)
    assert (order.address, order.category) == (MASKED, "噪声")
    assert not [word for word in CITIZEN if word in msgspec.json.encode(order).decode()]
    assert city.ledger.facts_after(0)[-1].body == {"orders": 1}
    assert unmasked.caller_of_case(city, order_case.id, by=cast.DUTY)["phone"] == ""


def test_a_report_keeps_no_more_than_its_case_shows(city, a_report):
    reports.file(city, a_report(description="找王先生13912345678"), by=cast.ZHANG)
    with city.ledger.read() as tx:
        assert "139****5678" in tx.report("r1").description
