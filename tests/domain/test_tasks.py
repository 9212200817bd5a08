"""Tasks: the table of moves, repeats from phones, and how a task drives its case."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import cases, tasks
from app.domain.cases import CaseMove, CaseStatus
from app.domain.tasks import ENDED, MOVES, Task, TaskMove, TaskStatus
from app.errors import Conflict, Invalid
from tests.cast import GRID, WORKERS
from tests.domain.things import FRIDAY, a_case, a_task

S, M = TaskStatus, TaskMove
OPEN = [status for status in TaskStatus if status not in ENDED]
LATER = FRIDAY + timedelta(minutes=7)


def take(task: Task, step: TaskMove):
    return tasks.move(task, step, at=LATER, by="w001", note="因为", photos=("p1",))


def run(*steps: TaskMove, **changes) -> Task:
    task = a_task(**changes)
    for step in steps:
        task = take(task, step)[0]
    return task


def reachable(start: TaskStatus) -> set[TaskStatus]:
    seen, edge = {start}, [start]
    while edge:
        here = edge.pop()
        new = {to for (status, _), to in MOVES.items() if status is here} - seen
        seen |= new
        edge += new
    return seen


def test_every_state_can_be_reached_from_sent():
    assert reachable(S.SENT) == set(TaskStatus)


@pytest.mark.parametrize("status", OPEN)
def test_no_state_is_a_dead_end(status):
    assert {S.DONE, S.RETURNED, S.WITHDRAWN} <= reachable(status)


@pytest.mark.parametrize("status", sorted(ENDED))
def test_nothing_leads_out_of_an_ended_task(status):
    assert reachable(status) == {status}


def test_every_move_is_used():
    assert {step for _, step in MOVES} == set(TaskMove)


@pytest.mark.parametrize(
    ("step", "sources", "to"),
    [
        (M.DELIVER, {S.SENT}, S.DELIVERED),
        (M.SEE, {S.SENT, S.DELIVERED}, S.SEEN),
        (M.ACCEPT, {S.SENT, S.DELIVERED, S.SEEN}, S.ACCEPTED),
        (M.ARRIVE, {S.ACCEPTED}, S.ARRIVED),
        (M.FINISH, {S.ARRIVED}, S.DONE),
        (M.RETURN, set(OPEN), S.RETURNED),
        (M.WITHDRAW, set(OPEN), S.WITHDRAWN),
    ],
)
def test_the_table(step, sources, to):
    assert {status for status, s in MOVES if s is step} == sources
    for status in sources:
        task, _ = take(a_task(status=status), step)
        assert task.status is to


def test_the_whole_way():
    task = run(M.DELIVER, M.SEE, M.ACCEPT, M.ARRIVE, M.FINISH)
    assert task.status is S.DONE
    assert list(task.times) == ["sent", "delivered", "seen", "accepted", "arrived", "done"]
    assert (task.changed_at, task.times["sent"], task.times["done"]) == (LATER, FRIDAY, LATER)


@pytest.mark.parametrize(
    ("steps", "step", "sentence"),
    [
        ((), M.ARRIVE, "任务当前为“已派发”，不能到场，请刷新后再试。"),
        ((M.ACCEPT,), M.FINISH, "任务当前为“已签收”，不能处置完成，请刷新后再试。"),
        ((M.WITHDRAW,), M.ACCEPT, "任务当前为“已撤回”，不能签收，请刷新后再试。"),
        ((M.RETURN,), M.ARRIVE, "任务当前为“已退回”，不能到场，请刷新后再试。"),
        ((M.ACCEPT, M.ARRIVE, M.FINISH), M.RETURN, "任务当前为“已完成”，不能退回，请刷新后再试。"),
        (
            (M.ACCEPT, M.ARRIVE, M.FINISH),
            M.WITHDRAW,
            "任务当前为“已完成”，不能撤回，请刷新后再试。",
        ),
    ],
)
def test_a_refusal_names_the_present_state(steps, step, sentence):
    with pytest.raises(Conflict) as refusal:
        take(run(*steps), step)
    assert refusal.value.message == sentence


@pytest.mark.parametrize(
    ("steps", "again"),
    [
        ((M.DELIVER,), M.DELIVER),
        ((M.SEE,), M.SEE),
        ((M.ACCEPT,), M.ACCEPT),
        ((M.ACCEPT, M.ARRIVE), M.ARRIVE),
        ((M.ACCEPT, M.ARRIVE, M.FINISH), M.FINISH),
        ((M.RETURN,), M.RETURN),
        ((M.WITHDRAW,), M.WITHDRAW),
        ((M.ACCEPT, M.ARRIVE), M.ACCEPT),  # an old message comes again
        ((M.ACCEPT, M.WITHDRAW), M.ACCEPT),
        ((M.SEE,), M.DELIVER),  # overtaken receipts
        ((M.ACCEPT,), M.DELIVER),
        ((M.ACCEPT,), M.SEE),
        ((M.RETURN,), M.SEE),
    ],
)
def test_what_is_sent_again_changes_nothing_and_is_no_error(steps, again):
    task = run(*steps)
    assert tasks.move(task, again, at=LATER, by="w001") == (task, None)


def test_a_return_needs_a_reason_and_a_withdrawal_none():
    with pytest.raises(Invalid) as refusal:
        tasks.move(a_task(), M.RETURN, at=LATER, by="w001", note="  ")
    assert set(refusal.value.fields) == {"note"}
    task, _ = tasks.move(a_task(), M.WITHDRAW, at=LATER, by="street001")
    assert task.status is S.WITHDRAWN


def test_finishing_needs_a_photo():
    task = run(M.ACCEPT, M.ARRIVE, photos=())
    task = msgspec.structs.replace(task, photos=())
    with pytest.raises(Invalid) as refusal:
        tasks.move(task, M.FINISH, at=LATER, by="w001", note="好了")
    assert set(refusal.value.fields) == {"photos"}


def test_photos_are_added_once_each():
    task = run(M.ACCEPT, M.ARRIVE)
    done, _ = tasks.move(task, M.FINISH, at=LATER, by="w001", photos=("p2", "p1", "p2"))
    assert done.photos == ("p1", "p2")


def test_the_note_is_masked_and_the_last_one_stays():
    task, fact = tasks.move(a_task(), M.RETURN, at=LATER, by="w001", note=" 找13812345678 ")
    assert task.note == fact.body["reason"] == "找138****5678"
    kept, fact = tasks.move(a_task(note="旧"), M.ACCEPT, at=LATER, by="w001")
    assert kept.note == "旧"
    assert "reason" not in fact.body


@pytest.mark.parametrize(
    ("steps", "step", "kind"),
    [
        ((), M.DELIVER, "task.delivered"),
        ((), M.SEE, "task.seen"),
        ((), M.ACCEPT, "task.accepted"),
        ((M.ACCEPT,), M.ARRIVE, "task.arrived"),
        ((M.ACCEPT, M.ARRIVE), M.FINISH, "task.done"),
        ((), M.RETURN, "task.returned"),
        ((), M.WITHDRAW, "task.withdrawn"),
    ],
)
def test_the_fact_carries_the_task_and_its_worker(steps, step, kind):
    task, fact = take(run(*steps), step)
    assert (fact.kind, fact.thing, fact.area, fact.worker) == (kind, "t1", GRID, "W001")
    assert fact.body["task"] == msgspec.to_builtins(task)
    assert msgspec.convert(fact.body["task"], Task) == task


@given(st.lists(st.sampled_from(TaskMove), max_size=25))
def test_whatever_phones_send_the_past_is_never_rewritten(tried):
    task = a_task(next_due=LATER)
    for step in tried:
        before = task
        try:
            task, fact = take(task, step)
        except Conflict:
            continue
        assert before.times.items() <= task.times.items()
        assert (fact is None) == (task == before)
        assert task.status.value in task.times
        assert task.status not in ENDED or task.next_due is None


@given(st.lists(st.sampled_from(TaskMove), max_size=12))
def test_sending_everything_twice_gives_the_same_end(tried):
    def play(steps):
        task = a_task()
        for step in steps:
            try:
                task, _ = take(task, step)
            except Conflict:
                continue
        return task

    assert play(tried) == play([step for one in tried for step in (one, one)])


def test_sending_copies_what_the_phone_shows():
    case = a_case(caller="张** 138****5678")
    task, fact = tasks.send(case, WORKERS[0], id="t9", at=FRIDAY, by="street001", hint=" 快 ")
    assert (task.worker, task.unit, task.role, task.status) == ("W001", "U01", "lead", S.SENT)
    for name in ("title", "description", "level", "area", "lon", "lat", "address", "caller"):
        assert getattr(task, name) == getattr(case, name)
    assert (task.due_at, task.next_due, task.overdue) == (case.due_at, case.due_at, False)
    assert (task.hint, task.times) == ("快", {"sent": FRIDAY})
    assert (fact.kind, fact.worker, fact.who) == ("task.sent", "W001", "street001")


def test_a_task_sent_late_is_overdue_at_once():
    case = a_case(due_at=FRIDAY)
    task, _ = tasks.send(case, WORKERS[0], id="t9", at=FRIDAY, by="street001")
    assert (task.overdue, task.next_due) == (True, None)


C, D = CaseStatus, CaseMove


@pytest.mark.parametrize(
    ("case_status", "role", "status", "step"),
    [
        (C.PENDING_DISPATCH, "lead", S.SENT, D.DISPATCH),
        (C.RETURNED, "lead", S.SENT, D.DISPATCH),
        (C.PENDING_HANDLE, "support", S.SENT, None),
        (C.HANDLING, "support", S.SENT, None),
        (C.PENDING_HANDLE, "lead", S.DELIVERED, None),
        (C.PENDING_HANDLE, "lead", S.SEEN, None),
        (C.PENDING_HANDLE, "lead", S.ACCEPTED, D.ACCEPT),
        (C.HANDLING, "lead", S.ACCEPTED, None),
        (C.PENDING_HANDLE, "support", S.ACCEPTED, None),
        (C.HANDLING, "lead", S.ARRIVED, None),
        (C.HANDLING, "lead", S.DONE, D.FINISH),
        (C.HANDLING, "support", S.DONE, D.RETURN),
        (C.HANDLING, "lead", S.RETURNED, D.RETURN),
        (C.PENDING_HANDLE, "lead", S.WITHDRAWN, D.RETURN),
        (C.PENDING_CHECK, "support", S.RETURNED, None),
        (C.CLOSED, "support", S.DONE, None),
    ],
)
def test_a_task_alone_drives_its_case(case_status, role, status, step):
    case, task = a_case(status=case_status), a_task(role=role, status=status)
    assert tasks.case_after(case, task) is step
    assert tasks.case_after(case, task, [task]) is step  # being among the others means nothing


@pytest.mark.parametrize("other", OPEN)
@pytest.mark.parametrize(
    ("role", "status", "step"),
    [
        ("lead", S.RETURNED, None),
        ("lead", S.WITHDRAWN, None),
        ("support", S.DONE, None),
        ("lead", S.DONE, D.FINISH),
    ],
)
def test_a_case_stays_while_somebody_still_works_on_it(other, role, status, step):
    task = a_task(role=role, status=status)
    others = [a_task(id="t2", role="support", status=other)]
    assert tasks.case_after(a_case(status=C.HANDLING), task, others) is step


@given(st.lists(st.tuples(st.sampled_from(["t1", "t2"]), st.sampled_from(TaskMove)), max_size=20))
def test_a_case_driven_by_its_tasks_never_hangs(tried):
    """While a case is with the field, at least one task is open: somebody has it in hand."""
    case = a_case(status=C.PENDING_DISPATCH)
    on = {"t1": a_task(), "t2": a_task(id="t2", role="support", worker="W002")}
    case, _ = cases.move(case, D.DISPATCH, at=FRIDAY, by="street001")
    for name, step in tried:
        try:
            on[name], fact = take(on[name], step)
        except Conflict:
            continue
        if fact is not None and (then := tasks.case_after(case, on[name], on.values())):
            case, _ = cases.move(case, then, at=LATER, by="w001", reason="随任务")
        if case.status in (C.PENDING_HANDLE, C.HANDLING):
            assert any(task.status not in ENDED for task in on.values())
