"""Dead letters: who may look, what is replayed, what is dropped and why."""

import pytest

from app.errors import Invalid, NotAllowed
from callbacks import admin_letters
from tests import cast
from tests.callbacks.border import EVIL, refused
from tests.callbacks.doorway import open_door, triggered
from tests.layouts import reading

PILE = "?source=works&reason=not_json"


@pytest.fixture
def door(city):
    refused(city)
    return open_door(admin_letters, city, cast.ADMIN)


def chosen(door, query=""):
    lines = door["show"](query, "", [], None)[0]
    return [thing for action, thing, _ in reading.actions(lines) if action == "choose"]


def test_letters_are_listed_and_found_by_what_they_say(door):
    assert len(chosen(door)) == 3
    assert len(door["show"](PILE, "/1", [], None)[0]) == 1
    assert chosen(door, "?source=other") == []


def test_a_pile_has_its_buttons_only_when_it_is_looked_at(door):
    replay, drop = door["show"](PILE, "", [], None)[1:3]
    assert ("letters", "pile", "replay") in reading.actions(replay)
    assert ("letters", "pile", "drop") in reading.actions(drop)
    assert reading.actions(door["show"]("", "", [], None)[1]) == [("letters", "chosen", "replay")]


def test_a_letter_is_chosen_and_no_longer(door):
    first, second, _ = chosen(door)
    with triggered("act-choose"):
        assert door["choose"]({"id": first}, "", None, None) == [first]
        assert door["choose"]({"id": second}, "", None, [first]) == [first, second]
        assert door["choose"]({"id": first}, "", None, [first, second]) == [second]
    with triggered("url", "search"):
        assert door["choose"](None, PILE, None, [first]) == []
    boxes = [node.get("aria-checked") for node in reading.nodes(door["show"]("", "", [second], 0))]
    assert [box for box in boxes if box] == ["false", "true", "false"]


def test_one_letter_is_shown_as_text(door):
    body = door["see"]({"id": chosen(door)[0]})
    (payload,) = (node for node in reading.nodes(body) if node["_type"] == "Pre")
    assert EVIL in payload["children"]


def test_the_chosen_wait_for_their_replay(city, door):
    ids = chosen(door)[:2]
    told, _, note = door["act"]({"value": "replay", "id": "chosen"}, "", ids, "")
    assert "2 封已排队" in reading.words(told)
    assert note == ""
    assert sorted(city.live.queued_letters(10)) == sorted(ids)
    assert "等待重放 2" in reading.words(door["count"](None, "")[0])


def test_a_whole_pile_is_replayed(city, door):
    door["act"]({"value": "replay", "id": "pile"}, PILE, [], "")
    assert len(city.live.queued_letters(10)) == 3


def test_dropping_needs_a_reason(city, door):
    with pytest.raises(Invalid):
        door["act"]({"value": "drop", "id": "pile"}, PILE, [], " ")
    told = door["act"]({"value": "drop", "id": "pile"}, PILE, [], "测试数据")[0]
    assert "已丢弃 3 封" in reading.words(told)
    assert chosen(door) == []


def test_nothing_chosen_is_said_so(door):
    with pytest.raises(Invalid, match="勾选"):
        door["act"]({"value": "replay", "id": "chosen"}, "", [], "")


@pytest.mark.parametrize("user", [cast.DUTY, cast.ZHANG])
def test_letters_are_for_nobody_else(city, door, user):
    there, first = open_door(admin_letters, city, user), chosen(door)[:1]
    for look in (
        lambda: there["count"](None, ""),
        lambda: there["show"]("", "", [], None),
        lambda: there["see"]({"id": first[0]}),
        lambda: there["act"]({"value": "replay", "id": "chosen"}, "", first, ""),
    ):
        with pytest.raises(NotAllowed):
            look()
