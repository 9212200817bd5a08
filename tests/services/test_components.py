"""What a user sees of components: viewports, one, near, inside, found, counted: by his scope."""

from __future__ import annotations

import numpy as np
import pytest

from app.city import City
from app.domain.components import REMOVED, STATES
from app.errors import Invalid, NotAllowed, NotFound
from app.services import components, components_import, components_made, components_report
from app.services.components import Viewport
from app.store.components import Edition
from geodata.components import FAULTY, SCALE, Box
from geodata.components_file import open_components
from tests.cast import COMMANDER, DISPATCHER, DUTY, LEADER, STRANGER, STREET, ZHANG

N = 4_000
ALL = Box(119.6, 31.6, 120.2, 32.0)


@pytest.fixture
def edition(city: City) -> Edition:
    """Made-up components all over Zhonglou."""
    file = city.settings.var / "made.csv"
    components_made.write(city.areas, N, file)
    components_import.put(city, components_import.attempt(city, open_components(file), "wgs84", {}))
    found = city.components.current()
    assert found is not None
    return found


def seen(view: Viewport | None) -> Viewport:
    assert view is not None
    return view


def alive(edition: Edition) -> int:
    return int((edition.columns.state != REMOVED).sum())


def test_without_an_import_there_is_nothing_and_no_fault(city: City) -> None:
    assert components.viewport(city, DUTY, ALL, 12) is None
    assert components.inside(city, DUTY, [(0, 0), (1, 0), (1, 1)])["total"] == 0
    assert components.counts(city, DUTY) == {}
    assert components.totals(city, DUTY) == {}
    assert components.find(city, DUTY, "路灯") == []
    with pytest.raises(NotFound):
        components.one(city, DUTY, "32040401037000001")


def test_far_out_there_are_cells_near_there_are_things(city: City, edition: Edition) -> None:
    far = seen(components.viewport(city, COMMANDER, ALL, 12.2))
    assert far.rows is None
    assert far.level == 14
    assert far.total == int(far.counts.sum()) == alive(edition)
    near = seen(components.viewport(city, COMMANDER, ALL, 15))
    assert near.rows is not None
    assert len(near.rows) == near.total == alive(edition)


def test_too_many_for_one_answer_stay_cells(
    city: City, edition: Edition, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(components, "MOST", 100)
    found = seen(components.viewport(city, COMMANDER, ALL, 16))
    assert found.rows is None
    assert found.total == alive(edition)


def test_majors_are_chosen_near_and_far(city: City, edition: Edition) -> None:
    near = seen(components.viewport(city, COMMANDER, ALL, 15, ("02", "04")))
    far = seen(components.viewport(city, COMMANDER, ALL, 12, ("02", "04")))
    ground = edition.columns
    wanted = np.isin(ground.kind // 1000, (2, 4)) & (ground.state != REMOVED)
    assert near.total == far.total == int(wanted.sum())
    assert int(far.faulty.sum()) == int((wanted & np.isin(ground.state, FAULTY)).sum())


@pytest.mark.parametrize("zoom", [12, 16])
def test_nobody_gets_what_lies_outside_his_scope(city: City, edition: Edition, zoom: int) -> None:
    codes = np.array([city.areas.grids[a].code for a in edition.columns.area])
    mine = np.char.startswith(codes, STREET) & (edition.columns.state != REMOVED)
    assert seen(components.viewport(city, DISPATCHER, ALL, zoom)).total == int(mine.sum()) > 0
    inside = int(np.flatnonzero(mine)[0])
    code = str(int(edition.columns.code[inside]))
    lon, lat = edition.columns.lon[inside] / SCALE, edition.columns.lat[inside] / SCALE
    assert components.one(city, DISPATCHER, code)["id"] == code
    with pytest.raises(NotAllowed):
        components.one(city, STRANGER, code)
    assert components.find(city, STRANGER, code) == []
    around = [(lon - 1e-4, lat - 1e-4), (lon + 1e-4, lat - 1e-4), (lon, lat + 1e-4)]
    assert components.inside(city, STRANGER, around)["total"] == 0
    with pytest.raises(NotAllowed):
        components.viewport(city, ZHANG, ALL, zoom)
    with pytest.raises(NotAllowed):
        components.counts(city, STRANGER, STREET)


def test_the_sum_of_the_children_is_the_parent(city: City, edition: Edition) -> None:
    whole = components.counts(city, COMMANDER, "320404")
    assert sum(whole.values()) == alive(edition)
    for street, count in whole.items():
        assert sum(components.counts(city, COMMANDER, street).values()) == count
    totals = components.totals(city, COMMANDER, "320404")
    assert sum(totals.values()) == alive(edition)
    some = components.counts(city, COMMANDER, "320404", majors=("01",))
    assert sum(some.values()) == totals["01"]
    faulty = components.counts(city, COMMANDER, "320404", faulty=True)
    assert sum(faulty.values()) == int(np.isin(edition.columns.state, FAULTY).sum())
    layers = components.of_layers(city, COMMANDER, "320404")
    assert layers["components"] == sum(totals.values())
    assert layers["components:01"] == totals["01"]


def test_what_is_inside_a_polygon_is_counted_and_listed(city: City, edition: Edition) -> None:
    street = city.areas.area(STREET)
    found = components.inside(city, COMMANDER, street.polygon, limit=7)
    codes = [city.areas.grids[a].code for a in edition.columns.area]
    mine = np.array([c.startswith(STREET) for c in codes]) & (edition.columns.state != REMOVED)
    assert found["total"] == int(mine.sum())
    assert sum(found["by_major"].values()) == found["total"]
    assert len(found["rows"]) == 7
    assert set(found["rows"][0]) >= {"type", "id", "name", "what", "lon", "lat", "area", "state"}
    assert found["rows"][0]["state"] in STATES
    with pytest.raises(Invalid):
        components.inside(city, COMMANDER, [(1, 2)])


def test_marks_and_own_names_are_found(city: City, edition: Edition) -> None:
    hits = components.find(city, COMMANDER, "路灯000012")
    assert [hit["name"] for hit in hits] == ["路灯000012"]
    assert set(hits[0]) == {"kind", "code", "name", "place", "area", "lon", "lat"}
    assert hits[0]["kind"] == "component"
    assert [h["code"] for h in components.find(city, COMMANDER, hits[0]["code"])] == [
        hits[0]["code"]
    ]
    assert len(components.find(city, COMMANDER, "3204040103", limit=4)) == 4
    assert components.find(city, COMMANDER, "3") == []
    assert components.find(city, COMMANDER, "没有这个名字") == []


def test_a_report_of_a_component_is_one_case_of_its_kinds_matter(
    city: City, edition: Edition
) -> None:
    alive_rows = np.flatnonzero(edition.columns.kind == 1037)
    code = str(int(edition.columns.code[alive_rows[0]]))
    assert components.one(city, DUTY, code)["may_report"] is True
    assert components.one(city, LEADER, code)["may_report"] is False
    case = components_report.report(city, code, "broken", by=DUTY)
    assert case.title == "路灯破损"
    assert case.area == components.one(city, DUTY, code)["area"]
    assert case.code.endswith("01037")
    assert components_report.report(city, code, "broken", by=DUTY).id == case.id
    with pytest.raises(Invalid):
        components_report.report(city, code, "on fire", by=DUTY)
    with pytest.raises(NotAllowed):
        components_report.report(city, code, "broken", by=LEADER)
