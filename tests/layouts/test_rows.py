"""The rows behind a figure."""

import pytest

from layouts import rows
from tests.layouts import cockpit_samples, reading, samples


@pytest.mark.parametrize(
    ("query", "what", "which"),
    [
        ("", None, {}),
        (None, None, {}),
        ("?what=secrets&area=3204", None, {"area": "3204"}),
        ("?what=cases&overdue=true&x=1", "cases", {"overdue": True}),
        ("?what=alerts&level=4", "alerts", {"level": 4}),
        ("?what=alerts&level=x", "alerts", {"level": 0}),
    ],
)
def test_an_address_asks_for_rows(query, what, which):
    assert rows.read(query) == (what, which)


def test_a_link_leads_to_the_same_rows():
    which = {"what": "cases", "area": "320404", "overdue": False, "status": None}
    what, read = rows.read(rows.href(which).removeprefix("/cockpit/"))
    assert (what, read) == ("cases", {"area": "320404", "overdue": False})


def test_cases_alerts_and_tasks_are_tables():
    words = reading.words(rows.table(cockpit_samples.rows()))
    for said in ("明细 · 3 条", "ZL20261121000001", "网格上报", "待派遣", "11-21 18:08"):
        assert said in words
    alerts = {"what": "alerts", "total": 1, "rows": [samples.alert()]}
    assert "红" in reading.words(rows.table(alerts))
    task = {"case_id": "ZL1", "status": "sent", "sent_at": samples.ISO, "title": "t", "who": "w"}
    tasks = {"what": "tasks", "total": 1, "rows": [task | {"due_at": samples.ISO, "place": "p"}]}
    assert "已发出" in reading.words(rows.table(tasks))


def test_no_rows_and_more_than_are_listed():
    assert "没有符合条件的记录" in reading.words(rows.table(cockpit_samples.rows(0)))
    words = reading.words(rows.table(cockpit_samples.rows(10_000)))
    assert "明细 · 10,000 条(只列前 500 条)" in words
