"""The card of a component."""

from layouts import component_card, resource_card
from tests.layouts import reading

ONE = {
    "type": "component",
    "id": "32040401037000001",
    "name": "清潭路 12 号灯",
    "what": "路灯",
    "kind": "01037",
    "major": "01",
    "major_name": "市政公用设施",
    "state": "破损",
    "area": "320404001001001",
    "place": "五星社区",
    "lon": 119.9465,
    "lat": 31.7765,
    "may_report": True,
    "fields": [
        {"abbr": "GLBJMC", "name": "name", "title": "管理部件名称", "value": "清潭路 12 号灯"},
        {"abbr": "ZGBMMC", "name": "charge", "title": "主管部门名称", "value": "区城管局"},
        {"abbr": "SZDYWGBSM", "name": "unit_grid", "title": "所在", "value": "320404001001007"},
    ],
}


def test_it_says_what_it_is_whose_and_where():
    words = reading.words(component_card.card(ONE))
    for said in ("清潭路 12 号灯", "破损", "市政公用设施 · 路灯", "32040401037000001", "区城管局"):
        assert said in words
    assert "五星社区 · 320404001001007" in words


def test_the_live_layer_finds_its_place():
    node = next(n for n in reading.nodes(component_card.card(ONE)) if "data-thing" in n)
    assert node["data-thing"] == "component:32040401037000001"
    assert node["data-place"] == "119.9465,31.7765"


def test_a_report_is_offered_only_where_allowed():
    asked = ("component-report", "32040401037000001", "broken")
    assert asked in reading.actions(component_card.card(ONE))
    silent = component_card.card({**ONE, "may_report": False})
    assert not [each for each in reading.actions(silent) if each[0] == "component-report"]


def test_an_action_opens_it_as_every_thing():
    assert resource_card.wanted({"id": "component:32040401037000001"}) == (
        "component",
        "32040401037000001",
    )
