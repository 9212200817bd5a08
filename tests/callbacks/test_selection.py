"""圈选 on the wall: the list, the boxes that stay chosen, sending, an exercise, the file."""

import pytest
from dash import no_update

from app.errors import Invalid
from callbacks import selection
from layouts import selection as page
from tests import cast, things
from tests.callbacks.doorway import open_door
from tests.layouts import reading

SHAPE = {"shape": "circle:119.9,31.8,2000", "at": 1}


@pytest.fixture
def door(city):
    with city.ledger.begin() as tx:
        tx.add(things.an_alert(title="=1+1"))
        tx.add(things.a_case("C1", lon=119.9, lat=31.8))
    return open_door(selection, city, cast.DUTY)


def test_what_is_inside_is_listed_and_goes_with_the_shape(door):
    hidden, body, _, _, _, where, chosen = door["show"](SHAPE, [], page.DRILL)
    assert hidden is False
    assert ("found", "A1", "alert") in reading.actions(body)
    assert [one["value"] for one in where] == [page.DRILL, "C1"], "seen without scrolling"
    assert chosen == page.DRILL
    assert door["show"](None, ["W001"], "C1")[0] is True


def test_the_case_stays_chosen_while_it_is_inside(door):
    assert door["show"](SHAPE, [], "C1")[6] == "C1"
    assert door["show"]({"shape": "circle:119.9,31.9,10"}, ["W001"], "C1")[4:] == (
        [],
        [{"label": "演练（不计入统计）", "value": page.DRILL}],
        page.DRILL,
    )


def test_a_choice_stays_and_is_not_written_again_while_people_walk(door):
    boxes = [{"label": "张三 · 城管局 · 永红街道 · 空闲", "value": "W001"}]
    workers, choice = door["show"](SHAPE, ["W001"], page.DRILL, boxes)[3:5]
    assert choice is no_update
    assert workers == [{"label": "张三 · 已走出范围", "value": "W001"}]


def test_the_chosen_are_sent_to_the_case(city, door):
    said = door["muster"]({}, SHAPE, "C1", ["W001", "W002"], "带水泵")
    assert "张网格" in reading.words(said)
    with city.ledger.read() as tx:
        assert {task.worker for task in tx.tasks(case_id="C1")} == {"W001", "W002"}


def test_or_called_out_for_an_exercise(city, door):
    said = door["muster"]({}, SHAPE, page.DRILL, ["W001"], "防汛演练")
    assert "演练已通知 张网格" in reading.words(said)
    with pytest.raises(Invalid):
        door["muster"]({}, SHAPE, page.DRILL, ["W001"], "")
    with pytest.raises(Invalid):
        door["muster"]({}, SHAPE, "C1", [], "")
    with pytest.raises(Invalid):
        door["muster"]({}, SHAPE, "C1", ["W001"], "字" * 501)


@pytest.mark.parametrize("title", ["=1+1", " =1+1", "＝1+1", "|calc"])
def test_the_file_holds_no_formula(city, title):
    with city.ledger.begin() as tx:
        tx.add(things.an_alert(title=title))
    door = open_door(selection, city, cast.DUTY)
    made = door["export"]({}, SHAPE)
    lines = made["content"].lstrip("\ufeff").splitlines()
    assert lines[0] == '"类别","编号","名称","类型或状态","等级","位置"'
    assert f'"\'{title}"' in lines[1]
    assert made["filename"].endswith(".csv")


def test_a_strange_shape_is_a_sentence(door):
    with pytest.raises(Invalid, match="圈选"):
        door["show"]({"shape": "circle:x"}, [], "")
