"""GET /api/v1/resources, /nearby, /tracks and /workers: for whom, of what, and what is refused."""

from __future__ import annotations

import pytest

from app.domain.readings import WorkerPosition
from app.services import demo_resources
from tests import cast


@pytest.fixture
def box(city) -> str:
    return ",".join(f"{each:.6f}" for each in city.areas.home.polygon.bounds)


@pytest.fixture
def seeded(city):
    demo_resources.seed(city)
    at = round(city.now().timestamp() * 1000)
    spot = city.areas.area(cast.GRID).polygon.representative_point()
    city.live.put_positions([WorkerPosition(worker="W001", at=at, lon=spot.x, lat=spot.y)], at)
    return spot


def test_a_viewport_is_geojson(as_user, seeded, box):
    answer = as_user(cast.DUTY).get(f"/api/v1/resources?box={box}&sorts=team,cameras")
    assert answer.json["type"] == "FeatureCollection"
    assert answer.json["total"] == 132
    assert {f["properties"]["sort"] for f in answer.json["features"]} == {"team", "camera"}


def test_no_answer_holds_a_whole_phone(as_user, seeded, box):
    said = as_user(cast.DUTY).get(f"/api/v1/resources?box={box}&sorts=team").text
    assert "138****" in said
    assert "1380000" not in said


def test_what_is_near(as_user, seeded):
    path = f"/api/v1/nearby?lon={seeded.x}&lat={seeded.y}&within=5000&each=3"
    found = as_user(cast.DUTY).get(path).json
    assert [one["id"] for one in found["workers"]] == ["W001"]
    assert len(found["cameras"]) == 3
    distances = [one["distance_m"] for one in found["resources"]]
    assert distances == sorted(distances)


def test_one_resource_and_one_worker(as_user, seeded):
    browser = as_user(cast.DUTY)
    assert browser.get("/api/v1/resources/team-0001").json["sort"] == "team"
    assert browser.get("/api/v1/resources/nothing").status_code == 404
    assert browser.get("/api/v1/workers/W001").json["on_duty"] is True
    assert browser.get("/api/v1/workers/W999").status_code == 404


def test_tracks_are_for_who_dispatches(as_user, seeded):
    assert as_user(cast.DUTY).get("/api/v1/tracks?worker=W001").json["workers"][0]["id"] == "W001"
    assert as_user(cast.WALL).get("/api/v1/tracks").status_code == 403
    for path in ("tracks?worker=W001", "workers/W001"):  # as if there were none
        assert as_user(cast.STRANGER).get(f"/api/v1/{path}").status_code == 404


@pytest.mark.parametrize("path", ["resources?box=119,31,120,32", "nearby?lon=1&lat=1", "tracks"])
@pytest.mark.parametrize("who", [cast.ZHANG, cast.ADMIN])
def test_who_does_not_see_the_wall_is_refused(as_user, path, who):
    assert as_user(who).get(f"/api/v1/{path}").status_code == 403


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("resources", "box"),
        ("resources?box=1,2,3", "box"),
        ("resources?box=120,31,119,32", "box"),
        ("resources?box=nan,31,119,32", "box"),
        ("resources?box=119,31,120,32&sorts=pub", "sorts"),
        ("nearby", "lon"),
        ("nearby?lon=x&lat=31", "lon"),
        ("nearby?lon=nan&lat=31", "lon"),
        ("nearby?lon=120&lat=31&within=0", "within"),
        ("nearby?lon=120&lat=31&within=99999999", "within"),
        ("nearby?lon=120&lat=31&each=1000", "each"),
    ],
)
def test_what_makes_no_sense_is_told_by_field(as_user, path, field):
    answer = as_user(cast.DUTY).get(f"/api/v1/{path}")
    assert answer.status_code == 422
    assert field in answer.json["error"]["fields"]


def test_nobody_is_asked_to_sign_in(anonymous):
    for path in ("resources?box=1,2,3,4", "nearby?lon=1&lat=1", "tracks", "workers/W001"):
        assert anonymous.get(f"/api/v1/{path}").status_code == 401
