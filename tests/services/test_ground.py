"""The ground beside the areas: unit grids of places, duties from a table, functional zones."""

from __future__ import annotations

from dataclasses import replace

import pytest
import shapely
from shapely.affinity import translate

from app.errors import Conflict, Invalid, NotAllowed, NotFound
from app.services import demo_ground, duties, units, units_import, views, zones
from app.store import duties as duty_store
from geodata.area import AreaLevel
from geodata.areas import open_areas
from geodata.importing import Drawn, Sheet
from tests import cast
from tests.things import a_case
from tests.waiting import until

HEAD = "责任网格,网格员,民警,派出所,电话,起始日期\n"
ROW = f"{cast.GRID},W001,沈正明,五星派出所,13812345678,2026-11-01\n"


@pytest.fixture
def table(tmp_path):
    """Writes a table of duties."""

    def write(text, encoding="utf-8-sig"):
        file = tmp_path / "duties.csv"
        file.write_bytes(text.encode(encoding))
        return file

    return write


@pytest.fixture
def place(city):
    """A place in the grid of the cast."""
    middle = city.areas.area(cast.GRID).polygon.representative_point()
    return middle.x, middle.y


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_a_table_binds_a_grid_to_a_worker_and_an_officer(city, table, encoding):
    trial = duties.attempt(city, table(HEAD + ROW, encoding))
    assert trial.bad == []
    assert duties.of_grid(city, cast.GRID)["worker"] is None  # only tried
    duties.take(city, trial, "cli")
    found = duties.of_grid(city, cast.GRID)
    assert (found["worker_name"], found["officer"], found["phone"]) == (
        "张网格",
        "沈正明",
        "138****5678",
    )
    assert found["since"].startswith("2026-10-31T16:00")  # the day begins in Beijing
    assert found["simulated"] is False
    fact = city.ledger.facts_after(0)[-1]
    assert (fact.kind, fact.body) == ("duties.taken", {"file": "duties.csv", "grids": 1})


def test_the_whole_number_never_enters_the_ledger(city, table):
    duties.take(city, duties.attempt(city, table(HEAD + ROW)), "cli")
    with city.ledger.read() as tx:
        assert "13812345678" not in str(duty_store.listed(tx))


def test_bad_rows_are_named_with_their_reasons(city, table):
    rows = [
        ROW,
        ROW,
        "320404999001001,W001,沈,所,,\n",
        f"{cast.OTHER_GRID},W999,沈,所,,\n",
        f"{cast.OTHER_GRID},,沈,所,123,2026-13-40\n",
    ]
    trial = duties.attempt(city, table(HEAD + "".join(rows)))
    said = dict(trial.bad)
    assert "twice" in said[3]
    assert "no responsibility grid" in said[4]
    assert "W999" in said[5]
    assert all(word in said[6] for word in ("worker is missing", "phone", "since"))
    assert len(trial.without) == len(duties.grids(city)) - 1
    with pytest.raises(Conflict):
        duties.take(city, trial, "cli")
    with city.ledger.read() as tx:
        assert duty_store.grids(tx) == set()


def test_what_is_no_such_table_is_refused(city, table, tmp_path):
    with pytest.raises(Invalid):
        duties.attempt(city, table("a,b\n1,2\n"))
    with pytest.raises(Invalid):
        duties.attempt(city, tmp_path / "nowhere.csv")
    (tmp_path / "x.csv").write_bytes(b"\xff\xff\x81")
    with pytest.raises(Invalid):
        duties.attempt(city, tmp_path / "x.csv")


def test_a_second_table_replaces_only_the_grids_it_names(city, table):
    other = f"{cast.OTHER_GRID},W003,韩卫东,邹区派出所,0519-86881234,\n"
    duties.take(city, duties.attempt(city, table(HEAD + ROW + other)), "cli")
    again = f"{cast.GRID},W002,秦国平,五星派出所,,\n"
    duties.take(city, duties.attempt(city, table(HEAD + again)), "cli")
    assert duties.of_grid(city, cast.GRID)["worker"] == "W002"
    assert duties.of_grid(city, cast.OTHER_GRID)["phone"] == "0519-******34"


def test_a_case_says_its_unit_grid_and_who_answers(city, table, place):
    lon, lat = place
    cut = units.made(city)
    duties.take(city, duties.attempt(city, table(HEAD + ROW)), "cli")
    with city.ledger.begin() as tx:
        tx.add(a_case("ZL1", lon=lon, lat=lat))
        tx.add(a_case("ZL2", lon=None, lat=None))
    ground = views.case(city, cast.DUTY, "ZL1")["ground"]
    assert ground["unit"] == cut.code_at(lon, lat)
    assert cut.grid_of(ground["unit"]) == ground["duty"]["grid"]
    panel = views.dispatch_panel(city, cast.DUTY, "ZL2")["ground"]
    assert (panel["unit"], panel["duty"]["grid"]) == ("", cast.GRID)  # by its area alone
    seen = views.ground(city, cast.DUTY, cast.GRID)["duty"]
    assert seen["units"] == len(cut.members(cast.GRID))
    assert views.ground(city, cast.DUTY, cast.COMMUNITY)["duty"] is None


def test_nobody_looks_at_grids_out_of_his_scope(city, place):
    units.made(city)
    assert duties.seen(city, cast.DISPATCHER, cast.GRID)["grid"] == cast.GRID
    assert duties.at(city, cast.DISPATCHER, *place)["duty"]["grid"] == cast.GRID
    for refused in (cast.STRANGER, cast.ZHANG, cast.ADMIN):
        with pytest.raises(NotAllowed):
            duties.seen(city, refused, cast.GRID)
        with pytest.raises(NotAllowed):
            duties.at(city, refused, *place)
    with pytest.raises(NotFound):
        duties.seen(city, cast.DUTY, cast.COMMUNITY)


def test_a_box_shows_only_what_the_scope_holds(city):
    west, south, east, north = city.areas.area(cast.COMMUNITY).polygon.bounds
    box = (west, south, east, north)
    units.made(city)
    codes = [f["id"] for f in units.in_box(city, cast.DISPATCHER, box)["features"]]
    assert codes
    assert all(code.startswith(cast.STREET) for code in codes)
    assert units.in_box(city, cast.STRANGER, box)["features"] == []
    whole = city.areas.home.polygon.bounds
    with pytest.raises(Invalid):
        units.in_box(city, cast.DUTY, whole)
    with pytest.raises(NotAllowed):
        units.in_box(city, cast.ZHANG, box)


def test_a_request_does_not_wait_for_the_cutting(city):
    box = city.areas.area(cast.COMMUNITY).polygon.bounds
    first = units.in_box(city, cast.DUTY, box)
    assert (first["ready"], first["features"]) == (False, [])
    until(lambda: units.there(city) is not None, timeout=30)
    assert units.in_box(city, cast.DUTY, box)["features"]


def test_official_unit_grids_are_tried_then_taken(city, tmp_path):
    """Below streets and communities that are imported themselves."""
    from app.services import areas

    folder = units.folder(city)
    for level, parent in ((AreaLevel.STREET, "320404"), (AreaLevel.COMMUNITY, cast.STREET)):
        drawn = [Drawn(a.code, a.name, a.polygon) for a in city.areas.children(parent)]
        trial = areas.attempt(city, tmp_path / "x", level, Sheet(drawn, [], "", "wgs84"))
        areas.put(city, trial)
        city = replace(city, areas=open_areas("320404", folder))
    community = city.areas.area(cast.COMMUNITY)
    drawn = [Drawn(f"{cast.COMMUNITY}A01", "", community.polygon)]
    trial = units_import.attempt(city, tmp_path / "u.gpkg", Sheet(drawn, [], "", "wgs84"))
    assert [f.kind for f in trial.findings] == ["size"]
    assert len(trial.after) < len(trial.before)
    units_import.take(city, trial, "cli")
    middle = community.polygon.representative_point()
    assert units.code_at(city, middle.x, middle.y) == f"{cast.COMMUNITY}A01"
    with pytest.raises(Conflict):
        units_import.take(city, trial, "cli")  # somebody was faster: we ourselves


def zone_sheet(*drawn):
    return Sheet(list(drawn), [], "d" * 64, "wgs84")


def test_zones_lie_over_the_areas_and_are_cut_to_the_scope(city):
    demo_ground.seed(city)
    everybody = zones.listed(city, cast.COMMANDER)["features"]
    assert [f["id"] for f in everybody] == ["CZJKQ", "ZLGXY", "ZLJKQ"]
    assert all(f["properties"]["schematic"] for f in everybody)
    assert not any(f["properties"]["cut"] for f in everybody)
    assert [f["id"] for f in zones.listed(city, cast.DUTY)["features"]] == ["ZLGXY", "ZLJKQ"]
    assert [f["id"] for f in zones.listed(city, cast.STRANGER)["features"]] == ["ZLGXY"]
    with pytest.raises(NotAllowed):
        zones.listed(city, cast.ZHANG)


def test_imported_zones_replace_the_invented_ones(city):
    demo_ground.seed(city)
    street = city.areas.area("320404003").polygon
    sheet = zone_sheet(Drawn("ZONE-1", "钟楼经开区", translate(street, 0.001, 0)))
    trial = zones.attempt(city, sheet, "经开区", "zones.gpkg")
    assert {zone.code for zone in trial.gone} == {"CZJKQ", "ZLGXY", "ZLJKQ"}
    zones.take(city, trial, "cli")
    (found,) = zones.listed(city, cast.DUTY)["features"]
    assert found["properties"] | {"label": None} == {
        "code": "ZONE-1",
        "name": "钟楼经开区",
        "kind": "经开区",
        "schematic": False,
        "cut": False,
        "label": None,
    }
    label = shapely.Point(found["properties"]["label"])
    assert shapely.from_geojson(str(found["geometry"]).replace("'", '"')).contains(label)
    assert zones.drop(city, ["ZONE-1", "nobody"], "cli") == 1
    demo_ground.seed(city)  # there are none again


def test_zones_are_drawn_once_for_each_edition_and_scope(city):
    demo_ground.seed(city)
    first = zones.listed(city, cast.DUTY)["features"]
    assert zones.listed(city, cast.DUTY)["features"] is first
    assert zones.listed(city, cast.STRANGER)["features"] != first
    zones.drop(city, ["ZLGXY"], "cli")
    assert [f["id"] for f in zones.listed(city, cast.DUTY)["features"]] == ["ZLJKQ"]
    assert zones.listed(city, cast.STRANGER)["features"] == []


def test_while_unit_grids_are_not_built_a_card_reads_no_file(city, place, monkeypatch):
    assert units.code_at(city, *place) == ""
    with monkeypatch.context() as watched:
        watched.setattr(units, "kept_file", None)
        watched.setattr(units, "kept_units", None)
        assert units.code_at(city, *place) == ""
    units.made(city)
    units._kept.clear()  # as in another process
    assert units.code_at(city, *place)


def test_zones_with_an_areas_code_or_of_another_city_are_faults(city):
    street = city.areas.area("320404003").polygon
    fine = Drawn("ZONE-1", "a", street)
    sheet = zone_sheet(
        fine, Drawn("320404", "b", street), Drawn("Z3", "c", translate(street, 9, 0))
    )
    trial = zones.attempt(city, sheet, "", "x")
    assert {(f.kind, f.code) for f in trial.faults} == {("code", "320404"), ("parent", "Z3")}
    with pytest.raises(Conflict):
        zones.take(city, trial, "cli")
    with pytest.raises(Invalid):
        zones.attempt(city, zone_sheet(*sheet.drawn[1:]), "", "x")
    over = zone_sheet(fine, Drawn("ZONE-2", "b", translate(street, 0.002, 0)))
    assert [f.kind for f in zones.attempt(city, over, "", "x").findings] == ["overlap"]


def test_the_demos_ground_is_marked_and_leaves_what_was_imported(city, table):
    duties.take(city, duties.attempt(city, table(HEAD + ROW)), "cli")
    demo_ground.seed(city)
    with city.ledger.read() as tx:
        found = {duty.grid: duty for duty in duty_store.listed(tx)}
    assert set(found) == set(duties.grids(city))
    assert found[cast.GRID].officer == "沈正明"
    others = [duty for grid, duty in found.items() if grid != cast.GRID]
    assert all(duty.simulated and duty.phone.startswith("138****") for duty in others)
