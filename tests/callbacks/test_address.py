"""Clicks and keys change the address."""

from callbacks import address
from layouts import ids
from tests import cast
from tests.callbacks.doorway import open_door, triggered


def go(city, action, done, query):
    ways = [done if name == action else None for name in ids.WAYS]
    with triggered(action):
        return open_door(address, city, cast.DUTY)["go"](*ways, query)


def test_a_click_on_an_alert_selects_it(city):
    assert go(city, ids.ACT_ALERT, {"id": "A1"}, "?area=320404") == "?area=320404&alert=A1"


def test_the_tab_all_takes_the_domain_away(city):
    assert go(city, ids.ACT_TAB, {"id": "all"}, "?tab=safety") == ""


def test_escape_closes_the_card_and_then_goes_up(city):
    up = open_door(address, city, cast.DUTY)["go_up"]
    assert up({"id": "card"}, f"?area={cast.STREET}&alert=A1") == f"?area={cast.STREET}"
    assert up({"id": "area"}, f"?area={cast.STREET}") == "?area=320404"


def test_nobody_goes_up_beyond_his_scope(city):
    up = open_door(address, city, cast.DISPATCHER)["go_up"]
    assert up({"id": "area"}, f"?area={cast.STREET}") == ""


def test_a_click_on_a_device_selects_it(city):
    hit = open_door(address, city, cast.DUTY)["hit"]
    assert hit({"hits": [{"type": "device", "n": 7}]}, "") == "?device=n%3A7"


def test_the_area_beside_is_the_next_of_the_same_parent(city):
    beside = open_door(address, city, cast.DUTY)["go_beside"]
    row = [child.code for child in city.areas.children("320404")]
    assert beside({"id": "1"}, f"?area={row[0]}&outside=alert") == f"?area={row[1]}"
    assert beside({"id": "-1"}, f"?area={row[1]}") == f"?area={row[0]}"
