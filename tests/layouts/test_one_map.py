"""一张图."""

import json

from dash import no_update

from layouts import ids, one_map
from layouts.address import Address
from tests.layouts import reading, samples


def test_the_breadcrumb_leads_up_and_marks_what_is_schematic():
    steps = one_map.breadcrumb(samples.ground())
    assert reading.actions(steps) == [("area", "320400", None)]
    assert "常州市 › 钟楼区 街道及以下边界为示意" in reading.words(steps)


def test_the_chosen_tab_is_marked():
    chosen = [n for n in reading.nodes(one_map.tabs("safety")) if n["aria-selected"] == "true"]
    assert [node["data-id"] for node in chosen] == ["safety"]
    assert [a[1] for a in reading.actions(one_map.tabs(None))][0] == "all"


def test_the_live_layer_is_told_what_is_looked_at():
    view = json.loads(one_map.looked_at(samples.ground(), Address(alert="A1", tab="safety")))
    assert view["area"] == "320404"
    assert view["parent"] == "320400"
    assert view["alert"] == "A1"
    assert view["tab"] == "safety"
    assert view["grids"] == [[0, 9]]
    assert view["device"] is None


def test_the_selected_device_gets_its_ring_by_number():
    view = json.loads(one_map.looked_at(samples.ground(), Address(device="GAS-1"), "n:7"))
    assert view["device"] == "n:7"


def test_at_the_root_there_is_nothing_above():
    root = samples.ground() | {"path": [{"code": "320404", "name": "钟楼区"}]}
    assert one_map.parent(root) is None


def test_the_view_leaves_room_for_what_lies_on_the_map():
    (south, west), (north, east) = one_map.viewport(samples.ground())["bounds"]
    assert south < 31.77 < 31.80 < north
    assert west < 119.90 < 119.95 < east


def test_every_action_has_its_store():
    assert set(ids.ACTIONS) <= reading.ids(one_map.stores("320404"))


def test_the_map_stays_when_a_thing_has_no_place():
    assert one_map.close_up({"lon": None, "lat": None}) is no_update


def test_whoever_is_nearer_than_a_thing_needs_stays_as_near():
    thing = {"lon": 119.9, "lat": 31.8, "area": "320404005001001"}
    assert one_map.close_up(thing)["zoom"] == one_map.CLOSE
    assert one_map.close_up(thing, (119.8, 31.7, 12.5))["zoom"] == one_map.CLOSE
    assert one_map.close_up(thing, (119.8, 31.7, 17.0))["zoom"] == 17.0


def stands(query: str):
    page = one_map.panel(samples.page() | {"query": query})
    (ground,) = [node for node in reading.nodes(page) if node["_type"] == "MapContainer"]
    return ground


def test_the_map_stands_where_it_should_from_the_start():
    (south, west), (north, east) = stands("")["bounds"]
    assert south < 31.77 < 31.80 < north
    assert west < 119.90 < 119.95 < east
    there = stands("?view=119.9,31.8,15")
    assert (there["center"], there["zoom"]) == ([31.8, 119.9], 15)
    assert "bounds" not in there
