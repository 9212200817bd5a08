"""Dispatching: who comes first, and why."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.dispatching import Available, Why, answering, arrival, metres, needs, rank
from app.domain.people import Unit, Worker
from tests.cast import COMMUNITY, GRID, OTHER_STREET
from tests.domain.things import FRIDAY, a_case

CASE = a_case()  # rubbish (06) in GRID at 119.95, 31.78
KM = 0.0089932  # degrees of latitude


def someone(name="A", *, grid=OTHER_STREET, skills=(), on_duty=True, **now) -> Available:
    fields = {"lon": 119.95, "lat": 31.78, "seen_at": FRIDAY} | now
    worker = Worker(
        id=name, name=f"{name}网格", unit="U01", grid=grid, skills=skills, on_duty=on_duty
    )
    return Available(worker=worker, **fields)


def reasons(available, case=CASE, **more):
    return {r.code: r for r in rank([available], case, at=FRIDAY, **more)[0].reasons}


def names(*available, **more):
    return [c.worker for c in rank(available, CASE, at=FRIDAY, **more)]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"lat": 31.78 + KM}, {"lat": 31.78 + 2 * KM}),  # nearer
        ({"grid": COMMUNITY}, {}),  # his own place
        ({"skills": ("06",)}, {"skills": ("09",)}),  # trained
        ({"open_tasks": 0}, {"open_tasks": 3}),  # free
        ({"seen_at": FRIDAY}, {"seen_at": FRIDAY - timedelta(minutes=11)}),  # fresh position
        ({"seen_at": FRIDAY - timedelta(hours=2)}, {"lon": None, "lat": None}),  # any position
        ({"lat": 31.78 + 20 * KM, "open_tasks": 9}, {"on_duty": False}),  # on duty
        ({"lat": 31.78 + 0.3 * KM}, {"lat": 31.78 + 5 * KM, "skills": ("06",)}),
    ],
)
def test_what_makes_one_come_first(first, second):
    assert names(someone("B", **first), someone("A", **second)) == ["B", "A"]


def test_equal_scores_are_in_the_order_of_ids():
    assert names(someone("B"), someone("C"), someone("A")) == ["A", "B", "C"]


def test_nobody_is_left_out_and_nobody_is_no_error():
    assert rank([], CASE, at=FRIDAY) == []
    assert len(names(someone("A", on_duty=False), someone("B", lon=None))) == 2


def test_a_full_set_of_reasons():
    near = someone("A", grid=GRID, skills=("06", "gas"), lat=31.78 + KM / 2, open_tasks=1)
    found = reasons(near)
    assert {code: (r.value, r.good) for code, r in found.items()} == {
        Why.DISTANCE: (500, True),
        Why.POSITION_AGE: (0, True),
        Why.OWN_GRID: (15, True),
        Why.SKILL: ("06", True),
        Why.OPEN_TASKS: (1, False),
    }


@pytest.mark.parametrize(
    ("minutes", "code", "good"),
    [(0, Why.POSITION_AGE, True), (10, Why.POSITION_AGE, True), (11, Why.POSITION_STALE, False)],
)
def test_an_old_position_is_said_so(minutes, code, good):
    found = reasons(someone(seen_at=FRIDAY - timedelta(minutes=minutes)))
    assert (found[code].value, found[code].good) == (minutes * 60, good)


def test_a_position_from_the_future_counts_as_now():
    found = reasons(someone(seen_at=FRIDAY + timedelta(minutes=3)))
    assert found[Why.POSITION_AGE].value == 0


@pytest.mark.parametrize(
    "now", [{"lon": None}, {"lat": None}, {"seen_at": None}, {"lon": None, "seen_at": None}]
)
def test_without_a_position_that_is_the_reason(now):
    found = reasons(someone(**now))
    assert Why.NO_POSITION in found
    assert Why.DISTANCE not in found


def test_off_duty_is_the_first_reason():
    candidate = rank([someone(on_duty=False)], CASE, at=FRIDAY)[0]
    assert (candidate.reasons[0].code, candidate.reasons[0].good) == (Why.OFF_DUTY, False)
    assert candidate.on_duty is False


@pytest.mark.parametrize(
    ("grid", "digits"), [(GRID, 15), (COMMUNITY, 12), (GRID[:9], 9), (OTHER_STREET, None)]
)
def test_how_well_he_knows_the_place(grid, digits):
    found = reasons(someone(grid=grid))
    assert (found[Why.OWN_GRID].value if Why.OWN_GRID in found else None) == digits


def test_a_case_outside_the_city_is_nobodys_own():
    assert Why.OWN_GRID not in reasons(someone(grid="3204"), a_case(area=""))


def test_a_case_without_a_place_has_no_distance():
    candidate = rank([someone()], a_case(lon=None, lat=None), at=FRIDAY)[0]
    assert (candidate.distance_m, candidate.eta_s) == (None, None)


def test_an_alerts_case_asks_for_the_device_kind():
    gas = a_case(code="")
    assert Why.SKILL not in reasons(someone(skills=("gas",)), gas)
    assert reasons(someone(skills=("gas",)), gas, skills=["gas"])[Why.SKILL].value == "gas"


@pytest.mark.parametrize(
    ("code", "skills"), [("32040406010", {"06"}), ("06010", {"06"}), ("", set()), ("0110", set())]
)
def test_needs(code, skills):
    assert needs(a_case(code=code)) == skills


def test_distance_and_arrival_are_on_the_candidate():
    candidate = rank([someone(lat=31.78 + KM)], CASE, at=FRIDAY)[0]
    assert candidate.distance_m == pytest.approx(1000, abs=1)
    assert candidate.eta_s == arrival(candidate.distance_m) == 396  # 1.4 km at 15 km/h and 60 s


@pytest.mark.parametrize(
    ("a", "b", "distance"),
    [
        ((119.95, 31.78), (119.95, 31.78), 0),
        ((0, 0), (0, 1), 111_195),
        ((119, 31.78), (120, 31.78), 94_527),
        ((0, 0), (180, 0), 20_015_115),
        ((0, 90), (0, -90), 20_015_115),
    ],
)
def test_metres(a, b, distance):
    assert metres(*a, *b) == pytest.approx(distance, abs=5)
    assert metres(*b, *a) == pytest.approx(metres(*a, *b))


@given(
    st.floats(0, 0.2),
    st.floats(0, 0.2),
    st.integers(0, 20),
    st.booleans(),
    st.integers(0, 7200),
)
def test_scores_stay_within_0_and_100(east, north, open_tasks, on_duty, age):
    best = someone(
        grid=GRID,
        skills=("06",),
        on_duty=on_duty,
        lon=119.95 + east,
        lat=31.78 + north,
        open_tasks=open_tasks,
        seen_at=FRIDAY - timedelta(seconds=age),
    )
    candidate = rank([best], CASE, at=FRIDAY)[0]
    assert 0 <= candidate.score <= 100
    assert candidate.eta_s >= 60


@given(st.lists(st.floats(0, 0.3), min_size=2, max_size=8))
def test_with_all_else_equal_the_nearer_comes_first(offsets):
    people = [someone(f"W{i:03}", lat=31.78 + offset) for i, offset in enumerate(offsets)]
    distances = [c.distance_m for c in rank(people, CASE, at=FRIDAY)]
    assert distances == sorted(distances)


UNITS = (
    Unit(id="U01", name="区城管局", area="320404", skills=("06",)),
    Unit(id="U04", name="燃气公司", area="320404", skills=("gas",)),
    Unit(id="U11", name="五星街道", area="320404001", skills=("06",)),
)


@pytest.mark.parametrize(
    ("area", "skills", "unit"),
    [
        ("320404001001001", {"gas"}, "U04"),
        ("320404001001001", {"06"}, "U11"),
        ("320404005004006", {"06"}, "U01"),
        ("320404001001001", {"bridge"}, None),
        ("320412001", {"gas"}, None),
        ("", {"gas"}, None),
    ],
)
def test_the_unit_with_the_skill_and_the_narrowest_area_answers(area, skills, unit):
    assert answering(UNITS, area, skills) == unit


def test_a_missing_skill_is_said():
    found = reasons(someone(skills=("06",)), a_case(code=""), skills={"gas"})[Why.NO_SKILL]
    assert (found.value, found.good) == ("gas", False)
