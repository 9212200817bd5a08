"""What every page has."""

import json

from layouts import frame
from tests.layouts import reading, samples


def test_every_kind_has_a_shape_that_the_live_layer_knows():
    known = {"circle", "square", "triangle", "diamond", "hexagon", "drop", "cross", "star"}
    assert set(frame.SHAPES.values()) <= known


def test_the_cockpit_has_no_map_and_no_sound():
    config = json.loads(frame.config(samples.page("leader"), on_map=False))
    assert (config["map"], config["fly"], config["sound"]) == (False, False, False)


def test_signing_out_is_a_form_that_posts():
    (form,) = [n for n in reading.nodes(frame.account(samples.page())) if n["_type"] == "Form"]
    assert (form["action"], form["method"]) == ("/logout", "POST")


def test_a_message_is_said():
    assert reading.words(frame.message("请重试")) == "请重试"
