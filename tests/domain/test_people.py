"""Who may do what where: the cast as a story, and the whole table of roles."""

from __future__ import annotations

import pytest

from app.domain.cases import CaseMove
from app.domain.people import (
    MISSING,
    ROLES,
    WORK,
    Role,
    User,
    Verb,
    around,
    concerns,
    covers,
    may,
    require,
)
from app.domain.tasks import TaskMove
from app.errors import NotAllowed, Unseen
from tests import cast
from tests.domain.things import a_case, a_task, an_alert

CASE, TASK, ALERT = a_case(), a_task(), an_alert()


@pytest.mark.parametrize(
    ("user", "verb", "thing", "allowed"),
    [
        # 五星 has a case; its dispatcher and everybody above may see it, 邹区 may not
        (cast.COMMANDER, Verb.VIEW, CASE, True),
        (cast.DUTY, Verb.VIEW, CASE, True),
        (cast.LEADER, Verb.VIEW, CASE, True),
        (cast.WALL, Verb.VIEW, CASE, True),
        (cast.DISPATCHER, Verb.VIEW, CASE, True),
        (cast.STRANGER, Verb.VIEW, CASE, False),
        (cast.ADMIN, Verb.VIEW, CASE, False),
        (cast.STRANGER, Verb.VIEW, ALERT, False),
        (cast.STRANGER, Verb.VIEW, TASK, False),
        # acting
        (cast.DUTY, Verb.ACKNOWLEDGE, ALERT, True),
        (cast.DISPATCHER, Verb.ACKNOWLEDGE, ALERT, True),
        (cast.STRANGER, Verb.ACKNOWLEDGE, ALERT, False),
        (cast.WALL, Verb.ACKNOWLEDGE, ALERT, False),
        (cast.LEADER, Verb.ACKNOWLEDGE, ALERT, False),
        (cast.ZHANG, Verb.ACKNOWLEDGE, ALERT, False),
        (cast.DISPATCHER, Verb.DISPATCH, CASE, True),
        (cast.STRANGER, Verb.DISPATCH, CASE, False),
        (cast.ADMIN, Verb.DISPATCH, CASE, False),
        (cast.ZHANG, Verb.DISPATCH, CASE, False),
        (cast.DISPATCHER, Verb.CLOSE, CASE, True),
        (cast.ZHANG, Verb.CLOSE, CASE, False),
        (cast.DUTY, Verb.VOID, CASE, False),
        (cast.COMMANDER, Verb.VOID, CASE, True),
        (cast.DISPATCHER, Verb.WITHDRAW, TASK, True),
        (cast.ZHANG, Verb.WITHDRAW, TASK, False),
        # the task is ZHANG's alone
        (cast.ZHANG, Verb.ACCEPT, TASK, True),
        (cast.ZHANG, Verb.VIEW, TASK, True),
        (cast.LI, Verb.ACCEPT, TASK, False),
        (cast.LI, Verb.VIEW, TASK, False),
        (cast.DISPATCHER, Verb.ACCEPT, TASK, False),
        (cast.COMMANDER, Verb.FINISH, TASK, False),
        # a grid worker sees the case he reported, other cases not, wherever they are
        (cast.ZHANG, Verb.VIEW, CASE, True),
        (cast.LI, Verb.VIEW, CASE, False),
        (cast.ZHANG, Verb.VIEW, ALERT, False),
        # places
        (cast.ZHANG, Verb.REPORT, cast.GRID, True),
        (cast.ZHANG, Verb.REPORT, cast.OTHER_GRID, False),
        (cast.ZHANG, Verb.REPORT, None, True),
        (cast.ZHANG, Verb.LOCATE, cast.WORKERS[0], True),
        (cast.ZHANG, Verb.LOCATE, cast.WORKERS[1], False),
        (cast.DISPATCHER, Verb.VIEW, cast.WORKERS[0], True),
        (cast.STRANGER, Verb.VIEW, cast.WORKERS[0], False),
        (cast.DUTY, Verb.VIEW, "320404", True),
        (cast.DISPATCHER, Verb.VIEW, "320404", False),
        # the administrator has users and nothing else
        (cast.ADMIN, Verb.ADMINISTER, cast.DUTY, True),
        (cast.COMMANDER, Verb.ADMINISTER, cast.DUTY, False),
        (cast.ADMIN, Verb.VIEW, None, False),
    ],
)
def test_the_story(user, verb, thing, allowed):
    assert may(user, verb, thing) is allowed


def test_a_worker_on_a_case_may_see_it_though_it_is_far_away():
    far = a_case(area=cast.OTHER_GRID, reporter="12345")
    assert not may(cast.ZHANG, Verb.VIEW, far)
    assert may(cast.ZHANG, Verb.VIEW, far, workers={"W001", "W003"})
    assert may(cast.ZHANG, Verb.ACCEPT, a_task(area=cast.OTHER_GRID))


def test_a_field_user_without_a_worker_has_nothing():
    lost = User(id="x", name="无", role=Role.GRID_WORKER, scope="320404")
    assert not may(lost, Verb.VIEW, a_task())
    assert not may(lost, Verb.REPORT, cast.GRID)


def test_a_department_sees_its_district_and_works_on_its_own_tasks():
    dept = User(id="d", name="部门", role=Role.DEPT_HANDLER, scope="320404", worker="W001")
    assert may(dept, Verb.VIEW, a_case(reporter="12345"))
    assert may(dept, Verb.FINISH, a_task())
    assert not may(dept, Verb.FINISH, a_task(worker="W002"))
    assert not may(dept, Verb.DISPATCH, a_case())


def test_what_lies_outside_the_city_is_for_the_city_alone():
    outside = a_case(area="")
    assert may(cast.COMMANDER, Verb.VIEW, outside)
    assert not may(cast.DUTY, Verb.VIEW, outside)
    assert not may(cast.DISPATCHER, Verb.VIEW, outside)


@pytest.mark.parametrize("role", Role)
def test_every_role_is_in_the_table(role):
    assert role in ROLES


def test_every_verb_is_somebodys():
    assert frozenset().union(*ROLES.values()) == set(Verb)


def test_three_powers_are_apart():
    """The system administrator does nothing in the city, and nobody in the city administers."""
    assert ROLES[Role.SYS_ADMIN] == {Verb.ADMINISTER}
    assert [role for role in Role if Verb.ADMINISTER in ROLES[role]] == [Role.SYS_ADMIN]


@pytest.mark.parametrize("role", [Role.VIEWER, Role.LEADER])
def test_who_looks_on_only_looks(role):
    assert ROLES[role] == {Verb.VIEW}


@pytest.mark.parametrize("role", Role)
def test_office_and_field_are_apart(role):
    assert not (ROLES[role] & WORK and Verb.DISPATCH in ROLES[role])


@pytest.mark.parametrize("step", [*CaseMove, *TaskMove])
def test_every_step_of_cases_and_tasks_is_a_verb(step):
    assert Verb(step.value) == step


def test_an_unknown_verb_is_a_mistake_of_ours():
    with pytest.raises(ValueError, match="fly"):
        may(cast.COMMANDER, "fly", CASE)


@pytest.mark.parametrize(
    ("user", "verb", "thing", "sentence"),
    [
        (cast.WALL, Verb.ACKNOWLEDGE, ALERT, "您的角色没有“确认预警”权限，请联系值班长。"),
        (cast.STRANGER, Verb.DISPATCH, cast.GRID, "您的数据范围不包含该区域，不能派遣。"),
        (cast.DUTY, Verb.ACCEPT, TASK, "您的角色没有“签收”权限，请联系值班长。"),
    ],
)
def test_a_refusal_says_what_is_missing(user, verb, thing, sentence):
    with pytest.raises(NotAllowed) as refusal:
        require(user, verb, thing)
    assert (refusal.value.message, refusal.value.status) == (sentence, 403)


def test_require_is_silent_when_allowed():
    require(cast.DISPATCHER, CaseMove.DISPATCH, CASE)
    require(cast.ZHANG, TaskMove.ACCEPT, TASK)


@pytest.mark.parametrize(
    ("scope", "area", "covered"),
    [
        ("3204", "320404001001001", True),
        ("320404", "320404001001001", True),
        ("320404001", "320404001001001", True),
        ("320404003", "320404001001001", False),
        ("320404001001001", "320404001", False),
        ("3204", "", True),
        ("320404", "", False),
    ],
)
def test_scope_is_a_prefix(scope, area, covered):
    assert covers(scope, area) is covered


@pytest.mark.parametrize(
    ("scope", "wider"),
    [
        ("3204", ()),
        ("320404", ("320400",)),
        ("320404001", ("320404", "320400")),
        ("320404001001", ("320404001", "320404", "320400")),
    ],
)
def test_the_areas_around_a_scope(scope, wider):
    assert around(scope) == wider


def test_a_warning_of_the_district_concerns_its_streets_but_not_the_other_way_round():
    wide = an_alert(rule="warning", area="320404")
    narrow = an_alert(rule="warning", area=cast.STREET)
    assert concerns(cast.STREET, wide)
    assert concerns("320404", narrow)
    assert not concerns(cast.OTHER_STREET, narrow)
    assert not concerns(cast.STREET, an_alert(area="320404")), "a device's alert is where it is"
    assert may(cast.DISPATCHER, "view", wide)
    assert not may(cast.DISPATCHER, "acknowledge", wide)
    assert not may(cast.ZHANG, "view", wide)


@pytest.mark.parametrize(
    ("user", "verb", "thing", "noun"),
    [
        (cast.ADMIN, Verb.DISPATCH, CASE, "Case"),
        (cast.STRANGER, Verb.DISPATCH, CASE, "Case"),
        (cast.STRANGER, Verb.VIEW, ALERT, "Alert"),
        (cast.LI, Verb.ACCEPT, TASK, "Task"),
        (cast.LI, Verb.VIEW, CASE, "Case"),
    ],
)
def test_what_one_may_not_see_is_as_if_it_were_not_there(user, verb, thing, noun):
    with pytest.raises(Unseen) as refusal:
        require(user, verb, thing)
    told = refusal.value
    assert (told.message, told.status, told.code) == (MISSING[noun], 404, "not_found")
