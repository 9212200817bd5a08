"""Who gets a screen, and who a plain page that says where to go."""

from __future__ import annotations

import json
import re

import pytest

from app.web.pages import edition
from tests import cast


@pytest.mark.parametrize("page", ["wall", "cockpit"])
@pytest.mark.parametrize(
    ("user", "todo"), [(cast.ADMIN, "请用值班或领导账号登录"), (cast.ZHANG, "/m/")]
)
def test_an_account_that_the_screens_are_not_for_is_told_so(as_user, page, user, todo) -> None:
    layout = as_user(user).get(f"/{page}/_dash-layout")
    assert layout.status_code == 200
    said = str(layout.json)
    assert "您的账号不能查看大屏" in said
    assert todo in said
    assert "/logout" in said
    assert "live-config" not in said


@pytest.mark.parametrize("page", ["wall", "cockpit"])
@pytest.mark.parametrize("user", [cast.DUTY, cast.LEADER, cast.WALL])
def test_who_may_look_gets_the_screen_with_its_live_layer(as_user, page, user) -> None:
    said = str(as_user(user).get(f"/{page}/_dash-layout").json)
    assert "live-config" in said
    assert "您的账号不能查看大屏" not in said


def test_the_administration_is_for_the_administrator(as_user) -> None:
    said = str(as_user(cast.ADMIN).get("/admin/_dash-layout").json)
    assert "live-config" in said
    assert "admin-body" in said


@pytest.mark.parametrize("user", [cast.DUTY, cast.COMMANDER, cast.LEADER, cast.WALL, cast.ZHANG])
def test_everybody_else_is_told_that_it_is_not_for_him(as_user, user) -> None:
    said = str(as_user(user).get("/admin/_dash-layout").json)
    assert "您的账号不能进入系统管理" in said
    assert "live-config" not in said


def test_the_administrator_lands_on_his_feeds(as_user) -> None:
    admin = as_user(cast.ADMIN)
    assert admin.get("/").location == "/admin/feeds"
    for tab in ("feeds", "letters", "strangers", "tokens"):
        assert admin.get(f"/admin/{tab}").status_code == 200
    assert "/admin/feeds" in str(admin.get("/wall/_dash-layout").json)


def test_his_socket_hears_the_pulse_and_nothing_of_the_city(as_user, push) -> None:
    socket = as_user(cast.ADMIN).socket()
    push.sockets.emit("pulse", push.pulse.word(""), to="pulse:")
    heard = socket.get_received()
    assert [one["name"] for one in heard] == ["pulse"]
    assert heard[0]["args"][0]["tiles"] == []


def placed(layout: str) -> str:
    """The area that the map of a layout shows."""
    (store,) = re.findall(r'\{[^{}]*"id":"place"[^{}]*\}', layout)
    return str(json.loads(store)["data"])


@pytest.mark.parametrize(
    ("address", "area"),
    [
        (None, "320404"),
        (f"/wall/?area={cast.STREET}", cast.STREET),
        ("/wall/?area=999999", "320404"),  # unknown: the callbacks say so
        ("/wall/?area=x", "320404"),
    ],
)
def test_the_layout_of_the_wall_knows_its_address(as_user, address, area) -> None:
    headers = {"Referer": f"http://localhost{address}"} if address else {}
    layout = as_user(cast.DUTY).get("/wall/_dash-layout", headers=headers).text
    assert placed(layout) == area


def test_a_referrer_that_is_no_address_is_as_none(as_user) -> None:
    headers = {"Referer": "http://[x/?area=320404"}
    assert as_user(cast.DUTY).get("/wall/_dash-layout", headers=headers).status_code == 200


def test_nothing_live_is_loaded_by_who_may_not_look(as_user) -> None:
    assert "live-layer" in as_user(cast.DUTY).get("/wall/").text
    assert "live-layer" not in as_user(cast.ADMIN).get("/wall/").text


def test_a_page_tells_its_edition_in_its_frame_and_in_its_layout(as_user, city) -> None:
    """A frame of one web role around the layout of another is noticed (live/renewal.mjs)."""
    duty = as_user(cast.DUTY)
    frame = duty.get("/wall/").get_data(as_text=True)
    (told,) = re.findall(r'<meta name="edition" content="([^"]*)"', frame)
    assert told == edition(city)
    (layout,) = re.findall(
        r'\\"edition\\": ?\\"([^"\\]*)', duty.get("/wall/_dash-layout").get_data(as_text=True)
    )
    assert layout == told
