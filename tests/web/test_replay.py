"""GET /api/v1/replay…: one piece of text and records, for whoever may see the city."""

from __future__ import annotations

import gzip
import json
import struct

import numpy as np
import pytest

from app.services.replay import NUMBERED
from app.store.past import HEARD
from tests import cast
from tests.services.watching import register, say

ADDRESSES = ["?at={at}", "/steps?since={at}&until={at}", "/span"]


@pytest.fixture
def spoken(city, clock):
    city.live.ensure_groups()
    devices = register(city, *(f"G{n}" for n in range(500)))
    begun = now(clock)
    for device in devices:
        clock.advance(seconds=0.01)
        say(city, device, ch4=2.0)
    clock.advance(minutes=1)
    return begun


def now(clock) -> int:
    return round(clock.now().timestamp() * 1000)


def unpacked(answer):
    assert answer.status_code == 200, answer.text
    assert answer.content_type == "application/vnd.chengyun.replay"
    body = answer.data
    if answer.headers.get("Content-Encoding") == "gzip":
        body = gzip.decompress(body)
    (length,) = struct.unpack_from("<I", body)
    return json.loads(body[4 : 4 + length]), body[4 + length :]


@pytest.fixture
def chief(as_user):
    return as_user(cast.COMMANDER)


def test_a_keyframe_is_a_snapshot_and_records(chief, clock, spoken):
    told, records = unpacked(chief.get(f"/api/v1/replay?at={now(clock)}"))
    assert {"as_of", "at", "alerts", "cases", "tasks", "workers"} <= told.keys()
    found = np.frombuffer(records, NUMBERED)
    assert len(found) == 500
    assert set(found["point"]["value"]) == {2.0}


def test_steps_are_changes_and_readings(chief, clock, spoken):
    path = f"/api/v1/replay/steps?since={spoken}&until={now(clock)}&step=5"
    told, records = unpacked(chief.get(path))
    assert (told["since"], told["until"]) == (spoken, now(clock))
    assert {"facts", "states", "positions"} <= told.keys()
    assert len(np.frombuffer(records, HEARD)) == 500


def test_much_is_packed_for_who_can_unpack(chief, clock, spoken):
    path = f"/api/v1/replay?at={now(clock) - 1000}"
    plain, packed = chief.get(path), chief.get(path, headers={"Accept-Encoding": "gzip, br"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.data) < len(plain.data)
    assert unpacked(packed) == unpacked(plain)


@pytest.mark.parametrize("who", [cast.ZHANG, cast.ADMIN], ids=["worker", "admin"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_not_for_everybody(as_user, anonymous, clock, who, address):
    path = "/api/v1/replay" + address.format(at=now(clock))
    assert anonymous.get(path).status_code == 401
    answer = as_user(who).get(path)
    assert answer.status_code == 403
    assert answer.json["error"]["code"] == "forbidden"


def test_an_area_outside_the_scope_is_refused(as_user, clock):
    there = as_user(cast.DISPATCHER)
    answer = there.get(f"/api/v1/replay?at={now(clock)}&area={cast.OTHER_STREET}")
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "query",
    ["", "?at=", "?at=x", "?at=-1", "?at=1.5", "?at=1", "?at=999999999999999999", "?at=１２"],
)
def test_a_moment_that_is_none_is_refused(chief, query):
    answer = chief.get("/api/v1/replay" + query)
    assert answer.status_code == 422
    assert answer.json["error"]["fields"].keys() == {"at"}


@pytest.mark.parametrize(
    ("back", "step"), [(3_600_000, 1), (-60_000, 1), (60_000, 0), (60_000, 61)]
)
def test_steps_are_short_and_forward(chief, clock, spoken, back, step):
    until = now(clock)
    answer = chief.get(f"/api/v1/replay/steps?since={until - back}&until={until}&step={step}")
    if back < 0:  # what has not come is now, so there is nothing in between
        assert unpacked(answer)[0]["facts"] == []
    else:
        assert answer.status_code == 422


def test_the_span_begins_with_history(chief, clock, spoken):
    found = chief.get("/api/v1/replay/span").json
    assert found["now"] == now(clock)
    assert found["oldest"] <= found["now"]
