"""The cockpit: every figure is the number of its rows, and children sum to their parent."""

from __future__ import annotations

import pytest

from app.domain.people import Role, User
from app.errors import NotAllowed
from app.services import cases, reports, views
from tests import cast
from tests.web.things import open_case


@pytest.fixture
def busy(city, clock, a_report):
    """A day with cases in two streets: one voided, one overdue, one report."""
    clock.advance(hours=-6)
    open_case(city, device="OLD")
    clock.advance(days=2)
    open_case(city, cast.OTHER_GRID, device="NEW")
    case = reports.file(city, a_report(), by=cast.ZHANG)
    cases.void(city, case.id, note="重复", by=cast.DISPATCHER)
    return city


def test_every_figure_is_the_number_of_its_rows(busy) -> None:
    data = views.cockpit(busy, cast.LEADER)
    for figure in data["figures"]:
        if figure["rows"] and figure["unit"] == "件":
            query = dict(figure["rows"])
            assert views.rows(busy, cast.LEADER, **query)["total"] == figure["value"], figure


def test_streets_and_domains_sum_to_the_figures(busy) -> None:
    data = views.cockpit(busy, cast.LEADER)
    figures = {one["key"]: one["value"] for one in data["figures"]}
    assert figures["open"] == 2
    for key in ("opened", "closed", "open", "overdue"):
        assert sum(street[key] for street in data["streets"]) == figures[key]
        assert sum(domain[key] for domain in data["domains"]) == figures[key]


def test_exceptions_are_told_worst_first_with_their_rows(busy) -> None:
    found = views.cockpit(busy, cast.LEADER)["exceptions"]
    kinds = [one["kind"] for one in found]
    assert kinds[0] == "red_unacknowledged"
    assert "overdue_cases" in kinds
    for one in found:
        if one["rows"]:
            assert views.rows(busy, cast.LEADER, **one["rows"])["total"] == one["value"] or (
                one["kind"] == "on_time_low"
            )


def test_what_has_no_data_says_so(city) -> None:
    figures = {one["key"]: one for one in views.cockpit(city, cast.LEADER)["figures"]}
    assert (figures["satisfaction"]["value"], figures["satisfaction"]["why"]) == (None, "no_survey")
    assert (figures["on_time"]["value"], figures["on_time"]["why"]) == (None, "nothing_due")
    assert figures["opened"]["before"] is None


def test_a_role_without_a_scope_of_screens_sees_no_rows(city) -> None:
    nobody = User(id="x", name="x", role=Role.SYS_ADMIN, scope="3204")
    with pytest.raises(NotAllowed):
        views.rows(city, nobody, "cases")
    with pytest.raises(NotAllowed):
        views.snapshot(city, nobody)
