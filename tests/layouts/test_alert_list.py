"""实时预警 and 当前预警."""

import pytest

from layouts import alert_list
from tests.layouts import reading, samples, warning_samples


def test_a_row_says_what_where_and_how_much():
    words = reading.words(alert_list.row(samples.alert(), selected=False))
    for said in ("燃气浓度超限", "未确认", "南大街街道 · 双桂坊 GAS-0417", "58.0 %LEL ≥ 50"):
        assert said in words


def test_a_row_selects_its_alert():
    row = alert_list.row(samples.alert(7), selected=True)
    assert reading.actions(row) == [("select-alert", "A7", None)]
    assert any(node.get("aria-current") == "true" for node in reading.nodes(row))


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"status": "raised"}, "未确认"),
        ({"status": "acknowledged"}, "已确认"),
        ({"status": "acknowledged", "case_status": "pending_dispatch"}, "已确认"),
        ({"status": "acknowledged", "case_status": "pending_handle"}, "已派单"),
        ({"status": "raised", "case_status": "handling"}, "处置中"),
    ],
)
def test_the_state_is_that_of_the_case_once_somebody_works_on_it(more, said):
    assert reading.words(alert_list.state(samples.alert(**more))) == said


def test_a_value_below_its_limit_is_said_so():
    low = samples.alert(value=0.14, threshold=0.2, unit="MPa", digits=3)
    assert alert_list.crossed(low) == "0.140 MPa ≤ 0.2"


def test_a_gateway_says_how_many_it_takes_with_it():
    assert "影响 46 台" in reading.words(alert_list.row(samples.alert(affected=46), selected=False))
    line = samples.alert(affected=3, kind="source")
    assert "涉及 3 个数据源" in reading.words(alert_list.row(line, selected=False))


def test_no_alerts_and_very_many():
    empty = samples.alerts_panel(0)
    assert "没有未解除的预警" in reading.words(alert_list.alerts(empty, None))
    many = samples.alerts_panel(60) | {"total": 10_000}
    assert "另有 9940 起" in reading.words(alert_list.alerts(many, None))
    assert reading.words(alert_list.note(many)) == "10,000 起未结"


def test_red_alerts_outside_the_area_are_told_and_lead_there():
    data = samples.alerts_panel() | {"elsewhere": {"red": 2, "area": "320404"}}
    button, count = alert_list.note(data)
    assert reading.words(button) == "其他区域还有 2 条红色预警"
    marks = reading.plain(button)["props"]
    assert (marks["data-action"], marks["data-id"]) == ("area", "320404")
    assert count == "3 起未结"


def test_ten_thousand_rows_are_laid_out():
    assert len(alert_list.alerts(samples.alerts_panel(10_000), "A9999")) == 10_000


def test_the_counts_of_each_level():
    words = reading.words(alert_list.levels(samples.alerts_panel()))
    for said in ("1,204", "未确认 1", "处置 3", "红", "橙", "黄", "蓝"):
        assert said in words


def test_a_warning_shows_its_issuer_and_how_long_it_holds():
    words = reading.words(alert_list.row(warning_samples.warning_card(), selected=False))
    assert "常州市气象台" in words
    assert "有效至 11-21 22:00" in words
    assert "≥" not in words
    unsigned = warning_samples.warning_card(device_name="")
    assert "c0ffee" not in reading.words(alert_list.row(unsigned, selected=False))
