"""派单."""

from layouts import dispatch_panel as panel
from layouts import ids
from tests.layouts import reading, samples


def _labels(data):
    return [box.options[0]["label"] for box in panel.workers(data, [])]


def _chosen(data, before):
    return panel.chosen([box.value for box in panel.workers(data, before)])


def test_the_panel_has_its_places():
    wanted = {ids.DISPATCH, ids.DISPATCH_WORKERS, ids.DISPATCH_NOTE, ids.DISPATCH_RESULT}
    assert wanted <= reading.ids(panel.panel())


def test_nothing_chosen_says_what_to_do():
    title, unit, about, workers, send = panel.painted(None, ["W001"])
    assert (title, unit, workers, send) == ("派单", "", [], None)
    assert "选择一条预警或案件" in reading.words(about)


def test_workers_are_offered_with_the_reasons():
    words = reading.words(_labels(samples.dispatch_panel()))
    for said in ("网格员01", "3 分到", "距离 210 m", "责任网格", "手上 0 件", "具备专长"):
        assert said in words


def test_nobody_is_chosen_unasked_and_a_choice_stays_while_it_is_possible():
    data = samples.dispatch_panel()
    assert _chosen(data, []) == []
    assert _chosen(data, ["W003"]) == ["W003"]
    assert _chosen(data, ["W999"]) == []


def test_who_may_not_dispatch_gets_no_workers_and_no_button():
    data = samples.dispatch_panel(moves=[])
    assert panel.workers(data, []) == []
    assert panel.send(data) is None


def test_a_note_can_be_given_where_only_a_case_can_be_moved():
    assert panel.send(samples.dispatch_panel(moves=["void"])) is not None
    assert panel.send(samples.dispatch_panel(moves=["open"])) is None


def test_the_button_sends_for_the_case():
    assert reading.actions(panel.send(samples.dispatch_panel())) == [
        ("send", "ZL20261121000001", None)
    ]


def test_an_alert_without_a_case_can_be_opened():
    data = samples.dispatch_panel(case=None, moves=["open"], candidates=[], tasks=[])
    about = panel.about(data)
    assert "此预警还没有案件" in reading.words(about)
    assert reading.actions(about) == [("case-move", "A1", "open")]
    assert panel.lacks_case(data)


def test_moves_and_tasks_of_the_case_are_shown():
    about = panel.about(samples.dispatch_panel(moves=["close", "rework"]))
    assert reading.actions(about) == [
        ("case-move", "ZL20261121000001", "close"),
        ("case-move", "ZL20261121000001", "rework"),
        ("nearby", "", "119.950000,31.780000,3000,"),
    ]
    assert "网格员09 已签收" in reading.words(about)


def test_the_result_is_said_plainly():
    assert "已派给 甲（主办）、乙" in reading.words(panel.sent(["甲", "乙"]))
    assert "核查结案：已完成" in reading.words(panel.moved("close"))


def test_a_reason_that_is_new_is_shown_by_its_code():
    assert panel.reason({"code": "left_handed", "value": 1}) == "left_handed"
    assert panel.reason({"code": "position_old", "value": 600}) == "位置 10 分钟前"


def test_no_workers_at_all_and_ten_thousand():
    assert panel.workers(samples.dispatch_panel(candidates=[]), []) == []
    many = samples.dispatch_panel(candidates=[samples.candidate(n) for n in range(10_000)])
    assert len(panel.workers(many, [])) == 6


def test_what_is_masked_is_offered_to_who_may_read_it():
    data = samples.dispatch_panel(moves=[], unmask=["address", "caller"])
    there = reading.actions(panel.about(data))
    case = data["case"]["id"]
    assert {("unmask", case, "address"), ("unmask", case, "caller")} <= set(there)
    assert "unmask" not in str(reading.actions(panel.about(samples.dispatch_panel())))
