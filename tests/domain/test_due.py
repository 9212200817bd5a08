"""What the clock does when the next moment of a case or task has come."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from app.domain import due, opening
from app.domain.cases import CaseStatus
from app.domain.tasks import TaskStatus
from tests.cast import GRID
from tests.domain.things import a_case, a_task, an_alert, local

NEAR, DUE = local("2026-11-23 10:12"), local("2026-11-23 11:00")


@pytest.mark.parametrize(
    ("at", "kind", "overdue", "next_due"),
    [
        (NEAR, "case.near_due", False, DUE),
        (NEAR + timedelta(minutes=9), "case.near_due", False, DUE),
        (DUE, "case.overdue", True, None),
        (DUE + timedelta(days=2), "case.overdue", True, None),  # the clock was away
    ],
)
def test_a_case_comes_near_its_deadline_and_passes_it(at, kind, overdue, next_due):
    case, fact = due.look_at_case(a_case(), at=at)
    assert (case.overdue, case.next_due, case.changed_at) == (overdue, next_due, at)
    assert (fact.kind, fact.who, fact.area) == (kind, "clock", GRID)
    assert fact.body == {"case": msgspec.to_builtins(case)}


@pytest.mark.parametrize(
    ("changes", "at"),
    [
        ({}, NEAR - timedelta(seconds=1)),
        ({"next_due": None}, DUE),
        ({"status": CaseStatus.CLOSED}, DUE),
        ({"status": CaseStatus.VOID}, DUE),
    ],
)
def test_otherwise_a_case_is_left_alone(changes, at):
    assert due.look_at_case(a_case(**changes), at=at) is None


def test_each_moment_is_told_once():
    case, told, at = opening.from_alert(an_alert(), id="ZL1", at=NEAR)[0], [], NEAR
    while at < NEAR + timedelta(hours=3):
        if found := due.look_at_case(case, at=at):
            case, fact = found
            told.append((fact.kind, at - NEAR))
        at += timedelta(minutes=1)
    assert told == [
        ("case.near_due", timedelta(minutes=48)),
        ("case.overdue", timedelta(minutes=60)),
    ]


def test_a_task_is_overdue_once():
    task, fact = due.look_at_task(a_task(next_due=DUE), at=DUE)
    assert (task.overdue, task.next_due) == (True, None)
    assert (fact.kind, fact.who, fact.worker) == ("task.overdue", "clock", "W001")
    assert due.look_at_task(task, at=DUE + timedelta(days=1)) is None


def test_a_task_can_be_looked_at_before_it_is_due():
    task, fact = due.look_at_task(a_task(next_due=NEAR), at=NEAR)
    assert (task.overdue, task.next_due, fact.kind) == (False, DUE, "task.near_due")


@pytest.mark.parametrize(
    ("changes", "at"),
    [
        ({"next_due": DUE}, NEAR),
        ({"next_due": None}, DUE),
        *(({"next_due": DUE, "status": s}, DUE) for s in TaskStatus if s in ("done", "returned")),
    ],
)
def test_otherwise_a_task_is_left_alone(changes, at):
    assert due.look_at_task(a_task(**changes), at=at) is None
