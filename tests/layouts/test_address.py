"""The address of a page is its state, and every click leads to another address."""

import pytest

from layouts import address
from layouts.address import Address

HERE = Address(area="320404", tab="safety", alert="A1")


@pytest.mark.parametrize(
    "one",
    [
        Address(),
        Address(area="320404005"),
        Address(area="320404", tab="economy", alert="a b&c=d", case="中", device="n:1"),
    ],
)
def test_what_is_written_is_read_again(one):
    assert address.read(one.query()) == one


@pytest.mark.parametrize(
    "query", [None, "", "?", "?x=1", "?tab=nonsense", "?area=<b>", "?&&=", "%"]
)
def test_nonsense_in_an_address_is_left_out(query):
    assert address.read(query) == Address()


@pytest.mark.parametrize(
    ("action", "done", "there"),
    [
        ("act-tab", {"id": "economy"}, HERE.to(tab="economy")),
        ("act-tab", {"id": "all"}, HERE.to(tab=None)),
        ("act-area", {"id": "320404005"}, HERE.to(area="320404005")),
        ("act-select-alert", {"id": "A2"}, HERE.to(alert="A2")),
        ("act-select-case", {"id": "ZL1"}, HERE.to(alert=None, case="ZL1")),
        ("act-device", {"id": "n:3"}, HERE.to(alert=None, device="n:3")),
        ("act-found", {"id": "320404", "value": "area"}, Address(area="320404", tab="safety")),
        ("act-found", {"id": "G1", "value": "device"}, HERE.to(alert=None, device="G1")),
        ("act-found", {"id": "x", "value": "nonsense"}, HERE),
        ("act-unknown", {"id": "x"}, HERE),
    ],
)
def test_where_an_action_leads(action, done, there):
    assert address.choose(HERE, action, done) == there


def test_a_new_red_alert_does_not_take_the_officer_away_from_a_case():
    busy = Address(case="ZL1")
    auto = {"id": "A9", "value": "auto"}
    assert address.choose(busy, "act-select-alert", auto) == busy
    assert address.choose(Address(), "act-select-alert", auto) == Address(alert="A9")


def test_up_first_closes_the_card_then_goes_up():
    assert address.up(HERE, "area", "320400") == HERE.to(alert=None)
    assert address.up(HERE.to(alert=None), "area", "320400") == Address(area="320400", tab="safety")
    assert address.up(Address(), "area", None) == Address()


@pytest.mark.parametrize(
    ("hits", "there"),
    [
        ([], HERE),
        ([{"type": "alert", "id": "A2"}], HERE.to(alert="A2")),
        ([{"type": "case", "id": "ZL1"}], HERE.to(alert=None, case="ZL1")),
        ([{"type": "device", "n": 7}], HERE.to(alert=None, device="n:7")),
        ([{"type": "worker", "id": "W1"}], HERE),
        ([{"type": "worker", "id": "W1"}, {"type": "case", "id": "Z"}], HERE),
        ([{"type": "device", "n": 7}, {"type": "device", "n": 8}], HERE),
    ],
)
def test_a_click_on_one_mark_selects_it(hits, there):
    assert address.hit(HERE, {"hits": hits}) == there


@pytest.mark.parametrize(
    ("query", "view"),
    [
        ("?view=119.95,31.78,14.5&area=320404", (119.95, 31.78, 14.5)),
        ("?view=119.95,31.78", None),
        ("?view=a,b,c", None),
        ("?view=999,31.78,12", None),
        ("?view=nan,31.78,12", None),
        ("", None),
        (None, None),
    ],
)
def test_a_link_may_say_where_the_map_stands(query, view):
    assert address.map_view(query) == view


def test_what_was_outside_is_told_once():
    here = address.read("?area=320404&outside=alert")
    assert here.outside == "alert"
    assert here.to(tab="safety").query() == "?area=320404&tab=safety"


def test_the_figure_of_the_areas_is_part_of_the_address():
    assert address.read("?figure=online&area=320404").figure == "online"
    assert address.read("?figure=nonsense").figure is None
    there = address.choose(Address(area="320404"), "act-figure", {"id": "on_time"})
    assert there.query() == "?area=320404&figure=on_time"
    assert address.choose(there, "act-figure", {"id": "open"}).figure is None
