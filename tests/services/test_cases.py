"""Cases: who may take which step, and what a second click does."""

from __future__ import annotations

import pytest

from app.domain.cases import CaseStatus
from app.errors import Conflict, Invalid, NotAllowed, NotFound
from app.services import cases, reports, tasks
from tests import cast


@pytest.fixture
def reported(city, a_report):
    return reports.file(city, a_report(), by=cast.ZHANG)


@pytest.fixture
def checked(city, case, photo):
    """A case whose work is done and waits for the check."""
    [task] = tasks.dispatch(city, case.id, workers=["W001"], by=cast.DISPATCHER)
    tasks.accept(city, task.id, by=cast.ZHANG)
    tasks.arrive(city, task.id, by=cast.ZHANG)
    tasks.finish(city, task.id, by=cast.ZHANG, photos=[photo])
    return case


def test_a_report_is_registered(city, reported, kinds_told):
    case = cases.register(city, reported.id, by=cast.DISPATCHER)
    assert case.status is CaseStatus.PENDING_DISPATCH
    assert kinds_told() == ["case.opened", "case.registered"]


def test_a_second_click_changes_nothing(city, reported, kinds_told):
    case = cases.register(city, reported.id, by=cast.DISPATCHER)
    assert cases.register(city, reported.id, by=cast.DUTY) == case
    assert len(kinds_told()) == 2


def test_voiding_needs_a_reason_and_ends_the_case(city, reported):
    with pytest.raises(Invalid):
        cases.void(city, reported.id, by=cast.DISPATCHER, note="")
    case = cases.void(city, reported.id, by=cast.DISPATCHER, note="重复上报")
    assert (case.status, case.note, case.next_due) == (CaseStatus.VOID, "重复上报", None)
    assert city.ledger.facts_after(0)[-1].body["reason"] == "重复上报"


def test_a_case_is_closed_after_its_check_only(city, case):
    with pytest.raises(Conflict):
        cases.close(city, case.id, by=cast.DISPATCHER)


def test_closing(city, checked, clock):
    now = clock.advance(minutes=5)
    closed = cases.close(city, checked.id, by=cast.DISPATCHER)
    assert (closed.status, closed.closed_at) == (CaseStatus.CLOSED, now)
    assert cases.close(city, checked.id, by=cast.DISPATCHER) == closed
    with pytest.raises(Conflict):
        cases.rework(city, checked.id, by=cast.DISPATCHER, note="再来")


def test_rework_counts_and_waits_for_a_new_dispatch(city, checked):
    again = cases.rework(city, checked.id, by=cast.DISPATCHER, note="未清理干净")
    assert (again.status, again.reworks) == (CaseStatus.PENDING_DISPATCH, 1)
    [task] = tasks.dispatch(city, checked.id, workers=["W001"], by=cast.DISPATCHER)
    assert task.role == "lead"


@pytest.mark.parametrize("who", [cast.STRANGER, cast.ZHANG, cast.WALL, cast.ADMIN, cast.LEADER])
def test_who_may_not_register(city, reported, who):
    with pytest.raises(NotAllowed):
        cases.register(city, reported.id, by=who)


def test_an_unknown_case_is_not_found(city):
    with pytest.raises(NotFound):
        cases.register(city, "ZL0", by=cast.COMMANDER)
