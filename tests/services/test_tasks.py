"""Tasks from the dispatch to the end, and the case that they take along."""

from __future__ import annotations

import threading
from datetime import timedelta, timezone

import pytest

from app.domain.alerts import AlertStep
from app.domain.cases import CaseStatus
from app.domain.levels import Level
from app.domain.tasks import TaskStatus
from app.errors import Conflict, Invalid, NotAllowed, NotFound
from app.services import alerts, cases, tasks
from tests import cast
from tests.cast import START
from tests.things import a_change


def status_of(city, case) -> CaseStatus:
    with city.ledger.read() as tx:
        return tx.case(case.id).status


def send(city, case, *workers, **how):
    how = {"by": cast.DISPATCHER} | how
    return tasks.dispatch(city, case.id, workers=workers or ["W001"], **how)


def test_a_task_from_dispatch_to_done_takes_its_case_along(city, case, photo, clock, kinds_told):
    [task] = send(city, case, note="带上夹子")
    assert (task.role, task.worker, task.hint) == ("lead", "W001", "带上夹子")
    assert status_of(city, case) is CaseStatus.PENDING_HANDLE
    clock.advance(minutes=1)
    for verb in (tasks.deliver, tasks.see, tasks.accept):
        task = verb(city, task.id, by=cast.ZHANG)
    assert status_of(city, case) is CaseStatus.HANDLING
    clock.advance(minutes=9)
    tasks.arrive(city, task.id, by=cast.ZHANG)
    task = tasks.finish(city, task.id, by=cast.ZHANG, note="已清理", photos=[photo])
    assert (task.status, task.photos, task.note) == (TaskStatus.DONE, (photo,), "已清理")
    assert status_of(city, case) is CaseStatus.PENDING_CHECK
    with city.ledger.read() as tx:
        assert tx.case(case.id).photos == (photo,)
    assert kinds_told()[2:] == [
        "case.dispatched",
        "task.sent",
        "task.delivered",
        "task.seen",
        "task.accepted",
        "case.accepted",
        "task.arrived",
        "task.done",
        "case.finished",
    ]


def test_one_of_several_leads(city, case):
    first, second = send(city, case, "W001", "W002", lead="W002")
    assert (first.role, second.role) == ("support", "lead")
    with city.ledger.read() as tx:
        assert tx.case(case.id).unit == "U01"


@pytest.mark.parametrize(("workers", "lead"), [([], None), (["W001"], "W002")])
def test_nobody_or_a_lead_from_elsewhere_is_refused(city, case, workers, lead):
    with pytest.raises(Invalid):
        tasks.dispatch(city, case.id, workers=workers, lead=lead, by=cast.DISPATCHER)


def test_sending_twice_sends_once(city, case, kinds_told):
    [first] = send(city, case)
    told = kinds_told()
    assert send(city, case) == [first]
    assert kinds_told() == told


def test_more_people_on_a_case_in_hand_support(city, case):
    [first] = send(city, case)
    tasks.accept(city, first.id, by=cast.ZHANG)
    again, second = send(city, case, "W001", "W002")
    assert (again.id, second.role) == (first.id, "support")
    assert status_of(city, case) is CaseStatus.HANDLING


def test_a_case_that_is_not_registered_is_not_dispatched(city, a_report):
    from app.services import reports

    opened = reports.file(city, a_report(), by=cast.ZHANG)
    with pytest.raises(Conflict):
        send(city, opened)


def test_an_unknown_worker_or_case_is_not_found(city, case):
    with pytest.raises(NotFound):
        send(city, case, "W999")
    with pytest.raises(NotFound):
        tasks.dispatch(city, "ZL0", workers=["W001"], by=cast.COMMANDER)


@pytest.mark.parametrize("who", [cast.STRANGER, cast.ZHANG, cast.WALL, cast.ADMIN, cast.LEADER])
def test_who_may_not_dispatch(city, case, who, kinds_told):
    told = kinds_told()
    with pytest.raises(NotAllowed):
        send(city, case, by=who)
    assert kinds_told() == told


def test_a_dispatcher_sends_his_own_people_only(city, case):
    with pytest.raises(NotAllowed):
        send(city, case, "W003")
    assert send(city, case, "W003", by=cast.COMMANDER)[0].worker == "W003"


def test_only_the_worker_himself_moves_his_task(city, case):
    [task] = send(city, case)
    for stranger in (cast.LI, cast.DISPATCHER, cast.COMMANDER):
        with pytest.raises(NotAllowed):
            tasks.accept(city, task.id, by=stranger)


def test_a_repeated_step_returns_the_task_as_it_is(city, case, kinds_told):
    [task] = send(city, case)
    accepted = tasks.accept(city, task.id, by=cast.ZHANG)
    told = kinds_told()
    assert tasks.accept(city, task.id, by=cast.ZHANG) == accepted
    assert tasks.see(city, task.id, by=cast.ZHANG) == accepted
    assert kinds_told() == told


def test_a_task_given_back_returns_its_case(city, case):
    [task] = send(city, case)
    with pytest.raises(Invalid):
        tasks.give_back(city, task.id, by=cast.ZHANG, note=" ")
    tasks.give_back(city, task.id, by=cast.ZHANG, note="不在我的网格")
    with city.ledger.read() as tx:
        returned = tx.case(case.id)
    assert (returned.status, returned.note) == (CaseStatus.RETURNED, "不在我的网格")
    assert send(city, case, "W002")[0].role == "lead"


def test_a_withdrawn_task_returns_its_case_when_nobody_else_is_on_it(city, case):
    first, second = send(city, case, "W001", "W002")
    tasks.withdraw(city, second.id, by=cast.DISPATCHER)
    assert status_of(city, case) is CaseStatus.PENDING_HANDLE
    tasks.withdraw(city, first.id, by=cast.DISPATCHER)
    assert status_of(city, case) is CaseStatus.RETURNED


def test_finishing_needs_a_photo_of_ones_own(city, case, jpeg):
    [task] = send(city, case)
    tasks.accept(city, task.id, by=cast.ZHANG)
    tasks.arrive(city, task.id, by=cast.ZHANG)
    for given in ((), ("no such photo",)):
        with pytest.raises(Invalid):
            tasks.finish(city, task.id, by=cast.ZHANG, photos=given)


@pytest.mark.parametrize(
    ("tapped", "kept"),
    [
        (START + timedelta(minutes=7), START + timedelta(minutes=7)),
        (START - timedelta(hours=1), START),
        (START + timedelta(hours=9), START + timedelta(minutes=30)),
        ((START + timedelta(minutes=7)).astimezone(timezone(timedelta(hours=8))), None),
    ],
    ids=["offline", "before it was sent", "in the future", "in Beijing time"],
)
def test_the_moment_of_an_offline_tap_is_kept_within_reason(city, case, clock, tapped, kept):
    [task] = send(city, case)
    now = clock.advance(minutes=30)
    task = tasks.accept(city, task.id, by=cast.ZHANG, at=tapped)
    assert task.times["accepted"] == (kept or tapped)
    assert city.ledger.facts_after(0)[-2].at == now


def test_closing_withdraws_what_is_still_open(city, case, photo):
    first, second = send(city, case, "W001", "W002")
    tasks.accept(city, first.id, by=cast.ZHANG)
    tasks.arrive(city, first.id, by=cast.ZHANG)
    tasks.finish(city, first.id, by=cast.ZHANG, photos=[photo])
    closed = cases.close(city, case.id, by=cast.DISPATCHER)
    with city.ledger.read() as tx:
        assert tx.task(second.id).status is TaskStatus.WITHDRAWN
    assert closed.status is CaseStatus.CLOSED


def test_of_two_dispatchers_at_once_one_sends(city, case):
    start = threading.Barrier(2)
    sent: list[object] = []
    refused: list[Conflict] = []

    def click(worker: str) -> None:
        start.wait()
        try:
            sent.append(send(city, case, worker))
        except Conflict as why:  # of two transactions that overlap, PostgreSQL lets one
            refused.append(why)

    threads = [threading.Thread(target=click, args=(one,)) for one in ("W001", "W001")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(sent) + len(refused) == 2
    assert all(tasks_sent == sent[0] for tasks_sent in sent)
    with city.ledger.read() as tx:
        assert len(tx.tasks(case_id=case.id)) == 1


def test_the_task_carries_the_rules_advice_and_the_unit_that_answers(city):
    change = a_change(AlertStep.RAISE, Level.RED)
    (alert,) = alerts.apply(city, [change])
    with city.ledger.read() as tx:
        case = tx.case(alert.case_id)
    assert case.unit == "U02"  # the gas company, whoever is sent
    [task] = send(city, case, "W001", note="带上夹子", by=cast.DUTY)
    advice = city.rules.rule("gas-ch4").advice
    assert advice
    assert task.hint == f"{advice}；带上夹子"
    with city.ledger.read() as tx:
        assert tx.case(case.id).unit == "U02"
