"""圈选: what lies inside a drawn shape and whose it is; exercises; the file of it."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from app.domain import drawn
from app.domain.cases import Case
from app.domain.levels import Level
from app.domain.readings import WorkerPosition
from app.domain.resources import Resource, Sort, State
from app.errors import Invalid, NotAllowed, Refused
from app.services import exercises, inside, tasks, views
from app.store import counts
from app.store import resources as kept
from tests import cast, things

METRE = 1 / 111_000  # degrees of latitude


def circle(spot, metres=500):
    return drawn.read(f"circle:{spot[0]},{spot[1]},{metres}")


@pytest.fixture
def busy(city, spot):
    """An alert, a case, a resource and the worker at the spot, another case 2 km north."""
    lon, lat = spot
    with city.ledger.begin() as tx:
        tx.add(things.an_alert(lon=lon, lat=lat))
        tx.add(things.a_case("C1", lon=lon, lat=lat + 100 * METRE))
        tx.add(things.a_case("C2", lon=lon, lat=lat + 2000 * METRE))
        team = {"id": "T1", "sort": Sort.TEAM, "name": "消防一队", "kind": "消防"}
        where = {"area": cast.GRID, "lon": lon, "lat": lat, "unit": "", "body": {}}
        kept.put(tx, [Resource(**team, **where, state=State.READY, updated=city.now())])
    at = round(city.now().timestamp() * 1000)
    city.live.put_positions([WorkerPosition(worker=cast.LI.worker, at=at, lon=lon, lat=lat)], at)
    return city


def ids_of(found, group):
    return [row["id"] for row in found[group]]


def test_a_circle_holds_what_is_within_its_radius(busy, spot):
    found = inside.inside(busy, cast.DUTY, circle(spot))
    assert ids_of(found, "alerts") == ["A1"]
    assert ids_of(found, "cases") == ["C1"]
    assert ids_of(found, "workers") == [cast.LI.worker]
    assert ids_of(found, "resources") == ["T1"]
    wide = inside.inside(busy, cast.DUTY, circle(spot, 3000))
    assert set(ids_of(wide, "cases")) == {"C1", "C2"}
    assert wide["totals"]["cases"] == 2


def test_a_ring_holds_what_is_between_its_corners_even_when_it_crosses_itself(busy, spot):
    lon, lat = spot
    w, e, s, n = lon - 0.01, lon + 0.01, lat - 0.0005, lat + 0.0015
    ring = drawn.read(f"ring:{w},{s};{e},{s};{e},{n};{w},{n}")
    assert ids_of(inside.inside(busy, cast.DUTY, ring), "cases") == ["C1"]
    bow = drawn.read(f"ring:{w},{s};{e},{n};{e},{s};{w},{n}")
    assert set(inside.inside(busy, cast.DUTY, bow)["totals"]) == set(inside.GROUPS)


def test_nobody_is_told_of_another_street(busy, spot):
    found = inside.inside(busy, cast.STRANGER, circle(spot, 3000))
    assert found["totals"] == dict.fromkeys(inside.GROUPS, 0)
    with pytest.raises(NotAllowed):
        inside.inside(busy, cast.LI, circle(spot))


def test_an_exercise_is_sent_and_counted_in_no_figure(busy, spot):
    before = views.cockpit(busy, cast.DUTY)["figures"]
    trend_before = views.trend(busy, cast.DUTY)["total"]
    with busy.ledger.read() as tx:
        open_before = counts.per_status(tx, Case, open=True)
    case, sent = exercises.call_out(
        busy, circle(spot), name="防汛演练", workers=[cast.LI.worker], by=cast.DUTY
    )
    assert case.title == "【演练】防汛演练"
    assert [task.worker for task in sent] == [cast.LI.worker]
    mine = views.snapshot(busy, cast.LI)
    assert [task["case_id"] for task in mine["tasks"]] == [case.id]
    assert views.cockpit(busy, cast.DUTY)["figures"] == before
    assert views.trend(busy, cast.DUTY)["total"] == trend_before
    with busy.ledger.read() as tx:
        assert counts.per_status(tx, Case, open=True) == open_before
    # it is worked on like any other
    assert tasks.accept(busy, sent[0].id, by=cast.LI).status.value == "accepted"


def test_an_exercise_with_somebody_out_of_reach_opens_nothing(city, spot):
    for one in (cast.FAR.worker or "W003", "nobody"):
        with pytest.raises(Refused):
            exercises.call_out(
                city, circle(spot), name="x", workers=["W001", one], by=cast.DISPATCHER
            )
    with city.ledger.read() as tx:
        assert (tx.cases(), tx.tasks()) == ([], [])


@pytest.mark.parametrize(
    ("name", "workers", "field"), [("", ["w"], "name"), ("防汛", [], "workers")]
)
def test_an_exercise_without_a_name_or_people_is_refused(city, spot, name, workers, field):
    with pytest.raises(Invalid) as why:
        exercises.call_out(city, circle(spot), name=name, workers=workers, by=cast.DUTY)
    assert field in why.value.fields


def test_an_exercise_outside_the_city_or_by_a_worker_is_refused(city, spot):
    with pytest.raises(Invalid):
        exercises.call_out(city, circle((100, 30)), name="x", workers=["w"], by=cast.DUTY)
    with pytest.raises(NotAllowed):
        exercises.call_out(city, circle(spot), name="x", workers=["w"], by=cast.LI)
    with city.ledger.read() as tx:
        assert tx.cases() == []


def test_a_file_of_it_is_noted_in_the_audit(busy, spot):
    found = inside.export(busy, cast.DUTY, circle(spot))
    fact = busy.ledger.facts_after(busy.ledger.last_seq() - 1)[0]
    assert (fact.kind, fact.who) == ("selection.exported", cast.DUTY.id)
    assert fact.body["rows"] == sum(len(found[group]) for group in inside.GROUPS)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "circle:119.9,31.7",
        "circle:119.9,31.7,0",
        "circle:119.9,31.7,1e9",
        "circle:nan,31.7,5",
        "circle:200,31.7,5",
        "ring:1,2;3,4",
        "ring:1,2;3,4;5,6,7",
        "line:1,2;3,4",
        "ring:" + ";".join(["1,2"] * 201),
    ],
)
def test_a_text_that_is_no_shape_says_so(text):
    with pytest.raises(Invalid) as why:
        drawn.read(text)
    assert why.value.fields["shape"]


def test_a_shape_is_plain_data():
    assert msgspec.to_builtins(drawn.read("circle:119.9,31.7,500")) == {
        "points": ((119.9, 31.7),),
        "radius_m": 500,
    }
    assert drawn.read("ring:0,0;2,0;2,2;0,2").middle == (1, 1)


def test_the_worst_and_the_soonest_come_first_and_all_are_counted(city, spot):
    at = {"lon": spot[0], "lat": spot[1]}
    with city.ledger.begin() as tx:
        for n, level in enumerate((Level.BLUE, Level.RED, Level.ORANGE)):
            tx.add(things.an_alert(f"A{n}", level=level, device=f"D{n}", **at))
            due = city.now() + timedelta(hours=3 - n)
            tx.add(things.a_case(f"C{n}", source_id=f"s{n}", due_at=due, **at))
    found = inside.inside(city, cast.DUTY, circle(spot), each=2)
    assert (ids_of(found, "alerts"), ids_of(found, "cases")) == (["A1", "A2"], ["C2", "C1"])
    assert (found["totals"]["alerts"], found["totals"]["cases"]) == (3, 3)
