"""The page of the wall."""

import json

from app.domain.kinds import KINDS
from layouts import ids, wall
from tests.layouts import reading, samples


def page():
    return wall.page(samples.page())


def test_title_bar_names_the_city_the_shift_and_the_user():
    words = reading.words(page())
    for said in ("钟楼区城市运行一网统管", "白班", "值班员", "退出登录"):
        assert said in words


def test_every_panel_has_its_title():
    words = reading.words(page())
    for said in (
        "城市体征",
        "当前预警",
        "案件趋势",
        "12345 热点",
        "实时预警",
        "临期与超期",
        "派单",
    ):
        assert said in words


def test_the_live_layer_gets_its_configuration():
    config = next(n for n in reading.nodes(page()) if n.get("id") == ids.LIVE_CONFIG)
    told = json.loads(config["data-config"])
    assert told["map"] is True
    assert told["scope"] == "320404"
    assert [kind["code"] for kind in told["kinds"]] == [kind.code for kind in KINDS]
    assert told["feeds"] == {"telemetry": 15}


def test_what_can_be_pressed_is_a_button():
    for node in reading.nodes(page()):
        if "data-action" in node:
            assert node["_type"] == "Button"
            assert node["type"] == "button"


def test_the_banner_and_the_message_are_announced():
    roles = {n["id"]: n.get("role") for n in reading.nodes(page()) if "id" in n}
    assert roles[ids.BANNER] == "alert"
    assert roles[ids.MESSAGE] == "alert"
