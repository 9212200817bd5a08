"""The map."""

import json

import pytest
from dash import no_update

from app.errors import NotAllowed, NotFound
from callbacks import one_map
from layouts import ids
from tests import cast
from tests.callbacks.doorway import open_door, triggered
from tests.layouts import reading
from tests.services.watching import register


def test_the_address_decides_the_place(city):
    tabs, crumb, view, moved = open_door(one_map, city, cast.DUTY)["place"](
        f"?area={cast.STREET}&tab=safety", None
    )
    assert json.loads(view)["area"] == cast.STREET
    assert moved == cast.STREET
    assert city.areas.name(cast.STREET) in reading.words(crumb)
    assert len(tabs) == 5


def test_the_ground_is_not_sent_again_while_the_area_stays(city):
    place = open_door(one_map, city, cast.DUTY)["place"]
    assert place("?area=320404&alert=A1", "320404")[-1] is no_update


def test_the_ground_of_a_district_has_its_streets(city):
    areas, outline, viewport = open_door(one_map, city, cast.DUTY)["ground"]("320404")
    assert len(areas["features"]) == 8
    assert all(feature["id"] for feature in areas["features"])
    assert outline["features"]
    assert viewport["bounds"]


def test_the_colours_and_counts_follow_the_open_cases(city, case):
    door = open_door(one_map, city, cast.DUTY)
    hideout, legend = door["colours"]("", None, None)
    assert hideout["texts"][cast.STREET] == "1"
    assert json.loads(door["counts"](""))["cases"] == 1
    assert json.loads(legend)["title"] == "底色 · 在办案件数"


def test_the_areas_are_coloured_by_what_the_address_says(city, case):
    colours = open_door(one_map, city, cast.DUTY)["colours"]
    hideout, legend = colours("?figure=on_time", None, None)
    assert set(hideout["fills"].values()) == {None}
    assert json.loads(legend)["steps"][-1][1:] == ["无数据", "8 个"]


def test_areas_out_of_scope_are_refused_and_unknown_ones_not_found(city):
    with pytest.raises(NotAllowed):
        open_door(one_map, city, cast.STRANGER)["place"](f"?area={cast.STREET}", None)
    with pytest.raises(NotFound):
        open_door(one_map, city, cast.DUTY)["place"]("?area=999999", None)


def test_the_map_goes_to_what_somebody_selects(city, red, case):
    go_there = open_door(one_map, city, cast.DUTY)["go_there"]
    with triggered(ids.ACT_ALERT):
        assert go_there({"id": red.id}, None)["center"] == [red.lat, red.lon]
        assert go_there({"id": red.id, "value": "auto"}, None) is no_update
    with triggered(ids.ACT_CASE):
        assert go_there({"id": red.id}, {"id": case.id})["center"] == [case.lat, case.lon]


def test_a_device_that_search_has_found_is_ringed_and_the_map_goes_there(city):
    [device] = register(city, "GAS-1")
    door = open_door(one_map, city, cast.DUTY)
    *_, view, _moved = door["place"](f"?device={device.code}", None)
    assert json.loads(view)["device"] == f"n:{device.n}"
    *_, unknown, _moved = door["place"]("?device=NO-1", None)
    assert json.loads(unknown)["device"] is None
    centre = door["go_to_found"]({"id": device.code, "value": "device"})["center"]
    assert centre == [device.lat, device.lon]
    assert door["go_to_found"]({"id": cast.STREET, "value": "area"}) is no_update
    assert door["go_to_found"](None) is no_update
