"""Cases: the table of moves, its guards, and what a move leaves behind."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import cases
from app.domain.cases import ENDED, MOVES, Case, CaseMove, CaseStatus
from app.domain.levels import Level
from app.errors import Conflict, Invalid
from tests.cast import GRID
from tests.domain.things import FRIDAY, a_case, local

S, M = CaseStatus, CaseMove
STARTS = (S.PENDING_REGISTER, S.PENDING_DISPATCH)

steps = st.lists(st.sampled_from(CaseMove), max_size=30)


def reachable(start: CaseStatus) -> set[CaseStatus]:
    seen, edge = {start}, [start]
    while edge:
        here = edge.pop()
        for (status, _), to in MOVES.items():
            if status is here and to not in seen:
                seen.add(to)
                edge.append(to)
    return seen


def take(case: Case, step: CaseMove) -> Case:
    return cases.move(case, step, at=FRIDAY, by="duty", reason="因为")[0]


def test_every_state_can_be_reached_from_the_start():
    assert reachable(S.PENDING_REGISTER) == set(CaseStatus)


@pytest.mark.parametrize("status", [s for s in CaseStatus if s not in ENDED])
def test_no_state_is_a_dead_end(status):
    assert S.CLOSED in reachable(status)


@pytest.mark.parametrize("status", sorted(ENDED))
def test_nothing_leads_out_of_an_ended_case(status):
    assert reachable(status) == {status}


def test_every_move_is_used():
    assert {step for _, step in MOVES} == set(CaseMove)


@pytest.mark.parametrize(
    ("status", "step", "to"),
    [
        (S.PENDING_REGISTER, M.REGISTER, S.PENDING_DISPATCH),
        (S.PENDING_DISPATCH, M.DISPATCH, S.PENDING_HANDLE),
        (S.PENDING_HANDLE, M.ACCEPT, S.HANDLING),
        (S.HANDLING, M.FINISH, S.PENDING_CHECK),
        (S.PENDING_CHECK, M.CLOSE, S.CLOSED),
        (S.PENDING_CHECK, M.REWORK, S.PENDING_DISPATCH),
        (S.PENDING_HANDLE, M.RETURN, S.RETURNED),
        (S.HANDLING, M.RETURN, S.RETURNED),
        (S.RETURNED, M.DISPATCH, S.PENDING_HANDLE),
        (S.RETURNED, M.VOID, S.VOID),
        (S.PENDING_REGISTER, M.VOID, S.VOID),
        (S.PENDING_DISPATCH, M.VOID, S.VOID),
    ],
)
def test_the_table(status, step, to):
    assert take(a_case(status=status), step).status is to


@pytest.mark.parametrize("status", CaseStatus)
@pytest.mark.parametrize("step", CaseMove)
def test_what_is_not_in_the_table_is_a_conflict(status, step):
    if (status, step) in MOVES:
        return
    with pytest.raises(Conflict, match="案件当前为“.+”，不能.+，请刷新后再试。"):
        take(a_case(status=status), step)


def test_a_refusal_names_the_present_state():
    with pytest.raises(Conflict) as refusal:
        take(a_case(status=S.PENDING_HANDLE), M.CLOSE)
    assert refusal.value.message == "案件当前为“待处置”，不能结案，请刷新后再试。"


def test_closing_is_only_possible_from_the_check():
    assert [status for status, step in MOVES if step is M.CLOSE] == [S.PENDING_CHECK]


def test_after_a_return_the_dispatcher_cannot_close():
    with pytest.raises(Conflict):
        take(a_case(status=S.RETURNED), M.CLOSE)


@pytest.mark.parametrize(
    ("status", "step", "word"),
    [(S.HANDLING, M.RETURN, "退回"), (S.PENDING_DISPATCH, M.VOID, "作废")],
)
@pytest.mark.parametrize("reason", ["", "   "])
def test_return_and_void_need_a_reason(status, step, word, reason):
    with pytest.raises(Invalid) as refusal:
        cases.move(a_case(status=status), step, at=FRIDAY, by="duty", reason=reason)
    assert refusal.value.message == f"{word}必须填写理由。"
    assert set(refusal.value.fields) == {"reason"}


def test_the_conflict_is_told_before_the_missing_reason():
    with pytest.raises(Conflict):
        cases.move(a_case(status=S.CLOSED), M.VOID, at=FRIDAY, by="duty")


@pytest.mark.parametrize(
    ("status", "step", "kind"),
    [
        (S.PENDING_REGISTER, M.REGISTER, "case.registered"),
        (S.PENDING_DISPATCH, M.DISPATCH, "case.dispatched"),
        (S.PENDING_HANDLE, M.ACCEPT, "case.accepted"),
        (S.HANDLING, M.RETURN, "case.returned"),
        (S.HANDLING, M.FINISH, "case.finished"),
        (S.PENDING_CHECK, M.CLOSE, "case.closed"),
        (S.PENDING_CHECK, M.REWORK, "case.reworked"),
        (S.RETURNED, M.VOID, "case.voided"),
    ],
)
def test_the_fact_is_in_the_past_tense_and_carries_the_case(status, step, kind):
    case, fact = cases.move(a_case(status=status), step, at=FRIDAY, by="duty", reason="因为")
    assert (fact.kind, fact.thing, fact.area, fact.who) == (kind, case.id, GRID, "duty")
    assert fact.body == {"case": msgspec.to_builtins(case), "reason": "因为"}
    assert msgspec.convert(fact.body["case"], Case) == case


def test_a_fact_without_reason_has_none_and_can_name_a_worker():
    _, fact = cases.move(a_case(), M.DISPATCH, at=FRIDAY, by="duty", worker="W001")
    assert set(fact.body) == {"case"}
    assert fact.worker == "W001"


def test_a_move_changes_what_it_says_and_nothing_else():
    before = a_case()
    later = FRIDAY + timedelta(minutes=5)
    after, _ = cases.move(before, M.DISPATCH, at=later, by="duty", unit="U01")
    assert (after.unit, after.changed_at, after.version) == ("U01", later, before.version)
    assert (
        msgspec.structs.replace(
            after, unit=None, changed_at=FRIDAY, status=before.status, stage_due_at=None
        )
        == before
    )


def test_a_reason_is_kept_as_the_note_and_masked():
    case, fact = cases.move(
        a_case(), M.VOID, at=FRIDAY, by="duty", reason="误报,已与13812345678核实"
    )
    assert case.note == fact.body["reason"] == "误报,已与138****5678核实"


def test_rework_counts_and_ending_stops_the_clocks():
    case = take(a_case(status=S.PENDING_CHECK), M.REWORK)
    assert (case.reworks, case.next_due is None, case.closed_at) == (1, False, None)
    closed = take(a_case(status=S.PENDING_CHECK), M.CLOSE)
    assert (closed.next_due, closed.stage_due_at, closed.closed_at) == (None, None, FRIDAY)


@pytest.mark.parametrize(
    ("status", "step", "due"),
    [
        (S.PENDING_REGISTER, M.REGISTER, "2026-11-20 18:00"),  # dispatch: 1 work hour
        (S.PENDING_DISPATCH, M.DISPATCH, "2026-11-23 11:00"),  # handling: the case's own
        (S.HANDLING, M.FINISH, "2026-11-23 17:00"),  # check: 1 work day
    ],
)
def test_each_stage_has_its_own_deadline(status, step, due):
    assert take(a_case(status=status), step).stage_due_at == local(due)


def test_the_stages_of_a_red_case_do_not_wait_for_monday():
    case = take(a_case(status=S.HANDLING, level=Level.RED), M.FINISH)
    assert case.stage_due_at == local("2026-11-20 17:30")


@given(st.sampled_from(STARTS), steps)
def test_whatever_is_tried_a_case_stays_whole(start, tried):
    case = a_case(status=start)
    for step in tried:
        known = (case.status, step) in MOVES
        try:
            case = take(case, step)
        except Conflict:
            assert not known
        assert (case.closed_at is not None) == (case.status in ENDED)
        assert case.status not in ENDED or case.next_due is None
        assert case.version == 1
