"""All callbacks together: they fit the pages, and what goes wrong is said."""

import json
from unittest.mock import patch

import dash
import pytest

import callbacks
from app.errors import Conflict
from layouts import cockpit, ids, trend, wall
from tests import cast
from tests.layouts import reading, samples

PAGES = [("wall", wall.page), ("cockpit", cockpit.page)]


def built(name, city):
    page = dash.Dash(f"test-{name}", url_base_pathname=f"/{name}/")
    callbacks.register(page, city, lambda: cast.DUTY)
    return page


def named(callback):
    for part in callback["inputs"] + callback["state"]:
        yield part["id"]
    for output in callback["output"].strip(".").split("..."):
        if "." in output:
            yield output.split(".")[0]


@pytest.mark.parametrize(("name", "layout"), PAGES)
def test_every_callback_finds_its_components_on_the_page(city, name, layout):
    page = built(name, city)
    on_page = reading.ids(layout(samples.page())) | reading.ids(trend.body())
    found = {i for callback in page._callback_list for i in named(callback)}
    wanted = {i for i in found if not i.startswith("{")}  # those are made by other callbacks
    assert wanted - on_page == set()


@pytest.mark.parametrize(("name", "layout"), PAGES)
def test_nothing_polls(city, name, layout):
    assert "Interval" not in json.dumps(reading.plain(layout(samples.page())))


def listening(page, *stores):
    """The first output of each callback that one of these stores sets off."""
    return sorted(
        callback["output"].strip(".").split(".")[0]
        for callback in page._callback_list
        if any(one["id"] in stores for one in callback["inputs"])
    )


def test_an_alert_sets_off_its_list_the_counts_and_the_strip_alone(city):
    assert listening(built("wall", city), ids.PULSE, ids.CALM) == [
        ids.ALERTS,
        ids.LAYER_COUNTS,
        ids.STRIP,
    ]


def test_selecting_a_thing_leaves_the_figures_still(city):
    still = set(listening(built("wall", city), ids.SIGHT))
    assert still == {ids.AREAS, ids.HOTLINE, ids.LAYER_COUNTS, ids.STRIP, ids.TILES, ids.TREND}
    assert not still & set(listening(built("wall", city), ids.URL))


def test_importing_registers_nothing():
    assert dash._callback.GLOBAL_CALLBACK_LIST == []


def test_a_refusal_is_said_in_its_own_words():
    with patch("callbacks.set_props") as told:
        callbacks.on_error(Conflict("已被别人处理。"))
    (slot, props) = told.call_args.args
    assert slot == ids.MESSAGE
    assert reading.words(props["children"]) == "已被别人处理。"


def test_what_nobody_expected_is_logged_and_not_shown(caplog):
    with patch("callbacks.set_props") as told:
        callbacks.on_error(KeyError("secret detail"))
    assert "secret" not in reading.words(told.call_args.args[1]["children"])
    assert "secret detail" in caplog.text
