"""What is near a place: by distance, every group, within the scope, also without a live store."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from app.domain.readings import Device, WorkerPosition
from app.domain.resources import Resource, Sort, State
from app.errors import Invalid, NotAllowed
from app.services import nearby, views
from app.store import resources as kept
from tests import cast

METRE = 1 / 111_000  # degrees of latitude


@pytest.fixture
def around(city, spot):
    """Things to the north of the spot of the cast, by metres."""

    def resource(id_: str, metres: float, sort: Sort = Sort.TEAM, **over) -> None:
        plain = {
            "id": id_,
            "sort": sort,
            "name": id_,
            "kind": "消防",
            "area": cast.GRID,
            "lon": spot[0],
            "lat": spot[1] + metres * METRE,
            "unit": "",
            "body": {"code": id_} if sort is Sort.CAMERA else {},
            "state": State.READY,
            "updated": city.now(),
        }
        with city.ledger.begin() as tx:
            kept.put(tx, [Resource(**plain | over)])

    return resource


@pytest.fixture
def walk(city, spot):
    """Let a worker be so many metres north of the spot."""

    def be(worker: str, metres: float) -> None:
        at = round(city.now().timestamp() * 1000)
        lat = spot[1] + metres * METRE
        place = WorkerPosition(worker=worker, at=at, lon=spot[0], lat=lat)
        city.live.put_positions([place], at)

    return be


def ask(city, spot, who=cast.DUTY, **more):
    return nearby.nearby(city, who, *spot, **more)


def ids(rows) -> list[str]:
    return [row["id"] for row in rows]


def test_the_nearest_is_first_and_far_ones_are_left_out(city, spot, around):
    for name, metres in (("far", 900), ("near", 100), ("beyond", 5000), ("middle", 400)):
        around(name, metres)
    found = ask(city, spot, within_m=1000)
    assert ids(found["resources"]) == ["near", "middle", "far"]
    assert found["resources"][0]["distance_m"] == pytest.approx(100, abs=1)
    assert found["totals"]["resources"] == 3


def test_cameras_are_a_group_of_their_own(city, spot, around):
    around("cam", 50, Sort.CAMERA)
    around("team", 60)
    found = ask(city, spot)
    assert ids(found["cameras"]) == ["cam"]
    assert ids(found["resources"]) == ["team"]
    assert found["cameras"][0]["type"] == "camera"


def test_only_the_groups_that_are_asked_for(city, spot, around, walk):
    around("cam", 50, Sort.CAMERA)
    around("team", 60)
    around("shelter", 70, Sort.SHELTER, body={"capacity": 5})
    walk("W001", 10)
    found = ask(city, spot, sorts=["shelter", "cameras"])
    assert ids(found["resources"]) == ["shelter"]
    assert ids(found["cameras"]) == ["cam"]
    assert found["workers"] == []
    assert ids(ask(city, spot, sorts=["workers"])["workers"]) == ["W001"]
    assert ids(ask(city, spot, sorts=["resources"])["resources"]) == ["team", "shelter"]


def test_as_many_as_are_asked_for_of_how_many_there_are(city, spot, around):
    for n in range(5):
        around(f"t{n}", 10 + n)
    found = ask(city, spot, each=2)
    assert ids(found["resources"]) == ["t0", "t1"]
    assert found["totals"]["resources"] == 5


def test_workers_on_duty_with_their_load_and_the_age_of_their_place(city, spot, walk, case):
    from app.services import tasks

    walk("W001", 300)
    walk("W002", 100)
    tasks.dispatch(city, case.id, workers=["W001"], by=cast.DISPATCHER)
    found = ask(city, spot)["workers"]
    assert ids(found) == ["W002", "W001"]
    assert [one["tasks"] for one in found] == [0, 1]
    assert found[0]["at"] == round(city.now().timestamp() * 1000)


def test_who_is_not_on_duty_is_nowhere(city, spot, walk):
    walk("W001", 100)
    with city.ledger.begin() as tx:
        tx.put(msgspec.structs.replace(cast.WORKERS[0], on_duty=False))
    assert ask(city, spot)["workers"] == []
    told = {one["id"]: one["lon"] for one in views.snapshot(city, cast.DUTY)["workers"]}
    assert told["W001"] is None


def test_open_cases_and_devices_are_there(city, spot, case):
    device = Device(
        code="D1",
        n=-1,
        kind="gas",
        name="井",
        lon=spot[0],
        lat=spot[1],
        area=cast.GRID,
        period_s=30,
    )
    city.live.register([device], [city.areas.grid_index(cast.GRID)])
    found = ask(city, spot)
    assert ids(found["cases"]) == [case.id]
    assert found["cases"][0]["what"] == "pending_dispatch"
    assert (found["devices"][0]["id"], found["devices"][0]["what"]) == ("D1", "gas")


def test_nobody_gets_what_lies_outside_his_scope(city, spot, around, walk, case):
    around("team", 10)
    walk("W001", 10)
    device = Device(
        code="D1",
        n=-1,
        kind="gas",
        name="井",
        lon=spot[0],
        lat=spot[1],
        area=cast.GRID,
        period_s=30,
    )
    city.live.register([device], [city.areas.grid_index(cast.GRID)])
    found = ask(city, spot, cast.STRANGER)
    assert all(found[group] == [] for group in nearby.GROUPS)
    assert set(found["totals"].values()) == {0}


@pytest.mark.parametrize("who", [cast.ZHANG, cast.ADMIN])
def test_who_does_not_see_the_wall_asks_in_vain(city, spot, who):
    with pytest.raises(NotAllowed):
        ask(city, spot, who)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"within_m": 0}, "within"),
        ({"within_m": 1e9}, "within"),
        ({"within_m": float("nan")}, "within"),
        ({"each": 0}, "each"),
        ({"each": 1000}, "each"),
        ({"sorts": ["pubs"]}, "sorts"),
    ],
)
def test_what_makes_no_sense_is_refused(city, spot, more, field):
    with pytest.raises(Invalid) as why:
        ask(city, spot, **more)
    assert field in why.value.fields


@pytest.mark.parametrize("lon", [float("nan"), float("inf"), 500.0])
def test_a_place_that_is_none_is_refused(city, lon):
    with pytest.raises(Invalid):
        nearby.nearby(city, cast.DUTY, lon, 31.0)


def test_without_a_live_store_the_ledger_still_answers(city, spot, around, case):
    import redis

    from app.store.live import Live

    around("team", 10)
    deaf = Live(redis.Redis(port=1, socket_connect_timeout=0.1), 1)
    found = ask(replace(city, live=deaf), spot)
    assert ids(found["resources"]) == ["team"]
    assert ids(found["cases"]) == [case.id]
    assert found["workers"] == found["devices"] == []


def test_the_cameras_of_an_alert_say_whether_somebody_shows_them(city, spot, around):
    for n in range(5):
        around(f"cam{n}", 100 * n, Sort.CAMERA)
    found = nearby.cameras(city, cast.DUTY, *spot)
    assert ids(found["near"]) == ["cam0", "cam1", "cam2"]
    assert not found["platform"]
