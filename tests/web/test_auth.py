"""Sign-in: who gets in, how long, and where to."""

from __future__ import annotations

import time
from urllib.parse import parse_qs, urlsplit

import pytest

from app.services import people
from app.web.auth import safe_next
from tests import cast
from tests.web.conftest import PASSWORD, token_of


def test_the_right_password_opens_the_page_that_was_wanted(anonymous) -> None:
    page = anonymous.get("/wall/?area=320404")
    assert page.status_code == 302
    there = urlsplit(page.location)
    assert (there.path, parse_qs(there.query)) == ("/login", {"next": ["/wall/?area=320404"]})
    form = anonymous.get(page.location).text
    answer = anonymous.http.post(
        "/login",
        data={
            "user": "duty",
            "password": PASSWORD,
            "csrf_token": token_of(form),
            "next": "/wall/?area=320404",
        },
    )
    assert answer.location == "/wall/?area=320404"


def test_a_deep_link_is_wanted_as_a_whole(anonymous) -> None:
    wanted = "/wall/?area=320404&alert=A-1&tab=safety"
    there = urlsplit(anonymous.get(wanted).location)
    assert parse_qs(there.query) == {"next": [wanted]}


@pytest.mark.parametrize(
    ("user", "home"),
    [(cast.DUTY, "/wall/"), (cast.LEADER, "/cockpit/"), (cast.ZHANG, "/m/")],
)
def test_everybody_has_a_home(as_user, user, home) -> None:
    assert as_user(user).get("/").location == home


def test_a_wrong_password_is_told_on_the_page(anonymous) -> None:
    answer = anonymous.sign_in(cast.DUTY, "wrong")
    assert answer.status_code == 401
    assert 'role="alert"' in answer.text
    assert anonymous.get("/api/v1/me").status_code == 401


def test_an_empty_form_says_what_to_enter(anonymous) -> None:
    token = token_of(anonymous.get("/login").text)
    answer = anonymous.http.post("/login", data={"csrf_token": token})
    assert answer.status_code == 422
    assert "请输入账号和密码" in answer.text


def test_five_failures_lock_the_account_also_for_the_right_password(anonymous, clock) -> None:
    for _ in range(5):
        anonymous.sign_in(cast.DUTY, "wrong")
    locked = anonymous.sign_in(cast.DUTY)
    assert locked.status_code == 429
    assert "锁定" in locked.text
    clock.advance(minutes=16)
    assert anonymous.sign_in(cast.DUTY).status_code == 302


def test_the_form_needs_its_token(anonymous) -> None:
    answer = anonymous.http.post("/login", data={"user": "duty", "password": PASSWORD})
    assert answer.status_code == 403


def test_a_post_to_the_api_needs_the_token(as_user) -> None:
    duty = as_user(cast.DUTY)
    duty.csrf = ""
    answer = duty.post("/api/v1/alerts/x/acknowledge")
    assert answer.status_code == 403
    assert answer.json["error"]["code"] == "forbidden"


def test_a_dash_callback_from_another_site_is_refused(as_user) -> None:
    duty = as_user(cast.DUTY)
    there = {"Origin": "http://evil.example"}
    assert duty.http.post("/wall/_dash-update-component", json={}, headers=there).status_code == 403
    assert duty.http.post("/wall/_dash-update-component", json={}).status_code == 403


def test_a_dash_callback_from_our_page_needs_no_token(as_user) -> None:
    here = {"Origin": "http://localhost"}
    answer = as_user(cast.DUTY).http.post("/wall/_dash-update-component", json={}, headers=here)
    assert answer.status_code != 403


def test_a_second_sign_in_ends_the_first(as_user) -> None:
    first = as_user(cast.DUTY)
    assert first.get("/api/v1/me").status_code == 200
    second = as_user(cast.DUTY)
    assert first.get("/api/v1/me").status_code == 401
    assert second.get("/api/v1/me").status_code == 200


def test_the_wall_may_have_several_screens(as_user) -> None:
    first, second = as_user(cast.WALL), as_user(cast.WALL)
    assert first.get("/api/v1/me").status_code == 200
    assert second.get("/api/v1/me").status_code == 200


@pytest.mark.parametrize(
    ("user", "minutes", "status"),
    [
        (cast.DUTY, 14, 200),
        (cast.DUTY, 16, 401),
        (cast.WALL, 60 * 24 * 30, 200),
        (cast.ZHANG, 60 * 11, 200),
        (cast.ZHANG, 60 * 13, 401),
    ],
)
def test_idle_sessions_end_but_not_the_walls(as_user, user, minutes, status) -> None:
    browser = as_user(user)
    with browser.http.session_transaction() as session:
        session["seen"] = time.time() - minutes * 60
    assert browser.get("/api/v1/me").status_code == status


def test_a_repaint_by_the_live_layer_keeps_no_session_alive(as_user) -> None:
    duty = as_user(cast.DUTY)
    long_ago = time.time() - 600
    with duty.http.session_transaction() as session:
        session["seen"] = long_ago
    here = {"Origin": "http://localhost"}
    repaint = {"changedPropIds": ["pulse.data"]}
    duty.http.post("/wall/_dash-update-component", json=repaint, headers=here)
    with duty.http.session_transaction() as session:
        assert session["seen"] == long_ago
    click = {"changedPropIds": ["act-tab.data"]}
    duty.http.post("/wall/_dash-update-component", json=click, headers=here)
    with duty.http.session_transaction() as session:
        assert session["seen"] > long_ago


def test_two_first_requests_at_once_get_tokens_that_both_hold(anonymous, server) -> None:
    anonymous.http.post(
        "/login",
        data={
            "user": "duty",
            "password": PASSWORD,
            "csrf_token": token_of(anonymous.get("/login").text),
        },
    )
    signed_in = _session_of(anonymous)  # the cookie that both requests carry
    for _ in range(2):
        tab = server.test_client()
        tab.set_cookie(**signed_in)
        token = tab.get("/api/v1/me").json["csrf"]
        post = anonymous.http.post
        answer = post("/api/v1/alerts/none/acknowledge", headers={"X-CSRFToken": token})
        assert answer.status_code == 404  # not 403: the token held


def test_signing_out_ends_the_session(as_user) -> None:
    duty = as_user(cast.DUTY)
    assert duty.http.post("/logout", headers={"X-CSRFToken": duty.csrf}).status_code == 302
    assert duty.get("/api/v1/me").status_code == 401


def test_the_form_of_the_screens_signs_out_every_copy_of_the_session(as_user, server) -> None:
    duty = as_user(cast.DUTY)
    copied = server.test_client()
    copied.set_cookie(**_session_of(duty))
    assert copied.get("/api/v1/me").status_code == 200
    here, elsewhere = {"Origin": "http://localhost"}, {"Origin": "http://evil.example"}
    assert duty.http.post("/logout", headers=elsewhere).status_code == 403
    assert duty.http.post("/logout", headers=here).status_code == 302
    assert copied.get("/api/v1/me").status_code == 401


def _session_of(browser) -> dict[str, str]:
    name = browser.http.application.config["SESSION_COOKIE_NAME"]
    return {"key": name, "value": browser.http.get_cookie(name).value}


def test_a_new_password_ends_the_screens_of_the_wall(as_user, city) -> None:
    screen = as_user(cast.WALL)
    people.enrol(city, cast.WALL, "Another-Horse-2026")
    assert screen.get("/api/v1/me").status_code == 401


@pytest.mark.parametrize("path", ["/api/v1/points", "/api/v1/replay/steps?since=1&until=2"])
def test_what_the_live_layer_fetches_keeps_no_session_alive(as_user, path) -> None:
    duty = as_user(cast.DUTY)
    with duty.http.session_transaction() as session:
        session["seen"] = long_ago = time.time() - 600
    assert duty.get(path).status_code < 500
    with duty.http.session_transaction() as session:
        assert session["seen"] == long_ago


def test_the_cookie_is_not_for_scripts_or_other_sites(anonymous) -> None:
    cookie = anonymous.get("/login").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


@pytest.mark.parametrize(
    "target",
    ["//evil.example/", "http://evil.example", "/\\evil.example", "javascript:alert(1)", "", "m/"]
    + ["/wall\r\nSet-Cookie: x=1", "\t//evil.example"],
)
def test_nobody_is_sent_to_another_site(target) -> None:
    assert safe_next(target) is None


def test_a_path_of_ours_is_kept() -> None:
    assert safe_next("/wall/?area=320404&tab=safety") == "/wall/?area=320404&tab=safety"
