"""The cards of resources and workers: their fields, what is masked, and what is near them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.domain.resources import Resource, Sort, State, public
from layouts import ids, resource_card, text
from tests.layouts import reading

BODIES = {
    Sort.TEAM: {"members": 12, "leader": "张建国", "phone": "13812345678"},
    Sort.SUPPLY: {"item": "沙袋", "quantity": 1200, "measure": "只"},
    Sort.SHELTER: {"capacity": 1500},
    Sort.HAZARD: {"grade": "重大", "measures": "巡查"},
    Sort.PROTECTED: {"people": 900},
    Sort.CAMERA: {"code": "32040400001320000001", "direction": "东"},
}
SAID = {
    Sort.TEAM: ("12", "张**", "138****5678"),
    Sort.SUPPLY: ("沙袋", "1,200 只"),
    Sort.SHELTER: ("1,500",),
    Sort.HAZARD: ("重大", "巡查"),
    Sort.PROTECTED: ("900",),
    Sort.CAMERA: ("32040400001320000001", "东"),
}
WORKER = {
    "id": "W001",
    "name": "张网格",
    "unit": "区城管局",
    "grid": "双桂坊",
    "place": "双桂坊",
    "on_duty": True,
    "skills": ["06"],
    "lon": 119.9,
    "lat": 31.8,
    "at": 1_795_000_000_000,
    "load": 1,
    "tasks": [
        {
            "id": "t1",
            "case": "ZL1",
            "title": "暴露垃圾",
            "status": "sent",
            "due_at": "2026-11-20T10:00:00+00:00",
            "sent_at": "2026-11-20T09:00:00+00:00",
            "overdue": False,
        }
    ],
    "track": True,
}


def one(sort: Sort, **over):
    thing = Resource(
        id="x1",
        sort=sort,
        name="名称",
        kind="类",
        area="320404001001001",
        lon=119.9,
        lat=31.8,
        unit="区应急局",
        body=BODIES[sort],
        state=State.READY,
        updated=datetime(2026, 11, 20, tzinfo=UTC),
    )
    return public(thing) | {"place": "双桂坊", "links": []} | over


def card(data, **over):
    return resource_card.resource(data, **{"go": "", "platform": True} | over)


@pytest.mark.parametrize("sort", Sort)
def test_the_card_says_every_field_of_its_sort(sort):
    said = reading.words(card(one(sort)))
    assert all(words in said for words in SAID[sort])
    assert text.say(f"sort.{sort.value}") in said
    assert "区应急局" in said
    assert "双桂坊" in said


def test_a_hazard_has_its_level_as_colour_shape_and_word():
    marks = [n for n in reading.nodes(card(one(Sort.HAZARD))) if n.get("role") == "img"]
    assert [m["aria-label"] for m in marks] == [text.say("level.4")]


def test_the_card_tells_the_live_layer_what_and_where_it_is():
    (article,) = [n for n in reading.nodes(card(one(Sort.TEAM), go="7")) if "data-thing" in n]
    marks = (article["data-thing"], article["data-place"], article["data-go"])
    assert marks == ("resource:x1", "119.9,31.8", "7")


def test_it_closes_and_leads_to_what_is_near():
    assert reading.actions(card(one(Sort.TEAM))) == [
        ("thing", "", None),
        ("nearby", "", "119.900000,31.800000,3000,"),
    ]


def test_a_camera_with_a_platform_has_a_link_without_one_a_sentence():
    linked = card(one(Sort.CAMERA, links=["https://v.example/1"]))
    assert [n["href"] for n in reading.nodes(linked) if n["_type"] == "A"] == [
        "https://v.example/1"
    ]
    bare = reading.words(card(one(Sort.CAMERA), platform=False))
    assert text.say("resource.no_platform") in bare


def test_what_is_out_of_use_says_so():
    assert text.say("resource.out") in reading.words(card(one(Sort.TEAM, state="out")))


def test_a_worker_has_grid_duty_tasks_and_the_age_of_his_place():
    shown = resource_card.worker(WORKER, go="")
    said = reading.words(shown)
    for words in ("张网格", "双桂坊", "区城管局", "暴露垃圾", text.say("who.on_duty")):
        assert words in said
    assert text.say("who.load", n=1) in said
    assert ("select-case", "ZL1", None) in reading.actions(shown)
    nodes = list(reading.nodes(shown))
    assert [n["data-track"] for n in nodes if "data-track" in n] == ["1"]
    assert str(WORKER["at"]) in [n.get("data-at") for n in nodes]


def test_a_worker_without_a_place_says_so_and_nothing_is_near_him():
    nowhere = WORKER | {"lon": None, "lat": None, "at": None, "on_duty": False, "track": False}
    shown = resource_card.worker(nowhere | {"tasks": [], "load": 0}, go="")
    said = reading.words(shown)
    assert text.say("who.no_place") in said
    assert text.say("who.off_duty") in said
    assert text.say("who.free") in said
    assert [action for action, *_ in reading.actions(shown)] == ["thing"]
    assert [n["data-place"] for n in reading.nodes(shown) if "data-place" in n] == [""]


@pytest.mark.parametrize(
    ("id_", "wanted"),
    [
        ("worker:W001", ("worker", "W001")),
        ("resource:a:b", ("resource", "a:b")),
        ("device:D1", None),
        ("worker:", None),
        ("W001", None),
        (None, None),
    ],
)
def test_what_an_action_asks_for(id_, wanted):
    assert resource_card.wanted({"id": id_}) == wanted
    assert resource_card.wanted(None) is None


def test_a_click_opens_one_resource_or_worker_and_nothing_else():
    resource, worker = {"type": "resource", "id": "x"}, {"type": "worker", "id": "W001"}
    assert resource_card.clicked({"hits": [resource]}) == ("resource", "x")
    assert resource_card.clicked({"hits": [worker]}) == ("worker", "W001")
    assert resource_card.clicked({"hits": [resource, worker]}) is None
    assert resource_card.clicked({"hits": [{"type": "device", "n": 3}]}) is None
    assert resource_card.clicked(None) is None


def test_it_flies_only_where_it_was_asked_to():
    assert resource_card.flight({"id": "worker:W1", "value": "1,2", "at": 5}) == "5"
    assert resource_card.flight({"id": "worker:W1", "value": None, "at": 5}) == ""


def test_the_panel_has_its_place():
    assert reading.ids(resource_card.panel()) == {ids.THING}
