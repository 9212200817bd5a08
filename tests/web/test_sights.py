"""What a map is sent: what its box, area and scope can show, as points or as clusters."""

from __future__ import annotations

import numpy as np
import pytest

from app.city import City
from app.domain.readings import Device, Readings
from app.store.live import Observed
from app.web.points import NUMBERED, SHOW
from app.web.push import Push
from tests import cast
from tests.web.things import EVERYWHERE, look, put_device, say

BOX = ",".join(map(str, EVERYWHERE))


def heard(socket) -> dict:
    """What a socket was told, rows by event."""
    told: dict = {}
    for got in socket.get_received():
        told.setdefault(got["name"], []).extend(got["args"][0])
    return told


def step(push: Push) -> None:
    """A step whose frame and clusters are due."""
    push._next_frame = push.delivery._clustered = 0.0
    push.step()


def around(device: Device, by: float = 0.0004) -> list[float]:
    return [device.lon - by, device.lat - by, device.lon + by, device.lat + by]


def place(city: City, code: str, lon: float, lat: float, area: str = cast.GRID) -> Device:
    """A device at a place, which need not be in its grid."""
    device = Device(
        code=code, n=-1, kind="gas", name=code, lon=lon, lat=lat, area=area, period_s=30
    )
    return city.live.register([device], [city.areas.grid_index(area)])[0]


def drive(city: City, device: Device, lon: float, lat: float, area: str = cast.GRID) -> None:
    """A reading of a device that stands somewhere else now."""
    now = int(city.now().timestamp() * 1000)
    reading = Readings(
        n=device.n,
        device=device.code,
        kind=device.kind,
        area=area,
        at=now,
        arrived=now,
        metrics={"ch4": 1.0},
        quality=0,
        moved=(lon, lat),
    )
    city.live.write([Observed(reading, lon, lat, city.areas.grid_index(area), 1.0)], now)


@pytest.fixture
def pair(city, push) -> tuple[Device, Device]:
    """Two devices of different streets, known to the picture."""
    here, there = put_device(city, "GAS-1"), put_device(city, "GAS-2", area=cast.OTHER_GRID)
    push.picture.ready()
    step(push)
    return here, there


def speak(city, clock, *devices: Device) -> None:
    clock.advance(seconds=1)
    for device in devices:
        say(city, device, 5.0)
    city.live.set_states([(device.n, 1, 2) for device in devices])


def test_a_map_hears_only_of_devices_in_its_box(city, push, as_user, clock, pair) -> None:
    near, wide = as_user(cast.DUTY).socket(), as_user(cast.LEADER).socket()
    look(near, box=around(pair[0]), zoom=17)
    look(wide)
    speak(city, clock, *pair)
    step(push)
    told, all_of_it = heard(near), heard(wide)
    for event in ("readings", "states"):
        assert [row[0] for row in told[event]] == [pair[0].n]
        assert sorted(row[0] for row in all_of_it[event]) == sorted(d.n for d in pair)


def test_a_map_hears_nothing_from_outside_its_area_or_its_kinds(
    city, push, as_user, clock, pair
) -> None:
    street, other = as_user(cast.DUTY).socket(), as_user(cast.LEADER).socket()
    look(street, cast.OTHER_STREET)
    look(other, kinds=["air"])
    speak(city, clock, *pair)
    step(push)
    assert [row[0] for row in heard(street)["readings"]] == [pair[1].n]
    assert heard(other) == {}


def test_a_page_without_a_map_hears_of_no_device(city, push, as_user, clock, pair) -> None:
    socket = as_user(cast.DUTY).socket()
    assert socket.emit("look", {"area": "320404"}, callback=True) == {"area": "320404"}
    speak(city, clock, *pair)
    step(push)
    assert heard(socket) == {}


def test_a_box_does_not_widen_a_scope(city, push, as_user, clock, pair) -> None:
    stranger = as_user(cast.STRANGER)
    socket = stranger.socket()
    assert look(socket, cast.STREET) == {"error": "forbidden"}
    look(socket, cast.OTHER_STREET)
    speak(city, clock, *pair)
    step(push)
    assert [row[0] for row in heard(socket)["readings"]] == [pair[1].n]
    answer = stranger.get(f"/api/v1/points?box={BOX}&zoom=12")
    assert np.frombuffer(answer.data, NUMBERED)["n"].tolist() == [pair[1].n]
    clusters = stranger.get(f"/api/v1/points?box={BOX}&zoom=12&as=clusters").json
    assert sum(sum(row[4:9]) for row in clusters["rows"]) == 1
    assert stranger.get(f"/api/v1/points/inside?box={BOX}&zoom=12").json["n"] == [pair[1].n]
    for path in ("points", "points/inside"):
        refused = stranger.get(f"/api/v1/{path}?box={BOX}&zoom=12&area={cast.STREET}")
        assert refused.status_code == 403


def test_who_turns_away_hears_no_more(city, push, as_user, clock, pair) -> None:
    socket = as_user(cast.DUTY).socket()
    look(socket, box=around(pair[0]), zoom=17)
    look(socket, box=around(pair[1]), zoom=17)
    speak(city, clock, *pair)
    step(push)
    assert [row[0] for row in heard(socket)["readings"]] == [pair[1].n]
    assert len(push.audience.sights()) == 1
    socket.disconnect()
    assert push.audience.sights() == []


def test_a_vehicle_enters_a_view_drives_in_it_and_leaves(city, push, as_user, clock) -> None:
    car = place(city, "CAR-1", 119.90, 31.78)
    push.picture.ready()
    socket = as_user(cast.DUTY).socket()
    look(socket, box=[119.94, 31.77, 119.96, 31.79], zoom=16)
    steps = [(119.91, set()), (119.95, {"entered", "readings"}), (119.951, {"readings"})]
    for lon, events in [*steps, (119.99, {"left"})]:
        clock.advance(seconds=1)
        drive(city, car, lon, 31.78)
        step(push)
        told = heard(socket)
        assert told.keys() == events
        if "entered" in told:
            assert told["entered"][0][:2] == [car.n, 119.95]
            assert len(told["entered"][0]) == 10
    assert told["left"] == [car.n]


def test_who_leaves_a_scope_takes_his_place_along(city, push, as_user, clock) -> None:
    car = place(city, "CAR-1", 119.95, 31.78)
    push.picture.ready()
    socket = as_user(cast.DISPATCHER).socket()
    look(socket, cast.STREET)
    clock.advance(seconds=1)
    drive(city, car, 119.96, 31.78, cast.OTHER_GRID)
    step(push)
    assert heard(socket) == {"left": [car.n]}


def test_numbers_of_a_panel_come_from_anywhere_in_the_scope(
    city, push, as_user, clock, pair
) -> None:
    duty, dispatcher = as_user(cast.DUTY).socket(), as_user(cast.DISPATCHER).socket()
    look(duty, box=around(pair[0]), zoom=17, watch=[pair[1].n])
    dispatcher.emit("look", {"area": cast.STREET, "watch": [pair[1].n, "x", None]})
    speak(city, clock, pair[1])
    step(push)
    assert [row[:1] for row in heard(duty)["numbers"]] == [[pair[1].n]]
    assert heard(dispatcher) == {}


def test_many_are_clusters_and_who_sees_points_keeps_them_a_little_longer(
    city, push, as_user, pair, monkeypatch
) -> None:
    object.__setattr__(city.settings, "points_at_most", 1)
    duty = as_user(cast.DUTY)
    socket = duty.socket()
    answer = look(socket)
    assert (answer["show"], answer["count"]) == ("clusters", 2)
    assert look(socket, **{"as": "points"})["show"] == "points"
    assert duty.get(f"/api/v1/points?box={BOX}&zoom=12").headers[SHOW] == "clusters"
    object.__setattr__(city.settings, "points_at_most", 2)
    third = put_device(city, "GAS-3")
    push.picture.refresh()
    assert third.n == 2
    assert look(socket)["show"] == "clusters"
    assert look(socket, show="points")["show"] == "clusters"  # 3 is more than 2 x 1.25
    object.__setattr__(city.settings, "points_at_most", 2.5)
    assert look(socket, show="points")["show"] == "points"
    assert look(socket, show="clusters")["show"] == "clusters"


def test_clusters_follow_levels_moves_and_new_devices(city, push, as_user, clock, pair) -> None:
    duty = as_user(cast.DUTY)
    socket = duty.socket()
    look(socket, **{"as": "clusters"})
    query = f"/api/v1/points?area=320404&box={BOX}&zoom=12&as=clusters"
    cells = cells_of(duty.get(query).json["rows"])
    assert sum(sum(counts[:5]) for counts in cells.values()) == 2
    put_device(city, "GAS-3")
    city.live.set_states([(pair[0].n, 2, 4)])
    clock.advance(seconds=1)
    drive(city, pair[1], 119.80, 31.70)
    step(push)
    told = heard(socket)
    assert told.keys() == {"clusters"}
    cells |= cells_of(told["clusters"])
    anew = cells_of(duty.get(query).json["rows"])
    assert {key: counts for key, counts in cells.items() if any(counts)} == anew
    assert sum(counts[4] for counts in anew.values()) == 1
    assert sum(counts[5] for counts in anew.values()) == 1


def cells_of(rows: list) -> dict:
    return {(row[0], row[1]): row[4:] for row in rows}


def test_a_map_of_clusters_is_sent_no_readings(city, push, as_user, clock, pair) -> None:
    socket = as_user(cast.DUTY).socket()
    look(socket, **{"as": "clusters"})
    step(push)
    heard(socket)
    clock.advance(seconds=1)
    say(city, pair[0], 9.0)
    step(push)
    assert heard(socket) == {}


def test_points_of_a_box_are_the_records_in_it(city, as_user, pair) -> None:
    duty = as_user(cast.DUTY)
    box = ",".join(map(str, around(pair[0])))
    answer = duty.get(f"/api/v1/points?box={box}&zoom=17.4")
    assert answer.headers[SHOW] == "points"
    assert np.frombuffer(answer.data, NUMBERED)["n"].tolist() == [pair[0].n]
    none = duty.get(f"/api/v1/points?box={BOX}&zoom=12&kinds=air,nothing")
    assert none.data == b""


def test_what_a_cluster_holds_is_said_with_the_worst_first(city, push, as_user, pair) -> None:
    duty = as_user(cast.DUTY)
    city.live.set_states([(pair[1].n, 1, 4)])
    step(push)
    told = duty.get(f"/api/v1/points/inside?box={BOX}&zoom=12").json
    assert (told["count"], told["n"]) == (2, [pair[1].n, pair[0].n])
    west, south, east, north = told["box"]
    assert west <= min(d.lon for d in pair) <= max(d.lon for d in pair) <= east
    assert south <= min(d.lat for d in pair) <= max(d.lat for d in pair) <= north
    clusters = duty.get(f"/api/v1/points?box={BOX}&zoom=15&as=clusters").json["rows"]
    cell = f"{clusters[0][0]},{clusters[0][1]}"
    assert duty.get(f"/api/v1/points/inside?cell={cell}&zoom=15").json["count"] == 1
    empty = duty.get("/api/v1/points/inside?cell=1,1&zoom=15").json
    assert empty == {"count": 0, "box": None, "n": []}


@pytest.mark.parametrize(
    "query",
    [
        "box=1,2,3&zoom=12",
        "box=a,b,c,d&zoom=12",
        "box=120,31,119,32&zoom=12",
        "box=119,31,120,95&zoom=12",
        "box=119,31,120,nan&zoom=12",
        "box=119,31,120,32",
        "box=119,31,120,32&zoom=x",
        "box=&zoom=12",
    ],
)
def test_a_malformed_box_is_refused(push, as_user, query) -> None:
    duty = as_user(cast.DUTY)
    answer = duty.get(f"/api/v1/points?{query}")
    assert (answer.status_code, answer.json["error"]["code"]) == (422, "invalid")


@pytest.mark.parametrize("more", [{"box": 5}, {"box": [1, 2]}, {"zoom": None}, {"kinds": 7}])
def test_a_malformed_look_harms_nobody(push, as_user, more) -> None:
    socket = as_user(cast.DUTY).socket()
    asked = {"area": "320404", "box": EVERYWHERE, "zoom": 12} | more
    assert socket.emit("look", asked, callback=True) == {"error": "invalid"}
    assert push.audience.sights() == []


def test_a_redis_that_lost_everything_leaves_no_ghosts(city, push, as_user, pair) -> None:
    socket = as_user(cast.DUTY).socket()
    look(socket)
    city.live.redis.delete("cy:points")
    push.picture.read_at = -np.inf  # as after a time without Redis
    step(push)
    assert sorted(heard(socket)["left"]) == sorted(d.n for d in pair)
