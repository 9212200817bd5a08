"""The panel of layers: what it tells the live layer, which writes it."""

import json

from app.domain.ground import FIGURES
from app.domain.layers import TREE
from layouts import ids, layer_tree, text
from tests.layouts import reading, samples

LEAVES = {leaf for node in TREE for leaf in node.leaves()}


def told():
    return json.loads(layer_tree.book(samples.presets()))


def rows(some=None):
    for row in told()["tree"] if some is None else some:
        yield row
        yield from rows(row["children"])


def test_it_is_one_element_that_callbacks_write_to():
    panel = layer_tree.panel(samples.presets())
    assert reading.ids(panel) == {ids.LAYERS, ids.LAYER_COUNTS}
    assert len(list(reading.nodes(panel))) == 2


def test_it_has_the_layers_and_the_presets():
    book = told()
    assert (book["start"], book["presets"]["flood"]) == ("daily", ["devices:rain"])
    assert "gas" in book["groups"]["devices"]
    assert book["groups"]["alerts"] == []
    assert book["chips"] == [["daily", "日常"], ["flood", "防汛"]]


def test_the_short_legend_hides_what_is_off_at_first():
    short = told()["short"]
    assert [one["code"] for one in short if one["always"]] == ["devices", "cases", "workers"]
    assert {"cameras", "resources:team", "heat"} <= {one["code"] for one in short}
    assert {"感知设备", "在办案件", "在岗网格员"} <= {one["label"] for one in short}


def test_every_layer_is_a_row_of_the_tree_once():
    leaves = [row["code"] for row in rows() if not row["children"]]
    assert sorted(leaves) == sorted(LEAVES)
    for row in rows():
        assert set(row["layers"]) <= LEAVES
        assert row["label"]


def test_marks_without_a_switch_are_explained():
    said = {row["code"]: dict(row["said"]) for row in rows() if row["said"]}
    assert said["devices"] == {"offline": "陈旧/离线", "unheard": "尚无数据"}
    assert said["alerts"] == {
        "alerts/4": "红",
        "alerts/3": "橙",
        "alerts/2": "黄",
        "alerts/1": "蓝",
    }


def test_there_is_a_choice_of_every_figure():
    assert [code for code, _ in told()["figures"]] == [figure.code for figure in FIGURES]
    assert ["on_time", "按期处置率"] in told()["figures"]


def test_counts_go_as_they_are():
    assert json.loads(layer_tree.counts(samples.layers())) == samples.layers()


def test_in_english_all_of_it_is_english():
    text.speak("en")
    try:
        book = layer_tree.book(samples.presets())
    finally:
        text.speak("zh-CN")
    assert json.loads(book)["chips"] == [["daily", "Daily"], ["flood", "Flood"]]
    assert not [letter for letter in book if "一" <= letter <= "鿿"]
