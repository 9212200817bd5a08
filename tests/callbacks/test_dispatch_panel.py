"""派单, from the click to the task."""

import pytest

from app.domain.cases import CaseStatus
from app.errors import Invalid, NotAllowed
from callbacks import dispatch_panel
from tests import cast
from tests.callbacks.doorway import open_door
from tests.layouts import reading


def door(city, user=cast.DISPATCHER):
    return open_door(dispatch_panel, city, user)


def test_nothing_is_chosen(city):
    title, *_ = door(city)["show"]("", None, [])
    assert title == "派单"


def test_workers_of_the_street_are_offered_for_a_case(city, case):
    title, _, about, workers, _ = door(city)["show"](f"?case={case.id}", None, [])
    assert title == "派单 · 暴露垃圾"
    assert "待派遣" in reading.words(about)
    assert "张网格" in reading.words([box.options[0]["label"] for box in workers])
    assert workers[0].options[0]["value"]
    assert not any(box.value for box in workers)


def test_a_choice_stays_over_a_repaint(city, case):
    *_, workers, _ = door(city)["show"](f"?case={case.id}", None, [[], ["W001"]])
    assert [box.value for box in workers if box.value] == [["W001"]]


def test_sending_makes_a_task_and_says_to_whom(city, case):
    result, note = door(city)["send"]({"id": case.id}, [[], ["W001"]], "请尽快")
    assert "已派给 张网格" in reading.words(result)
    assert note == ""
    with city.ledger.read() as tx:
        assert tx.case(case.id).status is CaseStatus.PENDING_HANDLE
        assert [task.worker for task in tx.tasks(case_id=case.id)] == ["W001"]


def test_sending_nobody_is_refused_with_a_sentence(city, case):
    with pytest.raises(Invalid) as refused:
        door(city)["send"]({"id": case.id}, [], "")
    assert refused.value.message


def test_a_stranger_may_not_send(city, case):
    with pytest.raises(NotAllowed):
        door(city, cast.STRANGER)["send"]({"id": case.id}, [["W001"]], "")


def test_an_alert_without_a_case_becomes_one_when_it_is_to_be_dispatched(city, yellow):
    door(city)["prepare"]({"id": yellow.id, "value": "alert"})
    with city.ledger.read() as tx:
        assert tx.alert(yellow.id).case_id is not None


def test_to_prepare_twice_or_a_case_changes_nothing(city, red, case):
    seq = city.ledger.last_seq()
    door(city, cast.DUTY)["prepare"]({"id": red.id, "value": "alert"})
    door(city, cast.DUTY)["prepare"]({"id": case.id, "value": "case"})
    assert city.ledger.last_seq() == seq


def test_a_case_is_voided_with_a_reason_only(city, case):
    with pytest.raises(Invalid):
        door(city, cast.COMMANDER)["move"]({"id": case.id, "value": "void"}, "")
    result, note = door(city, cast.COMMANDER)["move"]({"id": case.id, "value": "void"}, "重复上报")
    assert "作废：已完成" in reading.words(result)
    assert note == ""


def test_an_alert_is_opened_as_a_case_by_its_button(city, yellow):
    result, _ = door(city, cast.DUTY)["move"]({"id": yellow.id, "value": "open"}, "")
    assert "立为案件：已完成" in reading.words(result)


def test_another_address_starts_anew(city):
    assert door(city)["start_anew"]("?case=x") == (None, "")


def test_a_note_that_is_too_long_is_refused(city, case):
    for verb, more in (("send", (["W001"],)), ("move", ())):
        with pytest.raises(Invalid) as refused:
            door(city)[verb]({"id": case.id, "value": "void"}, *more, "长" * 501)
        assert "note" in refused.value.fields
