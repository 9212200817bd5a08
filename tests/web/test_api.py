"""The API: what everybody gets, and one error shape for endpoint after endpoint."""

from __future__ import annotations

import numpy as np
import pytest

from app.web.points import NUMBERED
from tests import cast
from tests.web.things import open_case, put_device, raise_alert

GETS = [
    "/api/v1/me",
    "/api/v1/snapshot",
    "/api/v1/points",
    "/api/v1/areas",
    "/api/v1/alerts",
    "/api/v1/cases",
    "/api/v1/tasks",
    "/api/v1/alerts/x",
    "/api/v1/cases/x",
    "/api/v1/cases/x/candidates",
    "/api/v1/tasks/x",
    "/api/v1/devices/x",
    "/api/v1/devices/x/curve",
    "/api/v1/photos/x",
    "/api/v1/nothing/here",
]
POSTS = [
    "/api/v1/alerts/x/acknowledge",
    "/api/v1/alerts/x/open_case",
    "/api/v1/cases/x/dispatch",
    "/api/v1/cases/x/close",
    "/api/v1/cases/x/explode",
    "/api/v1/tasks/x/accept",
    "/api/v1/tasks/x/explode",
    "/api/v1/photos",
    "/api/v1/reports",
    "/api/v1/position",
    "/api/v1/nothing/here",
]


def refused(answer, status: int | None = None, code: str | None = None) -> dict:
    """Check the one shape: {"error": {"code", "message", "fields"}}; return what is inside."""
    assert answer.content_type == "application/json"
    assert answer.json.keys() == {"error"}
    said = answer.json["error"]
    assert said.keys() == {"code", "message", "fields"}
    assert said["message"]
    assert isinstance(said["fields"], dict)
    assert "Traceback" not in answer.text
    if status is not None:
        assert answer.status_code == status
    if code is not None:
        assert said["code"] == code
    return said


@pytest.mark.parametrize("path", GETS)
def test_nobody_reads_without_sign_in(anonymous, path) -> None:
    refused(anonymous.get(path), 401, "sign_in_needed")


@pytest.mark.parametrize("path", POSTS)
def test_nobody_writes_without_a_token(anonymous, path) -> None:
    refused(anonymous.http.post(path, json={}), 403, "forbidden")


@pytest.mark.parametrize("path", [p for p in GETS if "/x" in p or "nothing" in p])
def test_an_unknown_thing_is_not_found(as_user, path) -> None:
    refused(as_user(cast.DUTY).get(path), 404, "not_found")


@pytest.mark.parametrize("path", [p for p in POSTS if "/x/" in p or "nothing" in p])
def test_a_verb_on_an_unknown_thing_is_not_found(as_user, path) -> None:
    body = {"workers": ["W001"], "note": "x"}
    refused(as_user(cast.DUTY).post(path, body), 404, "not_found")


@pytest.mark.parametrize("path", [p for p in POSTS if p != "/api/v1/photos"])
@pytest.mark.parametrize("body", ["{", "[]", '"x"', "5", "nul", "\x00"])
def test_a_body_that_is_no_object_is_refused(as_user, path, body) -> None:
    duty = as_user(cast.DUTY)
    headers = {"X-CSRFToken": duty.csrf}
    answer = duty.http.post(path, data=body, content_type="application/json", headers=headers)
    assert answer.status_code in (404, 422)
    refused(answer)


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_another_method_is_refused_in_the_same_shape(as_user, method) -> None:
    duty = as_user(cast.DUTY)
    send = getattr(duty.http, method)
    answer = send("/api/v1/cases/x", headers={"X-CSRFToken": duty.csrf})
    assert answer.status_code in (404, 405)
    refused(answer)


def test_what_nobody_expected_is_told_without_a_trace(as_user, monkeypatch) -> None:
    from app.services import views

    def broken(*_: object) -> None:
        raise RuntimeError("secret detail")

    duty = as_user(cast.DUTY)
    monkeypatch.setattr(views, "snapshot", broken)
    answer = duty.get("/api/v1/snapshot")
    refused(answer, 500, "internal")
    assert "secret" not in answer.text


def test_a_missing_redis_is_said_plainly(as_user, city, monkeypatch) -> None:
    from redis.exceptions import ConnectionError as RedisGone

    def gone(*_: object) -> None:
        raise RedisGone("away")

    duty = as_user(cast.DUTY)
    monkeypatch.setattr(type(city.live), "points", gone)
    refused(duty.get("/api/v1/points"), 503, "unavailable")


# -- who sees what ---------------------------------------------------------------------------


def test_another_street_is_forbidden(city, as_user) -> None:
    case = open_case(city)
    device = put_device(city, "GAS-1")
    stranger = as_user(cast.STRANGER)
    for path in (
        f"/api/v1/cases/{case.id}",
        f"/api/v1/cases/{case.id}/candidates",
        f"/api/v1/alerts/{case.source_id}",
        f"/api/v1/devices/{device.code}",
        f"/api/v1/devices/{device.n}/curve",
    ):
        refused(stranger.get(path), 404)  # as if it were not there
    for path in (
        f"/api/v1/snapshot?area={cast.STREET}",
        f"/api/v1/points?area={cast.STREET}",
        f"/api/v1/areas?parent={cast.STREET}",
        f"/api/v1/cases?area={cast.STREET}",
    ):
        refused(stranger.get(path), 403, "forbidden")
    answer = stranger.post(f"/api/v1/cases/{case.id}/dispatch", {"workers": ["W003"]})
    refused(answer, 404)
    assert stranger.get("/api/v1/snapshot").json["cases"] == []
    assert stranger.get("/api/v1/cases?state=all").json["cases"] == []


@pytest.mark.parametrize(
    ("user", "alerts", "workers"),
    [
        (cast.COMMANDER, 2, 3),
        (cast.DUTY, 2, 3),
        (cast.WALL, 2, 3),
        (cast.LEADER, 2, 3),
        (cast.DISPATCHER, 1, 2),
        (cast.STRANGER, 1, 1),
        (cast.ZHANG, 0, 1),
    ],
)
def test_a_snapshot_holds_what_the_scope_covers(city, as_user, user, alerts, workers) -> None:
    raise_alert(city, device="A")
    raise_alert(city, cast.OTHER_GRID, device="B")
    seen = as_user(user).get("/api/v1/snapshot").json
    assert len(seen["alerts"]) == len(seen["cases"]) == alerts
    assert len(seen["workers"]) == workers
    assert seen["me"]["id"] == user.id
    assert seen["area"]["path"][-1]["code"] == seen["area"]["code"]


def test_the_system_administrator_sees_nothing_of_the_city(as_user) -> None:
    admin = as_user(cast.ADMIN)
    for path in ("snapshot", "points", "areas", "alerts", "cases", "tasks"):
        refused(admin.get(f"/api/v1/{path}"), 403, "forbidden")
    assert admin.get("/api/v1/me").status_code == 200


def numbers(answer) -> list[int]:
    return np.frombuffer(answer.data, dtype=NUMBERED)["n"].tolist()


def test_points_are_those_of_the_scope(city, as_user) -> None:
    here, there = put_device(city, "GAS-1"), put_device(city, "GAS-2", area=cast.OTHER_GRID)
    everything = as_user(cast.COMMANDER)
    assert numbers(everything.get("/api/v1/points")) == [here.n, there.n]
    assert numbers(everything.get(f"/api/v1/points?area={cast.STREET}")) == [here.n]
    assert numbers(as_user(cast.STRANGER).get("/api/v1/points")) == [there.n]
    refused(as_user(cast.ZHANG).get("/api/v1/points"), 403)


def test_a_point_is_the_record_of_the_store(city, as_user) -> None:
    device = put_device(city, "GAS-1", value=3.5)
    [point] = np.frombuffer(as_user(cast.DUTY).get("/api/v1/points").data, dtype=NUMBERED)
    assert point["n"] == device.n
    assert point["point"]["value"] == 3.5
    assert point["point"]["lon"] == round(device.lon * 1e7)


def test_areas_are_children_with_a_tag(as_user) -> None:
    duty = as_user(cast.DUTY)
    first = duty.get("/api/v1/areas?parent=320404")
    assert first.content_type == "application/geo+json"
    assert {f["properties"]["code"][:6] for f in first.json["features"]} == {"320404"}
    again = duty.get(
        "/api/v1/areas?parent=320404", headers={"If-None-Match": first.headers["ETag"]}
    )
    assert again.status_code == 304
    assert again.data == b""


def test_a_device_and_its_curve(city, as_user) -> None:
    device = put_device(city, "GAS-1", value=3.5)
    duty = as_user(cast.DUTY)
    by_code = duty.get("/api/v1/devices/GAS-1").json
    assert by_code == duty.get(f"/api/v1/devices/{device.n}").json
    assert by_code["metrics"][0]["value"] == 3.5
    curve = duty.get("/api/v1/devices/GAS-1/curve?metric=ch4&hours=1").json
    assert curve["unit"] == "%LEL"
    assert [value for _, value in curve["points"]] == [3.5]
    said = refused(duty.get("/api/v1/devices/GAS-1/curve?metric=zz"), 422)
    assert "ch4" in said["fields"]["metric"]
    for hours in ("x", "0", "-1", "99999999999", "1.5"):
        refused(duty.get(f"/api/v1/devices/GAS-1/curve?hours={hours}"), 422)


def test_a_code_of_digits_is_a_code_first(city, as_user) -> None:
    for code in ("GAS-1", "0", "1"):
        put_device(city, code)
    duty = as_user(cast.DUTY)
    assert duty.get("/api/v1/devices/0").json["device"]["code"] == "0"
    assert duty.get("/api/v1/devices/n:0").json["device"]["code"] == "GAS-1"
    refused(duty.get(f"/api/v1/devices/{'9' * 5000}"), 404)


def test_a_long_curve_joins_history_and_the_last_hour(city, as_user, monkeypatch, clock) -> None:
    put_device(city, "GAS-1", value=3.5)
    now = int(clock.now().timestamp() * 1000)
    kept = [(now - 7_200_000, 1.0), (now - 60_000, 2.0), (now, 3.4)]
    monkeypatch.setattr(type(city.history), "curve", lambda *_: kept)
    curve = as_user(cast.DUTY).get("/api/v1/devices/GAS-1/curve?hours=24").json
    assert [value for _, value in curve["points"]] == [1.0, 2.0, 3.5]


def test_lists_filter_and_say_how_many_there_are(city, as_user) -> None:
    raise_alert(city, device="A")
    raise_alert(city, device="B")
    duty = as_user(cast.DUTY)
    assert duty.get("/api/v1/alerts?limit=1").json["total"] == 2
    assert len(duty.get("/api/v1/alerts?limit=1").json["alerts"]) == 1
    assert duty.get("/api/v1/alerts?kind=rain").json["total"] == 0
    assert duty.get("/api/v1/cases?source=alert&level=4").json["total"] == 2
    assert "worker" in refused(duty.get("/api/v1/cases?worker=W001"), 422)["fields"]
    refused(duty.get("/api/v1/cases?level=9"), 422)
    refused(duty.get("/api/v1/cases?state=both"), 422)
    refused(duty.get("/api/v1/cases?limit=0"), 422)
    refused(duty.get("/api/v1/cases?limit=000000001000"), 422)
