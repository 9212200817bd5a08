"""Who hears what, and above all who does not."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from app.domain.cases import Case
from app.domain.facts import Fact
from app.services import tasks
from app.web.rooms import hears
from tests import cast
from tests.cast import START
from tests.web.things import look, open_case, put_device, raise_alert, say

INSIDE = Fact(kind="alert.raised", thing="a", area=cast.GRID, at=START, who="watch", body={})


def fact(noun: str = "alert", area: str = cast.GRID, worker: str | None = None) -> Fact:
    return msgspec.structs.replace(INSIDE, area=area, worker=worker, body={noun: {"id": "x"}})


@pytest.mark.parametrize(
    ("user", "told", "heard"),
    [
        (cast.COMMANDER, fact(), True),
        (cast.COMMANDER, fact(area=""), True),
        (cast.DUTY, fact(), True),
        (cast.DUTY, fact(area=""), False),
        (cast.WALL, fact(), True),
        (cast.LEADER, fact(), True),
        (cast.DISPATCHER, fact(), True),
        (cast.STRANGER, fact(), False),
        (cast.STRANGER, fact(area=cast.OTHER_GRID), True),
        (cast.ADMIN, fact(), False),
        (cast.ZHANG, fact(), False),
        (cast.ZHANG, fact("task", worker="W001"), True),
        (cast.ZHANG, fact("task", worker="W002"), False),
        (cast.LI, fact("task", worker="W001"), False),
        (cast.COMMANDER, fact("user"), False),
        (cast.COMMANDER, INSIDE, False),
    ],
)
def test_a_fact_reaches_only_whom_it_concerns(user, told, heard) -> None:
    assert hears(user, told) is heard


def heard(socket, event: str) -> list:
    return [row for got in socket.get_received() if got["name"] == event for row in got["args"][0]]


def test_nobody_connects_without_sign_in(anonymous) -> None:
    assert not anonymous.socket().is_connected()


def test_the_dispatcher_of_another_street_hears_nothing(city, push, as_user) -> None:
    mine, strange = as_user(cast.DISPATCHER).socket(), as_user(cast.STRANGER).socket()
    for socket, area in ((mine, cast.STREET), (strange, cast.OTHER_STREET)):
        socket.emit("resume", {"seq": push.seq})
        assert look(socket, area)["show"] == "points"
    device = put_device(city, "GAS-1")
    raise_alert(city)
    city.live.set_states([(device.n, 1, 4)])
    push.step()
    got = mine.get_received()
    assert {"facts", "entered", "readings", "states"} == {one["name"] for one in got}
    assert strange.get_received() == []


def test_a_worker_hears_of_his_own_task_and_of_no_other(city, push, as_user) -> None:
    zhang, li = as_user(cast.ZHANG).socket(), as_user(cast.LI).socket()
    for socket in (zhang, li):
        socket.emit("resume", {"seq": push.seq})
    case: Case = open_case(city)
    put_device(city, "GAS-2")
    tasks.dispatch(city, case.id, workers=["W001"], by=cast.DISPATCHER)
    push.step()
    told = heard(zhang, "facts")
    assert "task.sent" in {fact["kind"] for fact in told}
    assert {fact["worker"] for fact in told} == {"W001"}
    assert li.get_received() == []


def test_facts_carry_no_hashes_of_the_chain(city, push, as_user) -> None:
    socket = as_user(cast.DUTY).socket()
    socket.emit("resume", {"seq": push.seq})
    raise_alert(city)
    push.step()
    assert not {"hash", "prev_hash"} & set(heard(socket, "facts")[0])


def test_a_socket_ends_with_its_sign_in(city, push, as_user) -> None:
    first = as_user(cast.DUTY).socket()
    first.emit("resume", {"seq": push.seq})
    as_user(cast.DUTY)  # a second sign-in replaces the first
    push.drop_signed_out()
    assert not first.is_connected()
    assert len(push.audience) == 0


def test_a_socket_lives_as_long_as_its_user_does_something(push, as_user) -> None:
    browser = as_user(cast.DUTY)
    socket = browser.socket()
    for _, listener in push.audience.all():
        listener.seen -= 16 * 60
    assert browser.get("/api/v1/me").status_code == 200
    push.drop_signed_out()
    assert socket.is_connected()


def test_an_event_of_a_replaced_sign_in_is_refused(push, as_user) -> None:
    first = as_user(cast.DUTY).socket()
    as_user(cast.DUTY)
    first.emit("resume", {"seq": 0})
    assert [got["name"] for got in first.get_received()] == ["signed_out"]


@pytest.mark.parametrize(
    ("area", "answer"),
    [
        (cast.STREET, {"area": cast.STREET}),
        (cast.OTHER_STREET, {"error": "forbidden"}),
        ("999999", {"error": "not_found"}),
        (None, {"error": "forbidden"}),
    ],
)
def test_looking_at_an_area_is_asked_for(push, as_user, area, answer) -> None:
    socket = as_user(cast.DISPATCHER).socket()
    assert socket.emit("look", {"area": area}, callback=True) == answer


@pytest.mark.parametrize("message", [None, "x", 5, [], {"seq": "x"}, {"seq": -3}, {"seq": None}])
def test_a_malformed_resume_harms_nobody(city, push, as_user, message) -> None:
    socket = as_user(cast.DUTY).socket()
    socket.emit("resume", message)
    raise_alert(city)
    push.step()
    assert heard(socket, "facts")


def test_late_readings_never_reach_the_live_picture(city, push, as_user, clock) -> None:
    socket = as_user(cast.DUTY).socket()
    look(socket)
    device = put_device(city, "GAS-1", value=3.0)
    clock.advance(minutes=-10)
    say(city, device, 99.0)
    push.step()
    assert [row[:4] for row in heard(socket, "readings")] == [
        [device.n, int(START.timestamp()), 3.0, 0]
    ]


def test_an_admin_connects_but_hears_nothing(city, push, as_user) -> None:
    admin: Callable = as_user(cast.ADMIN).socket()
    admin.emit("resume", {"seq": 0})
    put_device(city, "GAS-1")
    raise_alert(city)
    push.step()
    assert {got["name"] for got in admin.get_received()} <= {"signed_out"}


def test_a_warning_reaches_the_streets_of_its_district_and_no_grid_worker() -> None:
    body = {"alert": {"id": "A1", "rule": "warning"}}
    wide = msgspec.structs.replace(fact(area="320404"), body=body)
    assert all(hears(who, wide) for who in (cast.COMMANDER, cast.DUTY, cast.DISPATCHER))
    assert not any(hears(who, wide) for who in (cast.ADMIN, cast.ZHANG))
    narrow = msgspec.structs.replace(wide, area=cast.STREET)
    assert not hears(cast.STRANGER, narrow)
