"""The addresses of the ground: unit grids, who answers for a grid, zones; each within the scope."""

from __future__ import annotations

import pytest

from app.services import demo_ground
from tests import cast


@pytest.fixture
def seeded(city):
    """The demo's ground."""
    demo_ground.seed(city)
    return city


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/units?box=1,2,3", 422),
        ("/api/v1/units?box=a,b,c,d", 422),
        ("/api/v1/units?box=119.9,31.9,119.8,31.7", 422),
        ("/api/v1/units?box=nan,31,119,32", 422),
        ("/api/v1/units", 422),
        ("/api/v1/units?box=119.7,31.7,120,31.9", 422),  # the whole district: too many
        ("/api/v1/units/at?lon=119.9", 422),
        ("/api/v1/units/at?lon=0&lat=0", 403),
        ("/api/v1/grids/320404", 404),
        ("/api/v1/grids/999", 404),
    ],
)
def test_wrong_requests_are_refused(seeded, as_user, path, status):
    browser = as_user(cast.DUTY)
    answer = browser.get(path)
    assert (answer.status_code, set(answer.json)) == (status, {"error"})


def test_the_ground_of_ones_own_scope(seeded, as_user):
    browser = as_user(cast.DISPATCHER)
    west, south, east, north = seeded.areas.area(cast.GRID).polygon.bounds
    found = browser.get(f"/api/v1/units?box={west},{south},{east},{north}").json
    assert found["ready"] is True
    assert all(f["properties"]["code"].startswith(cast.STREET) for f in found["features"])
    middle = seeded.areas.area(cast.GRID).polygon.representative_point()
    at = browser.get(f"/api/v1/units/at?lon={middle.x}&lat={middle.y}").json
    assert at["unit"].startswith(cast.COMMUNITY)
    assert at["duty"]["simulated"] is True
    assert browser.get(f"/api/v1/grids/{cast.GRID}").json["phone"].startswith("138****")
    assert browser.get(f"/api/v1/grids/{cast.OTHER_GRID}").status_code == 403
    assert browser.get("/api/v1/zones").json["type"] == "FeatureCollection"


@pytest.mark.parametrize("path", ["/api/v1/zones", "/api/v1/units?box=119.9,31.78,119.91,31.79"])
def test_field_workers_and_administrators_see_none_of_it(seeded, as_user, path):
    for user in (cast.ZHANG, cast.ADMIN):
        assert as_user(user).get(path).status_code == 403
