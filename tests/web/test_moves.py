"""Writing through the API: verbs, repeats, wrong fields."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from app.services import tasks
from tests import cast
from tests.web.test_api import refused
from tests.web.things import open_case, raise_alert


def jpeg() -> BytesIO:
    out = BytesIO()
    Image.new("RGB", (40, 30), (200, 30, 30)).save(out, "JPEG")
    out.seek(0)
    return out


@pytest.fixture
def task(city):
    """A task of ZHANG's."""
    case = open_case(city)
    return tasks.dispatch(city, case.id, workers=["W001"], by=cast.DISPATCHER)[0]


def upload(browser) -> str:
    answer = browser.http.post(
        "/api/v1/photos", data={"photo": (jpeg(), "a.jpg")}, headers={"X-CSRFToken": browser.csrf}
    )
    assert answer.status_code == 200, answer.text
    return answer.json["id"]


def test_from_alert_to_done_through_the_api(city, as_user) -> None:
    alert = raise_alert(city)
    duty, zhang = as_user(cast.DUTY), as_user(cast.ZHANG)
    assert duty.post(f"/api/v1/alerts/{alert.id}/acknowledge").json["status"] == "acknowledged"
    best = duty.get(f"/api/v1/cases/{alert.case_id}/candidates").json
    assert best[0]["reasons"]
    sent = duty.post(f"/api/v1/cases/{alert.case_id}/dispatch", {"workers": ["W001"]}).json
    task = f"/api/v1/tasks/{sent[0]['id']}"
    for move, status in (("deliver", "delivered"), ("see", "seen"), ("accept", "accepted")):
        assert zhang.post(f"{task}/{move}").json["status"] == status
    lon, lat = alert.lon, alert.lat
    assert zhang.post(f"{task}/arrive", {"lon": lon, "lat": lat}).json["status"] == "arrived"
    photo = upload(zhang)
    assert zhang.post(f"{task}/finish", {"photos": [photo]}).json["status"] == "done"
    case = duty.get(f"/api/v1/cases/{alert.case_id}").json
    assert case["status"] == "pending_check"
    assert case["photos"] == [photo]
    assert duty.get(f"/api/v1/photos/{photo}").data[:2] == b"\xff\xd8"
    assert duty.post(f"/api/v1/cases/{case['id']}/close").json["status"] == "closed"
    assert [step["kind"] for step in case["trail"]][0] == "case.opened"


def test_the_second_delivery_gets_the_first_answer(city, as_user, task) -> None:
    zhang, path = as_user(cast.ZHANG), f"/api/v1/tasks/{task.id}/accept"
    first = zhang.post(path, Idempotency_Key="k1")
    facts = city.ledger.last_seq()
    second = zhang.post(path, Idempotency_Key="k1")
    assert (first.json, 200) == (second.json, second.status_code)
    assert second.headers["Idempotency-Replayed"] == "true"
    assert city.ledger.last_seq() == facts


def test_a_key_is_for_one_address_and_one_user(as_user, task) -> None:
    zhang = as_user(cast.ZHANG)
    zhang.post(f"/api/v1/tasks/{task.id}/accept", Idempotency_Key="k1")
    refused(zhang.post(f"/api/v1/tasks/{task.id}/arrive", Idempotency_Key="k1"), 409, "conflict")
    stolen = as_user(cast.LI).post(f"/api/v1/tasks/{task.id}/accept", Idempotency_Key="k1")
    refused(stolen, 404)
    refused(zhang.post("/api/v1/position", Idempotency_Key="k" * 101), 422)


def test_a_refusal_is_not_kept(as_user, task) -> None:
    zhang, path = as_user(cast.ZHANG), f"/api/v1/tasks/{task.id}/return"
    refused(zhang.post(path, {}, Idempotency_Key="k1"), 422)
    assert zhang.post(path, {"note": "找不到地点"}, Idempotency_Key="k1").status_code == 200


def test_a_step_that_is_not_possible_now_is_a_conflict(as_user, task) -> None:
    zhang = as_user(cast.ZHANG)
    refused(zhang.post(f"/api/v1/tasks/{task.id}/finish", {"photos": ["x"]}), 409, "conflict")


def test_another_workers_task_is_as_if_there_were_none(as_user, task) -> None:
    li = as_user(cast.LI)
    refused(li.get(f"/api/v1/tasks/{task.id}"), 404)
    refused(li.post(f"/api/v1/tasks/{task.id}/accept"), 404)
    refused(li.get(f"/api/v1/cases/{task.case_id}"), 404)
    assert li.get(f"/api/v1/tasks/{task.id}").json == li.get("/api/v1/tasks/none").json


def test_a_worker_reads_the_case_of_his_task(as_user, task) -> None:
    zhang = as_user(cast.ZHANG)
    assert zhang.get(f"/api/v1/cases/{task.case_id}").json["id"] == task.case_id
    assert [one["id"] for one in zhang.get("/api/v1/tasks").json["tasks"]] == [task.id]
    assert [one["id"] for one in zhang.get("/api/v1/snapshot").json["cases"]] == [task.case_id]


@pytest.mark.parametrize("user", [cast.WALL, cast.LEADER])
def test_those_who_only_look_cannot_act(city, as_user, user) -> None:
    case = open_case(city)
    browser = as_user(user)
    refused(browser.post(f"/api/v1/alerts/{case.source_id}/acknowledge"), 403)
    refused(browser.post(f"/api/v1/cases/{case.id}/dispatch", {"workers": ["W001"]}), 403)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "workers"),
        ({"workers": []}, "workers"),
        ({"workers": "W001"}, "workers"),
        ({"workers": [1]}, "workers[0]"),
        ({"workers": ["W001"], "lead": "W002"}, "lead"),
        ({"workers": ["W001"], "note": "x" * 501}, "note"),
        ({"workers": ["W001"], "note": 5}, "note"),
    ],
)
def test_a_wrong_field_of_a_dispatch_is_named(city, as_user, body, field) -> None:
    case = open_case(city)
    answer = as_user(cast.DUTY).post(f"/api/v1/cases/{case.id}/dispatch", body)
    assert field in refused(answer, 422, "invalid")["fields"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"at": "yesterday"}, "at"),
        ({"at": "2026-11-20T09:00:00"}, "at"),
        ({"at": "2026-11-20T12:00:00Z"}, "at"),
        ({"at": "2026-01-01T12:00:00Z"}, "at"),
        ({"lon": 119.9}, "lon"),
        ({"lon": 500, "lat": 31}, "lon"),
        ({"photos": "x"}, "photos"),
    ],
)
def test_a_wrong_field_of_a_step_is_named(as_user, task, body, field) -> None:
    answer = as_user(cast.ZHANG).post(f"/api/v1/tasks/{task.id}/accept", body)
    assert field in refused(answer, 422, "invalid")["fields"]


def test_a_report_opens_one_case_however_often_it_is_sent(city, as_user) -> None:
    lon, lat = city.areas.area(cast.GRID).polygon.representative_point().coords[0]
    zhang = as_user(cast.ZHANG)
    report = {"id": "r1", "code": "06010", "description": "路边有垃圾", "lon": lon, "lat": lat}
    first, second = (zhang.post("/api/v1/reports", report) for _ in range(2))
    assert first.status_code == 200, first.text
    assert first.json["id"] == second.json["id"]
    assert "code" in refused(zhang.post("/api/v1/reports", report | {"code": "x"}), 422)["fields"]
    assert "id" in refused(zhang.post("/api/v1/reports", {"code": "06010"}), 422)["fields"]


def test_a_position_is_the_workers_own(city, as_user) -> None:
    place = {"lon": 119.93, "lat": 31.78}
    assert as_user(cast.ZHANG).post("/api/v1/position", place).status_code == 200
    assert city.live.workers()["W001"][:2] == (119.93, 31.78)
    refused(as_user(cast.DUTY).post("/api/v1/position", place), 403)


def test_the_place_of_a_worker_off_duty_is_refused_and_not_kept(city, task, as_user) -> None:
    zhang, place = as_user(cast.ZHANG), {"lon": 119.93, "lat": 31.78}
    zhang.post("/api/v1/duty", {"on_duty": False})
    assert "上岗后" in refused(zhang.post("/api/v1/position", place), 409)["message"]
    step = zhang.post(f"/api/v1/tasks/{task.id}/accept", place)
    assert step.json["status"] == "accepted", "what he does is done, where he is stays his"
    assert city.live.workers() == {}
    zhang.post("/api/v1/duty", {"on_duty": True})
    assert zhang.post("/api/v1/position", place).status_code == 200
    assert city.live.workers()["W001"][:2] == (119.93, 31.78)


def test_an_upload_must_be_a_picture(as_user) -> None:
    zhang = as_user(cast.ZHANG)
    headers = {"X-CSRFToken": zhang.csrf}
    none = zhang.http.post("/api/v1/photos", data={}, headers=headers)
    assert "photo" in refused(none, 422)["fields"]
    text = {"photo": (BytesIO(b"hello"), "a.jpg")}
    refused(zhang.http.post("/api/v1/photos", data=text, headers=headers), 422)
    huge = {"photo": (BytesIO(b"x" * 9_000_000), "a.jpg")}
    refused(zhang.http.post("/api/v1/photos", data=huge, headers=headers), 413)


def test_an_officer_can_report_in_his_scope_only(city, as_user) -> None:
    lon, lat = city.areas.area(cast.GRID).polygon.representative_point().coords[0]
    report = {"id": "r9", "code": "06010", "description": "路边有垃圾", "lon": lon, "lat": lat}
    said = as_user(cast.DUTY).post("/api/v1/reports", report)
    assert said.status_code == 200, said.text
    refused(as_user(cast.STRANGER).post("/api/v1/reports", report | {"id": "r10"}), 403)


def test_a_worker_sees_the_grids_around_a_task_outside_his_own_area(city, as_user) -> None:
    around = f"/api/v1/areas?parent={cast.COMMUNITY}"
    far = as_user(cast.FAR)
    refused(far.get(around), 403)
    tasks.dispatch(city, open_case(city).id, workers=["W003"], by=cast.COMMANDER)
    assert far.get(around).status_code == 200
    refused(far.get(f"/api/v1/areas?parent={cast.STREET}"), 403)


def test_a_worker_goes_on_and_off_duty_himself(city, as_user) -> None:
    case = open_case(city)
    zhang, dispatcher = as_user(cast.ZHANG), as_user(cast.DISPATCHER)

    def present() -> bool | None:
        rows = dispatcher.get(f"/api/v1/cases/{case.id}/candidates").json
        return next((row["on_duty"] for row in rows if row["worker"] == "W001"), None)

    assert present() is True
    for on_duty in (False, True):
        answer = zhang.post("/api/v1/duty", {"on_duty": on_duty})
        assert answer.json == {"id": "W001", "on_duty": on_duty}
        assert present() is on_duty
    refused(dispatcher.post("/api/v1/duty", {"on_duty": False}), 403)
    refused(zhang.post("/api/v1/duty", {"on_duty": "no"}), 422)
    said = {"on_duty": False, "at": "2026-11-20T17:00:00"}
    assert "at" in refused(zhang.post("/api/v1/duty", said), 422)["fields"], "a time has a zone"
    wrong_clock = {"on_duty": False, "at": "2031-01-01T00:00:00Z"}
    assert zhang.post("/api/v1/duty", wrong_clock).json == {"id": "W001", "on_duty": False}
