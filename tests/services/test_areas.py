"""Importing boundaries into a running city: tried, taken, and what moves."""

from __future__ import annotations

import shutil
from dataclasses import replace

import msgspec
import pytest
from shapely.affinity import translate

from app.domain.alerts import AlertStatus
from app.domain.cases import CaseStatus
from app.domain.duties import Duty
from app.domain.people import WARNING
from app.domain.readings import Device
from app.domain.tasks import TaskStatus
from app.errors import Conflict
from app.services import areas, roster, units, views
from app.store import area_marks, points
from geodata import imports
from geodata.area import AreaLevel
from geodata.areas import open_areas
from geodata.importing import Drawn, Finding, Sheet
from geodata.unit_grids import kept_file
from tests import cast
from tests.cast import START
from tests.things import a_case, a_task, an_alert

STREET = AreaLevel.STREET


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """The trees and unit grids that tests of this session have built."""
    return tmp_path_factory.mktemp("built")


@pytest.fixture(autouse=True)
def folder(city, built):
    """The folder of the city's trees: building one again would cost seconds in each test."""
    own = city.settings.var / "areas"
    shutil.copytree(built, own)
    yield own
    shutil.copytree(own, built, dirs_exist_ok=True, ignore=shutil.ignore_patterns("imported-*"))


@pytest.fixture
def sheet(city):
    """Zhonglou's streets, drawn half a kilometre further east."""
    kids = city.areas.children("320404")
    drawn = [Drawn(k.code, f"新{k.name}", translate(k.polygon, 0.005, 0)) for k in kids]
    return Sheet(drawn, [], "digest", "wgs84")


@pytest.fixture
def devices(city):
    """One device in the middle of each community of 五星街道."""
    communities = city.areas.children("320404001")
    spots = [c.polygon.representative_point() for c in communities]
    return roster.register(city, [_device(n, p.x, p.y, city) for n, p in enumerate(spots)])


def _device(n, lon, lat, city):
    return Device(
        code=f"GAS-{n}",
        n=0,
        kind="gas",
        name=f"gas {n}",
        lon=lon,
        lat=lat,
        area=city.areas.locate_one(lon, lat),
        period_s=30,
    )


def test_a_try_changes_nothing_and_says_what_would_move(city, sheet, devices, tmp_path):
    before = city.live.devices()
    trial = areas.attempt(city, tmp_path / "x.gpkg", STREET, sheet)
    assert trial.faults == []
    assert areas.changed(trial.moves, STREET)
    assert {m.what for m in trial.moves} == {"device"}
    assert city.live.devices() == before
    assert open_areas("320404", city.settings.var / "areas").fingerprint == city.areas.fingerprint


def test_taking_swaps_the_tree_and_moves_devices_with_their_indexes(city, sheet, devices, tmp_path):
    trial = areas.attempt(city, tmp_path / "x.gpkg", STREET, sheet)
    moved = areas.take(city, trial, "admin")
    after = open_areas("320404", city.settings.var / "areas")
    assert after.fingerprint == trial.tree.fingerprint
    assert moved == trial.moves
    shown = points.unpack(city.live.points())["area"]
    for device in city.live.devices().values():
        assert device.area == after.locate_one(device.lon, device.lat)
        assert shown[device.n] == after.grid_index(device.area)
    fact = city.ledger.facts_after(0)[-1]
    assert (fact.kind, fact.who, fact.body["moved"]["device"]) == (
        "areas.taken",
        "admin",
        len(moved),
    )


def test_ingest_puts_right_what_its_predecessor_wrote_once(city, sheet, devices, tmp_path):
    areas.put(city, areas.attempt(city, tmp_path / "x.gpkg", STREET, sheet))
    now = replace(city, areas=open_areas("320404", city.settings.var / "areas"))
    assert areas.settle_if_new(now)
    assert area_marks.edition(city.live) == now.areas.fingerprint
    assert areas.settle_if_new(now) == []


def test_an_import_is_taken_back_by_the_file_it_replaced(city, sheet, devices, tmp_path):
    folder, first = city.settings.var / "areas", city.areas.fingerprint
    found = city.live.devices()
    areas.take(city, areas.attempt(city, tmp_path / "x.gpkg", STREET, sheet), "admin")
    second = replace(city, areas=open_areas("320404", folder))
    areas.settle_if_new(second)
    fewer = sheet._replace(drawn=sheet.drawn[:4])
    areas.take(second, areas.attempt(second, tmp_path / "y.gpkg", STREET, fewer), "admin")
    file = imports.file_of(folder, "320400")
    imports.before(file).replace(file)
    assert open_areas("320404", folder).fingerprint == second.areas.fingerprint
    file.unlink()
    again = replace(city, areas=open_areas("320404", folder))
    assert again.areas.fingerprint == first
    areas.settle_if_new(again)
    assert {d.code: d.area for d in city.live.devices().values()} == {
        d.code: d.area for d in found.values()
    }


def test_faults_and_a_faster_colleague_stop_it(city, sheet, tmp_path):
    odd = sheet._replace(findings=[Finding("code", "1", "length", fault=True)])
    with pytest.raises(Conflict, match="1 处"):
        areas.take(city, areas.attempt(city, tmp_path / "x", STREET, odd), "admin")
    first, second = (areas.attempt(city, tmp_path / "x", STREET, sheet) for _ in range(2))
    areas.put(city, first)
    with pytest.raises(Conflict, match="重新试运行"):
        areas.put(city, second)


def test_codes_that_go_fall_back_to_what_is_above(city):
    assert areas.by_code(city.areas, "320404001999") == "320404001"
    assert areas.by_code(city.areas, "320404777") == "320404"
    assert areas.by_code(city.areas, "990000") == "320400"
    assert areas.by_code(city.areas, "320404001001") == "320404001001"


def test_levels_are_words(city):
    assert areas.level_of("street") is STREET
    with pytest.raises(areas.Invalid):
        areas.level_of("city")
    assert msgspec.to_builtins(areas.Move("case", "1", "a", "b"))["after"] == "b"


def in_street(city, street, n=0):
    """A place in a community of a street, well inside."""
    middle = city.areas.children(street)[n].polygon.representative_point()
    return {"lon": middle.x, "lat": middle.y, "area": city.areas.locate_one(middle.x, middle.y)}


@pytest.fixture
def open_things(city):
    """An alert, a case and its task at one place, one of each without a place, and ended ones."""
    here = in_street(city, "320404003", 2)
    nowhere = {"lon": None, "lat": None, "area": "320404003001001"}
    done = {"status": CaseStatus.CLOSED, "closed_at": START, **here}
    things = [
        an_alert("A1", **here),
        an_alert("A2", status=AlertStatus.CLEARED, cleared_at=START, **here),
        an_alert("W1", rule=WARNING, device="warning-1", **here | {"area": "320404003"}),
        a_case("ZL1", **here),
        a_case("ZL2", **nowhere),
        a_case("ZL3", **done),
        a_task("T1", case_id="ZL1", **here),
        a_task("T2", case_id="ZL3", status=TaskStatus.DONE, **here),
    ]
    with city.ledger.begin() as tx:
        for thing in things:
            tx.add(thing)
    return here


def test_what_is_open_moves_with_the_devices_and_what_has_ended_stays(
    city, sheet, devices, open_things, tmp_path
):
    """Every street is drawn half a kilometre further east: grids, and some streets, change."""
    before = open_things["area"]
    trial = areas.attempt(city, tmp_path / "x.gpkg", STREET, sheet)
    after = trial.tree.locate_one(open_things["lon"], open_things["lat"])
    assert after != before
    expected = {("alert", "A1"), ("case", "ZL1"), ("task", "T1")}
    assert {(m.what, m.id) for m in trial.moves if m.what != "device"} >= expected
    moved = areas.take(city, trial, "cli")
    assert moved == trial.moves
    with city.ledger.read() as tx:
        now = {"A1": tx.alert("A1"), "ZL1": tx.case("ZL1"), "T1": tx.task("T1")}
        assert {thing.area for thing in now.values()} == {after}
        assert {thing.version for thing in now.values()} == {2}
        ended = (tx.alert("A2"), tx.case("ZL3"), tx.task("T2"))
        assert {(thing.area, thing.version) for thing in ended} == {(before, 1)}
        assert tx.alert("W1").area == "320404003"  # what is about an area stays with its code
        assert trial.tree.area(tx.case("ZL2").area)
    kinds = [(f.kind, f.thing, f.area, f.body["before"]) for f in city.ledger.facts_after(0)[:-1]]
    for what, thing in expected:
        assert (f"{what}.relocated", thing, after, before) in kinds
    told = city.ledger.facts_after(0)[-1].body["moved"]
    assert told == {w: sum(m.what == w for m in moved) for w in areas.WHATS}
    assert areas.settle(replace(city, areas=trial.tree)) == []  # a second time nothing is left


def test_a_thing_that_moved_on_meanwhile_is_left_to_the_faster(city, sheet, open_things, tmp_path):
    trial = areas.attempt(city, tmp_path / "x.gpkg", STREET, sheet)
    with city.ledger.begin() as tx:
        tx.must_save(msgspec.structs.replace(tx.case("ZL1"), status=CaseStatus.CLOSED))
    moved = areas.take(city, trial, "cli")
    assert ("case", "ZL1") not in {(m.what, m.id) for m in moved}
    with city.ledger.read() as tx:
        assert tx.case("ZL1").area == open_things["area"]


def test_the_wall_hears_of_what_moved(city, sheet, open_things, tmp_path):
    """The live contract: a snapshot and the facts after it are the snapshot that follows."""
    first = views.snapshot(city, cast.DUTY)
    areas.take(city, areas.attempt(city, tmp_path / "x.gpkg", STREET, sheet), "cli")
    tree = open_areas("320404", city.settings.var / "areas")
    facts = city.ledger.facts_after(first["as_of"])
    told = {f.body["case"]["id"]: f.body["case"]["area"] for f in facts if "case" in f.body}
    second = views.snapshot(replace(city, areas=tree), cast.DUTY)
    now = {case["id"]: case["area"] for case in second["cases"]}
    was = {case["id"]: case["area"] for case in first["cases"]}
    assert was | told == now


def test_the_unit_grids_of_the_new_tree_are_cut_before_the_roles_start_again(city, sheet, tmp_path):
    trial = areas.attempt(city, tmp_path / "x.gpkg", STREET, sheet)
    kept_file(trial.tree, city.settings.var / "areas").unlink(missing_ok=True)
    areas.take(city, trial, "cli")
    after = replace(city, areas=open_areas("320404", city.settings.var / "areas"))
    assert units.there(after) is not None


def test_people_and_duties_whose_area_goes_are_listed(city, sheet, tmp_path):
    duty = Duty(
        grid=f"{cast.COMMUNITY}999",
        worker="W001",
        officer="沈",
        station="",
        phone="",
        since=START,
    )
    with city.ledger.begin() as tx:
        tx.put(duty)
    trial = areas.attempt(city, tmp_path / "x.gpkg", STREET, sheet)
    assert ("沈 (W001)", duty.grid) in trial.adrift
