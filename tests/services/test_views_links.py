"""The areas beside one, and what of a link somebody may see."""

import pytest

from app.errors import NotAllowed
from app.services import views_links
from tests import cast
from tests.services.watching import register
from tests.things import an_alert

DISTRICT = "320404"


def test_the_areas_beside_one_go_round(city):
    row = [child.code for child in city.areas.children(DISTRICT)]
    step = lambda code, n: views_links.beside(city, cast.DUTY, code, n)  # noqa: E731
    assert step(row[0], 1) == row[1]
    assert step(row[-1], 1) == row[0]
    assert step(row[0], -1) == row[-1]


def test_nobody_goes_beside_his_scope(city):
    assert views_links.beside(city, cast.DUTY, None, 1) == DISTRICT
    assert views_links.beside(city, cast.DISPATCHER, None, 1) == cast.STREET
    said = []
    for area in (cast.STREET, "320404999", "999999", "?"):  # only the first of them exists
        with pytest.raises(NotAllowed) as refused:
            views_links.beside(city, cast.STRANGER, area, 1)
        said.append(str(refused.value))
    assert len(set(said)) == 1


def test_what_cannot_be_seen_is_outside_whether_it_exists_or_not(city, case):
    (device,), red = register(city, "GAS-1"), an_alert("A1")
    with city.ledger.begin() as tx:
        tx.add(red)
    asked = {"area": cast.STREET, "alert": red.id, "case": case.id, "device": f"n:{device.n}"}
    assert views_links.outside(city, cast.DUTY, asked) == []
    assert views_links.outside(city, cast.STRANGER, asked) == ["area", "alert", "case", "device"]
    nowhere = {"area": "999999", "alert": "?", "case": "?", "device": "?", "tab": "?"}
    assert views_links.outside(city, cast.DUTY, nowhere) == ["area", "alert", "case", "device"]
    assert views_links.outside(city, cast.DUTY, {"area": "", "tab": "safety"}) == []


def test_a_map_near_home_shows_something(city):
    lon, lat = city.areas.area(cast.STREET).polygon.centroid.coords[0]
    assert views_links.near_home(city, cast.DISPATCHER, lon, lat)
    assert not views_links.near_home(city, cast.DISPATCHER, lon + 1, lat)
