"""Reading what is masked, through the API: by POST, never kept in an answer or a cache."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.services import cases, reports, tasks, unmasked
from app.store import tables
from tests import cast
from tests.things import an_order

WHOLE = "钟楼区关河路12号3幢502"


@pytest.fixture
def case(city):
    """A registered case of a 12345 order in the grid of the cast."""
    lon, lat = city.areas.area(cast.GRID).polygon.representative_point().coords[0]
    city.live.accept([an_order(lon=lon, lat=lat)], 1)
    reports.open_waiting(city, "one")
    with city.ledger.read() as tx:
        opened = tx.case_of("hotline", "G1")
    return cases.register(city, opened.id, by=cast.DISPATCHER)


def test_the_worker_and_the_office_read_what_they_may(city, as_user, case) -> None:
    task = tasks.dispatch(city, case.id, workers=["W001"], by=cast.DISPATCHER)[0]
    zhang, duty, leader = as_user(cast.ZHANG), as_user(cast.DUTY), as_user(cast.LEADER)
    answer = zhang.post(f"/api/v1/tasks/{task.id}/address")
    assert answer.json["address"] == WHOLE
    assert answer.headers["Cache-Control"] == "no-store"
    assert duty.post(f"/api/v1/cases/{case.id}/address").json["address"] == WHOLE
    assert duty.post(f"/api/v1/cases/{case.id}/caller").json["phone"] == "13800001234"
    for browser, path in (
        (zhang, f"cases/{case.id}/caller"),
        (zhang, f"cases/{case.id}/address"),
        (duty, f"tasks/{task.id}/address"),
        (leader, f"cases/{case.id}/caller"),
    ):
        refused = browser.post(f"/api/v1/{path}")
        assert refused.status_code == (404 if browser is zhang else 403)  # his is the task alone
    assert duty.post("/api/v1/cases/none/address").status_code == 404


def test_a_reading_needs_the_token_and_is_no_get(as_user, case) -> None:
    duty = as_user(cast.DUTY)
    assert duty.get(f"/api/v1/cases/{case.id}/address").status_code in (404, 405)
    duty.csrf = ""
    assert duty.post(f"/api/v1/cases/{case.id}/address").status_code == 403


def test_no_answer_is_kept_for_a_repeat(city, as_user, case) -> None:
    duty = as_user(cast.DUTY)
    for _ in range(2):
        duty.post(f"/api/v1/cases/{case.id}/caller", Idempotency_Key="k1")
    with city.ledger.read() as tx:
        assert tx.connection.execute(select(tables.answers)).all() == []
    read = [f for f in city.ledger.facts_after(0) if f.kind in unmasked.READ]
    assert len(read) == 2  # each is written down


def test_no_socket_hears_of_a_reading(city, as_user, push, case) -> None:
    duty = as_user(cast.DUTY)
    socket = duty.socket()
    socket.emit("resume", {"seq": city.ledger.last_seq()})
    duty.post(f"/api/v1/cases/{case.id}/address")
    push.step()
    told = [one["args"][0] for one in socket.get_received() if one["name"] == "facts"]
    assert {fact["kind"] for facts in told for fact in facts} <= {"case.opened", "case.registered"}
