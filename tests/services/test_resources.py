"""Resources of a viewport: few as points, many as numbers, nobody's outside his scope."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from app.domain.resources import Resource, Sort, State
from app.errors import Invalid, NotAllowed, NotFound
from app.services import demo_resources, resources, views
from app.store import resources as kept
from tests import cast

EVERY = list(Sort)
LAYERS = {Sort.CAMERA: "cameras"}  # the others are resources:<sort>


@pytest.fixture
def make(city):
    """Put a resource into the ledger; more of the same kind by their ids."""

    def put(id_: str = "c1", area: str = cast.GRID, seed: int = 1, **over) -> Resource:
        lon, lat = city.areas.point_in(area, np.random.default_rng(seed))
        plain = {
            "id": id_,
            "sort": Sort.CAMERA,
            "name": "路口",
            "kind": "路口",
            "area": area,
            "lon": lon,
            "lat": lat,
            "unit": "",
            "body": {"code": "320404"},
            "state": State.READY,
            "updated": city.now(),
        }
        one = Resource(**plain | over)
        with city.ledger.begin() as tx:
            kept.put(tx, [one])
        return one

    return put


@pytest.fixture
def box(city):
    """The whole district."""
    return city.areas.home.polygon.bounds


def ids_of(answer) -> set[str]:
    return {f["properties"]["id"] for f in answer["features"]}


def test_a_viewport_shows_what_lies_in_it(city, make, box):
    one = make()
    found = resources.within(city, cast.DUTY, box, EVERY)
    assert ids_of(found) == {"c1"}
    assert found["total"] == 1
    assert not found["cells"]
    assert found["features"][0]["geometry"]["coordinates"] == [one.lon, one.lat]
    west, south, east, north = box
    elsewhere = (east + 1, south, east + 2, north)
    assert resources.within(city, cast.DUTY, elsewhere, EVERY)["features"] == []


def test_only_the_sorts_that_are_asked_for(city, make, box):
    make()
    make("t1", sort=Sort.TEAM, body={"members": 3, "phone": "13812345678"})
    assert ids_of(resources.within(city, cast.DUTY, box, [Sort.TEAM])) == {"t1"}


def test_names_of_layers_are_sorts_too():
    assert resources.sorts_of(["cameras", "resources:team"]) == [Sort.TEAM, Sort.CAMERA]
    assert resources.sorts_of([]) == list(Sort)
    with pytest.raises(Invalid):
        resources.sorts_of(["teams"])


def test_a_street_sees_its_own_only(city, make, box):
    make()
    make("far", area=cast.OTHER_GRID)
    make("outside", area=cast.GRID, **{"lon": box[0] - 0.01})
    assert "c1" not in ids_of(resources.within(city, cast.STRANGER, box, EVERY))
    assert ids_of(resources.within(city, cast.STRANGER, box, EVERY)) == {"far"}
    with pytest.raises(NotAllowed):
        resources.resource(city, cast.STRANGER, "c1")


def test_what_lies_outside_the_city_is_for_the_widest_scope(city, make, box):
    one = make()
    with city.ledger.begin() as tx:
        kept.put(tx, [msgspec.structs.replace(one, area="")])
    assert ids_of(resources.within(city, cast.COMMANDER, box, EVERY)) == {"c1"}
    assert ids_of(resources.within(city, cast.DUTY, box, EVERY)) == set()


@pytest.mark.parametrize("who", [cast.ZHANG, cast.ADMIN])
def test_who_does_not_see_the_wall_sees_no_resources(city, make, box, who):
    make()
    with pytest.raises(NotAllowed):
        resources.within(city, who, box, EVERY)
    with pytest.raises(NotAllowed):
        resources.resource(city, who, "c1")


def test_a_change_is_seen_at_once(city, make, box):
    make()
    before = resources.index(city)
    assert resources.index(city) is before
    make("c2")
    assert ids_of(resources.within(city, cast.DUTY, box, EVERY)) == {"c1", "c2"}


def test_many_are_told_as_numbers_and_all_are_counted(city, box):
    assert demo_resources.seed(city) == 282
    found = resources.within(city, cast.DUTY, box, EVERY)
    assert found["cells"]
    told = [f["properties"] for f in found["features"]]
    assert sum(one.get("count", 1) for one in told) == found["total"] == 282
    assert len(told) < resources.COLUMNS * resources.ROWS
    cells = [one for one in told if "count" in one]
    assert all(sum(one["sorts"].values()) == one["count"] for one in cells)
    assert max(one["level"] for one in told) == 4  # some cell holds a major hazard


def test_cells_stay_where_they_are_when_the_map_moves_a_little(city, box):
    demo_resources.seed(city)
    west, south, east, north = box
    moved = (west + 0.004, south + 0.004, east + 0.004, north + 0.004)
    first, second = (resources.within(city, cast.DUTY, b, EVERY)["features"] for b in (box, moved))
    cells = [{str(f["properties"].get("box")) for f in one} for one in (first, second)]
    assert len(cells[0] & cells[1]) > 0.8 * len(cells[0])


def test_a_phone_never_leaves_unmasked(city, make):
    make("t1", sort=Sort.TEAM, body={"members": 3, "leader": "张建国", "phone": "13812345678"})
    assert resources.resource(city, cast.DUTY, "t1")["body"]["phone"] == "138****5678"


def test_an_unknown_resource_is_not_found(city):
    with pytest.raises(NotFound):
        resources.resource(city, cast.DUTY, "nothing")


def test_a_camera_has_links_only_with_a_platform(city, make):
    from dataclasses import replace

    make()
    assert resources.resource(city, cast.DUTY, "c1")["links"] == []
    settings = city.settings.model_copy(update={"camera_url": "https://v.example/{code}"})
    wired = replace(city, settings=settings)
    assert resources.resource(wired, cast.DUTY, "c1")["links"] == ["https://v.example/320404"]


def counted(city, area=None):
    """How many of each sort the layers say."""
    said = views.layers(city, cast.DUTY, area)
    return {sort.value: said.get(LAYERS.get(sort, f"resources:{sort.value}"), 0) for sort in Sort}


def test_the_sum_of_the_streets_is_the_district(city):
    demo_resources.seed(city)
    whole = counted(city)
    streets = [s.code for s in city.areas.children(city.areas.home.code)]
    parts = [counted(city, code) for code in streets]
    assert whole == {sort: sum(part[sort] for part in parts) for sort in whole}
    assert whole == {
        "team": 12,
        "supply": 20,
        "shelter": 30,
        "hazard": 40,
        "protected": 60,
        "camera": 120,
    }


def test_the_demo_seeds_once_and_the_same_for_everybody(city):
    first = list(demo_resources.things_of(city))
    assert first == list(demo_resources.things_of(city))
    assert all(one.area.startswith("320404") for one in first)
    communities = {one.area[:12] for one in first}
    assert len(communities) > 0.9 * len(demo_resources._communities(city))
    demo_resources.seed(city)
    assert demo_resources.seed(city) == 0
