"""Reports and orders become one case each, however often they come and whoever dies between."""

from __future__ import annotations

import msgspec
import pytest

from app.domain.cases import CaseStatus
from app.errors import Invalid, NotAllowed
from app.services import letters, photos, reports
from app.store import keys
from tests import cast


def cases_of(city):
    with city.ledger.read() as tx:
        return tx.cases()


def test_a_report_from_the_phone_opens_a_case(city, a_report, photo, kinds_told):
    case = reports.file(city, a_report(photos=(photo,)), by=cast.ZHANG)
    assert (case.source, case.area, case.reporter) == ("grid", cast.GRID, "W001")
    assert case.status is CaseStatus.PENDING_REGISTER
    assert case.photos == (photo,)
    assert kinds_told() == ["case.opened"]
    assert photos.read(city, photo, by=cast.DISPATCHER)


def test_the_same_report_again_gives_the_same_case(city, a_report, kinds_told):
    first = reports.file(city, a_report(), by=cast.ZHANG)
    assert reports.file(city, a_report(), by=cast.ZHANG) == first
    assert kinds_told() == ["case.opened"]


def test_an_officer_reports_too_and_twice(city, a_report):
    first = reports.file(city, a_report(worker=None), by=cast.DISPATCHER)
    assert reports.file(city, a_report(worker=None), by=cast.DISPATCHER) == first


def test_nobody_gets_the_case_of_anothers_report(city, a_report):
    reports.file(city, a_report(), by=cast.ZHANG)
    with pytest.raises(Invalid):
        reports.file(city, a_report(), by=cast.LI)


def test_a_waiting_report_with_anothers_id_is_kept_as_a_dead_letter(city, a_report):
    city.live.accept([a_report(worker="W001"), a_report(worker="W002", title="另一件事")], 1)
    assert reports.open_waiting(city, "one") == 2
    assert len(cases_of(city)) == 1
    [letter] = letters.search(city, cast.ADMIN)
    assert "编号" in letter["detail"]


def test_a_report_without_a_place_lies_in_the_workers_own_area(city, a_report):
    case = reports.file(city, a_report(lon=None, lat=None), by=cast.ZHANG)
    assert case.area == cast.COMMUNITY


@pytest.mark.parametrize("other", [{"lon": 0.0, "lat": 0.0}, {"code": "99999"}])
def test_a_wrong_place_or_code_is_refused(city, a_report, other):
    with pytest.raises(Invalid) as refused:
        reports.file(city, a_report(**other), by=cast.ZHANG)
    assert refused.value.fields
    assert cases_of(city) == []


@pytest.mark.parametrize("who", [cast.STRANGER, cast.WALL, cast.ADMIN, cast.FAR])
def test_who_may_not_report_here(city, a_report, who):
    with pytest.raises(NotAllowed):
        reports.file(city, a_report(), by=who)


def test_a_report_with_an_unknown_photo_is_refused(city, a_report):
    with pytest.raises(Invalid):
        reports.file(city, a_report(photos=("none",)), by=cast.ZHANG)
    assert cases_of(city) == []


def test_waiting_reports_and_orders_are_opened_once(city, a_report, an_order):
    city.live.accept([a_report(), an_order()], 1)
    city.live.accept([a_report(), an_order()], 2)
    assert reports.open_waiting(city, "one") == 4
    assert sorted(case.source for case in cases_of(city)) == ["grid", "hotline"]
    assert reports.open_waiting(city, "one") == 0
    assert city.live.redis.xlen(keys.REPORTS) == 0


def test_nothing_personal_leaves_the_orders_row(city, an_order):
    city.live.accept([an_order()], 1)
    reports.open_waiting(city, "one")
    with city.ledger.read() as tx:
        assert tx.order("G1").caller_phone == "13800001234"
    told = msgspec.json.encode(city.ledger.facts_after(0)).decode()
    for personal in ("13800001234", "张小明", "502"):
        assert personal not in told
    assert "138****1234" in told


def test_an_order_without_a_point_is_placed_by_its_address(city, an_order):
    city.live.accept([an_order("G1", lon=None, lat=None, address="邹区镇灯具城门口")], 1)
    city.live.accept([an_order("G2", lon=None, lat=None, address="不知道")], 1)
    reports.open_waiting(city, "one")
    assert {case.source_id: case.area for case in cases_of(city)} == {
        "G1": cast.OTHER_STREET,
        "G2": "320404",
    }


def test_what_a_dead_clock_held_is_taken_over(city, a_report, monkeypatch):
    city.live.accept([a_report()], 1)
    reports.open_waiting(city, "starter")  # makes the group
    city.live.accept([a_report("r2")], 1)
    city.live.redis.xreadgroup(reports.GROUP, "dead", {keys.REPORTS: ">"})
    assert reports.open_waiting(city, "one") == 0
    monkeypatch.setattr(reports, "ABANDONED_MS", 0)
    assert reports.open_waiting(city, "one") == 1
    assert len(cases_of(city)) == 2


def test_what_can_never_be_a_case_is_a_dead_letter(city, a_report):
    city.live.redis.xadd(keys.REPORTS, {"t": "report", "b": b"\xc1", "at": 1})
    city.live.redis.xadd(keys.REPORTS, {"x": "y"})
    assert reports.open_waiting(city, "one") == 2
    assert {letter.reason for letter in city.live.dead_letters()} == {"no_case"}
    assert city.live.redis.xlen(keys.REPORTS) == 0
    assert cases_of(city) == []


def test_an_odd_entry_does_not_hold_up_those_behind_it(city, a_report, monkeypatch, caplog):
    real = reports.place

    def odd(city, tx, thing):
        if thing.id == "odd":
            raise ZeroDivisionError
        return real(city, tx, thing)

    monkeypatch.setattr(reports, "place", odd)
    city.live.accept([a_report("odd"), a_report("fine")], 1)
    assert reports.open_waiting(city, "one") == 2
    assert [case.source_id for case in cases_of(city)] == ["fine"]
    (letter,) = city.live.dead_letters()
    assert (letter.reason, letter.detail) == ("no_case", "ZeroDivisionError"), "kept for a person"
    assert city.live.redis.xlen(keys.REPORTS) == 0
    assert "ZeroDivisionError" in caplog.text
    assert reports.open_waiting(city, "one") == 0


def test_an_acknowledged_report_with_an_unknown_code_is_a_case_all_the_same(city, a_report):
    city.live.accept([a_report(code="99999")], 1)
    assert reports.open_waiting(city, "one") == 1
    [case] = cases_of(city)
    assert case.code == ""
    assert "原事项代码 99999" in case.description
    assert city.live.dead_letters() == []
