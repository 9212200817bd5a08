"""How cases are opened: from an alert, a field report, a 12345 order."""

from __future__ import annotations

import msgspec
import pytest

from app.domain import opening
from app.domain.cases import CaseStatus as S
from app.domain.levels import Level
from app.errors import Invalid
from tests.cast import GRID
from tests.domain.things import FRIDAY, a_report, an_alert, an_order, local


def test_a_red_alert_opens_a_case_that_is_registered_by_rule():
    case, fact = opening.from_alert(an_alert(), id="ZL1", at=FRIDAY)
    assert (case.status, case.level, case.code) == (S.PENDING_DISPATCH, Level.RED, "")
    assert (case.source, case.source_id, case.domain) == ("alert", "a1", "safety")
    assert (case.limit, case.due_at) == ("1 urgent_hour", local("2026-11-20 18:00"))
    assert case.next_due == local("2026-11-20 17:48")
    assert case.stage_due_at == local("2026-11-20 17:30")
    assert (fact.kind, fact.who, fact.worker) == ("case.opened", "watch", None)
    assert case.description == "怀德中路 1 号阀门井 52 %LEL"


def test_an_officer_can_open_a_case_of_a_lesser_alert():
    alert = an_alert(level=Level.YELLOW, kind="parking", unit="")
    case, fact = opening.from_alert(alert, id="ZL1", at=FRIDAY, by="duty")
    assert (case.status, fact.who) == (S.PENDING_DISPATCH, "duty")
    assert case.limit == "4 work_hour"


def test_a_report_waits_for_registration():
    case, fact = opening.from_report(a_report(), id="ZL1", at=FRIDAY, area=GRID)
    assert (case.status, case.level, case.code) == (S.PENDING_REGISTER, Level.BLUE, "32040406010")
    assert (case.title, case.reporter, case.photos) == ("暴露垃圾", "W001", ("p1",))
    assert case.due_at == local("2026-11-23 11:00")
    assert case.stage_due_at == local("2026-11-23 09:00")
    assert (fact.kind, fact.who, fact.worker) == ("case.opened", "W001", "W001")
    assert case.description == "一堆垃圾,联系人 138****5678"


def test_a_report_from_a_stranger_outside_the_city():
    report = a_report(worker=None, channel="open311", code="0110", title="垃圾 13812345678")
    case, fact = opening.from_report(report, id="ZL1", at=FRIDAY, area="")
    assert (case.area, case.code, case.reporter, fact.who) == ("", "06010", "open311", "open311")
    assert case.title == "垃圾 138****5678"


@pytest.mark.parametrize(
    ("code", "level", "domain"),
    [
        ("01011", Level.ORANGE, "governance"),  # a gas cover, 2 urgent hours
        ("06020", Level.ORANGE, "safety"),  # burning
        ("06011", Level.BLUE, "governance"),
        ("09012", Level.BLUE, "safety"),  # a fire lane
    ],
)
def test_the_matter_decides_level_and_domain(code, level, domain):
    case, _ = opening.from_report(a_report(code=code), id="ZL1", at=FRIDAY, area=GRID)
    assert (case.level, case.domain) == (level, domain)


@pytest.mark.parametrize("code", ["99999", "06031", "0501", "abcde", "320404"])
def test_a_report_needs_a_known_matter(code):
    with pytest.raises(Invalid) as refusal:
        opening.from_report(a_report(code=code), id="ZL1", at=FRIDAY, area=GRID)
    assert set(refusal.value.fields) == {"code"}


def test_an_order_is_masked_and_waits_for_registration():
    case, fact = opening.from_order(an_order(), id="ZL1", at=FRIDAY, area=GRID)
    assert (case.status, case.level, case.domain) == (S.PENDING_REGISTER, Level.BLUE, "social")
    assert (case.caller, case.reporter) == ("张** 138****5678", "12345")
    assert case.description == "我叫张**,电话138****5678,楼下夜里一直放音响"
    assert case.address == "钟楼区怀德中路***"
    assert (case.limit, case.due_at) == ("5 work_day", local("2026-11-27 17:00"))
    assert (fact.kind, fact.worker) == ("case.opened", None)


def test_nothing_personal_of_an_order_is_in_the_fact():
    _, fact = opening.from_order(an_order(), id="ZL1", at=FRIDAY, area=GRID)
    body = msgspec.json.encode(fact).decode()
    for secret in ("张小明", "13812345678", "320404199001011234", "502"):
        assert secret not in body


@pytest.mark.parametrize(
    ("changes", "status", "level", "limit"),
    [
        ({"urgency": "特急"}, S.PENDING_DISPATCH, Level.RED, "2 urgent_hour"),
        ({"content": "小区有很浓的煤气味"}, S.PENDING_DISPATCH, Level.RED, "2 urgent_hour"),
        ({"urgency": "紧急"}, S.PENDING_REGISTER, Level.ORANGE, "24 urgent_hour"),
        ({"type": "咨询"}, S.PENDING_REGISTER, Level.BLUE, "1 work_day"),
    ],
)
def test_urgent_orders_skip_registration(changes, status, level, limit):
    case, _ = opening.from_order(an_order(**changes), id="ZL1", at=FRIDAY, area=GRID)
    assert (case.status, case.level, case.limit) == (status, level, limit)


def test_an_anonymous_order_has_no_caller():
    order = an_order(caller_name=None, caller_phone=None, lon=None, lat=None)
    case, _ = opening.from_order(order, id="ZL1", at=FRIDAY, area="")
    assert (case.caller, case.lon, case.area) == (None, None, "")


def test_what_the_order_says_of_its_caller_is_masked_in_its_texts_in_any_form():
    odd = {"id_no": "320404199001011239", "caller_phone": "+86 138-1234-5678"}
    said = "身份证 320404199001011239，电话 +86 138-1234-5678，请回电"
    case, _ = opening.from_order(
        an_order(content=said, title=said, **odd), id="ZL1", at=FRIDAY, area=GRID
    )
    for text in (case.description, case.title):
        assert "19900101" not in text
        assert "1234-5678" not in text


def test_a_report_without_a_code_waits_for_whoever_registers_it():
    case, _ = opening.from_report(a_report(code=""), id="ZL1", at=FRIDAY, area=GRID)
    assert (case.code, case.status) == ("", S.PENDING_REGISTER)
    assert case.title
