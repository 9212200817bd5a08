"""The list of what is near: groups by distance, ways to each thing, filters that are actions."""

from __future__ import annotations

import pytest

from layouts import ids, nearby, text
from tests.layouts import reading

ROWS = {
    "workers": [
        {
            "type": "worker",
            "id": "W001",
            "name": "张网格",
            "what": "区城管局",
            "lon": 119.9,
            "lat": 31.8,
            "distance_m": 210,
            "at": 1_795_000_000_000,
            "tasks": 2,
        }
    ],
    "cameras": [
        {
            "type": "camera",
            "id": "c1",
            "sort": "camera",
            "name": "路口",
            "what": "路口",
            "lon": 119.9,
            "lat": 31.8,
            "distance_m": 40,
            "level": 0,
            "state": "ready",
            "links": ["https://v.example/c1"],
        }
    ],
    "resources": [
        {
            "type": "resource",
            "id": "r1",
            "sort": "hazard",
            "name": "加油站",
            "what": "危化",
            "lon": 119.9,
            "lat": 31.8,
            "distance_m": 1500,
            "level": 4,
            "state": "out",
            "links": [],
        }
    ],
    "devices": [
        {
            "type": "device",
            "id": "D1",
            "name": "井 1",
            "what": "gas",
            "lon": 119.9,
            "lat": 31.8,
            "distance_m": 5,
            "level": 0,
        }
    ],
    "cases": [
        {
            "type": "case",
            "id": "ZL1",
            "name": "暴露垃圾",
            "what": "handling",
            "lon": 119.9,
            "lat": 31.8,
            "distance_m": 7,
            "level": 0,
        }
    ],
}
TOTALS = {"totals": dict.fromkeys(ROWS, 7)}
ONE = nearby.Asked(119.9, 31.8)


def shown(**over):
    return nearby.found(ROWS | TOTALS | over, ONE, platform=True)


def tags(layout, type_: str) -> list[dict]:
    return [node for node in reading.nodes(layout) if node["_type"] == type_]


def test_every_thing_has_its_name_and_distance():
    said = reading.words(shown())
    for words in ("张网格", "210 m", "路口", "加油站", "1.5 km", "井 1", "暴露垃圾", "共 7"):
        assert words in said
    assert text.say("near.tasks", n=2) in said
    assert text.say("resource.out") in said


def test_every_thing_has_its_way():
    ways = {one for one in reading.actions(shown()) if one[0] != "nearby"}
    assert ways == {
        ("thing", "worker:W001", "119.9,31.8"),
        ("thing", "resource:c1", "119.9,31.8"),
        ("thing", "resource:r1", "119.9,31.8"),
        ("found", "D1", "device"),
        ("found", "ZL1", "case"),
    }


def test_a_link_to_a_camera_tells_the_platform_nothing_of_us():
    (link,) = tags(shown(), "A")
    assert (link["href"], link["rel"]) == ("https://v.example/c1", "noopener noreferrer")


def test_without_a_platform_it_says_so():
    bare = [ROWS["cameras"][0] | {"links": []}]
    list_ = nearby.found(ROWS | TOTALS | {"cameras": bare}, ONE, platform=False)
    assert text.say("resource.no_platform") in reading.words(list_)
    assert not tags(list_, "A")


def test_nothing_near_is_said():
    nothing = {name: [] for name in ROWS} | {"totals": dict.fromkeys(ROWS, 0)}
    said = reading.words(nearby.found(nothing, ONE, platform=True))
    assert text.say("near.none", distance="3.0 km") in said


def test_the_chosen_reach_and_group_are_pressed_and_keep_the_place():
    one = nearby.Asked(119.9, 31.8, 1000, "team")
    list_ = nearby.found(ROWS | TOTALS, one, platform=True)
    pressed = [b["data-value"] for b in tags(list_, "Button") if b.get("aria-pressed") == "true"]
    assert pressed == ["119.900000,31.800000,1000,team"] * 2
    assert tags(list_, "Section")[0]["data-near"] == "119.900000,31.800000,1000,team"


@pytest.mark.parametrize(
    ("value", "one"),
    [
        ("119.9,31.8", nearby.Asked(119.9, 31.8)),
        ("119.9,31.8,500,cameras", nearby.Asked(119.9, 31.8, 500, "cameras")),
        ("119.9,31.8,500", nearby.Asked(119.9, 31.8, 500)),
        ("119.9,31.8,7,pubs", nearby.Asked(119.9, 31.8)),
        ("119.9", None),
        ("a,b", None),
        ("nan,31.8", None),
        ("999,31.8", None),
        ("119.9,31.8,x", None),
        ("", None),
        (None, None),
    ],
)
def test_what_is_asked_for_is_read(value, one):
    assert nearby.asked({"id": None, "value": value}) == one


def test_what_is_asked_for_is_read_as_it_was_written():
    one = nearby.Asked(119.9, 31.8, 500, "shelter")
    assert nearby.asked({"value": one.value()}) == one
    assert nearby.asked(None) is None


def test_the_panel_has_its_place():
    assert reading.ids(nearby.panel()) == {ids.NEARBY}
