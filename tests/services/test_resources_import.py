"""Importing resources: a trial changes nothing, bad rows are told by row, ids decide."""

from __future__ import annotations

import pytest

from app.domain.resources import Sort
from app.services import resources_import
from app.store import resources as kept
from geodata.point_table import Row
from tests import cast


@pytest.fixture
def row(spot):
    """A row of a team's table."""

    def make(number: int = 2, **cells) -> Row:
        plain = {"编号": "T1", "名称": "一队", "人数": "12", "联系电话": "13812345678"}
        return Row(number, plain | cells, *spot)

    return make


def attempt(city, *rows, sort=Sort.TEAM):
    return resources_import.attempt(city, sort, rows)


def test_a_trial_changes_nothing(city, row):
    trial = attempt(city, row())
    assert [one.id for one in trial.added] == ["T1"]
    assert trial.added[0].area == cast.GRID
    with city.ledger.read() as tx:
        assert kept.find(tx, ["T1"]) == {}


def test_what_was_taken_is_there_and_told_with_masked_phones(city, row, kinds_told):
    assert resources_import.take(city, attempt(city, row()), "cli") == 1
    with city.ledger.read() as tx:
        assert kept.find(tx, ["T1"])["T1"].body["phone"] == "13812345678"
    (fact,) = city.ledger.facts_after(0)
    assert (fact.kind, fact.area, fact.who) == ("resources.changed", cast.STREET, "cli")
    assert "13812345678" not in str(fact.body)
    assert fact.body["resources"][0]["before"] is None


def test_the_same_table_again_changes_nothing(city, row, clock):
    resources_import.take(city, attempt(city, row()), "cli")
    clock.advance(hours=1)
    again = attempt(city, row())
    assert (again.added, again.changed, again.same) == ([], [], 1)
    assert resources_import.take(city, again, "cli") == 0


def test_a_changed_row_is_told_with_before_and_after(city, row):
    resources_import.take(city, attempt(city, row()), "cli")
    resources_import.take(city, attempt(city, row(人数="15")), "cli")
    change = city.ledger.facts_after(0)[-1].body["resources"][0]
    assert (change["before"]["body"]["members"], change["after"]["body"]["members"]) == (12, 15)


def test_bad_rows_are_told_by_row_and_the_others_fit(city, row):
    bad = Row(5, {"编号": "T4", "名称": "四队", "人数": "4"}, fault="lon and lat: are no numbers")
    trial = attempt(city, row(2), row(3, 编号=""), row(4, 人数="x", 编号="T3"), bad)
    assert [fault.row for fault in trial.faults] == [3, 4, 5]
    assert [one.id for one in trial.added] == ["T1"]


def test_an_id_stands_once_and_belongs_to_one_sort(city, row):
    assert [f.row for f in attempt(city, row(2), row(3)).faults] == [3]
    resources_import.take(city, attempt(city, row()), "cli")
    trial = attempt(city, row(容纳人数="5"), sort=Sort.SHELTER)
    assert trial.added == []
    assert "team" in trial.faults[0].why


def test_what_lies_outside_is_counted(city, row):
    trial = attempt(city, row()._replace(lon=0.5, lat=0.5))
    assert trial.outside == 1
    assert trial.added[0].area == ""


def test_both_streets_hear_of_what_moves_between_them(city, row):
    resources_import.take(city, attempt(city, row()), "cli")
    there = city.areas.area(cast.OTHER_GRID).polygon.representative_point()
    moved = row()._replace(lon=there.x, lat=there.y)
    resources_import.take(city, attempt(city, moved), "cli")
    assert {f.area for f in city.ledger.facts_after(1)} == {cast.STREET, cast.OTHER_STREET}


def test_a_large_table_is_told_in_pieces(city, row):
    rows = [row(n, 编号=f"T{n}") for n in range(2, 452)]
    assert resources_import.take(city, attempt(city, *rows), "cli") == 450
    told = [len(fact.body["resources"]) for fact in city.ledger.facts_after(0)]
    assert told == [200, 200, 50]


def test_new_boundaries_move_resources_too(city, row):
    resources_import.take(city, attempt(city, row()), "cli")
    with city.ledger.begin() as tx:
        one = kept.find(tx, ["T1"])["T1"]
        kept.put(
            tx,
            [
                type(one)(
                    **{n: getattr(one, n) for n in one.__struct_fields__}
                    | {"area": cast.OTHER_GRID}
                )
            ],
        )
    assert resources_import.settle(city) == 1
    with city.ledger.read() as tx:
        assert kept.find(tx, ["T1"])["T1"].area == cast.GRID
    assert resources_import.settle(city) == 0
