"""Rows of a table of duties: what is one, what is not and why."""

from __future__ import annotations

import pytest

from app.domain import duties
from tests.cast import START

ROW = {"grid": "320404001001001", "worker": "W001", "officer": "沈正明", "station": "五星派出所"}


def test_headings_may_be_chinese_or_ours():
    found = duties.named(["网格代码", "网格员", " Officer ", "派出所", "备注"])
    assert list(found.values()) == ["grid", "worker", "officer", "station"]


def test_a_row_without_phone_and_day_begins_now():
    duty = duties.read(ROW, START)
    assert (duty.phone, duty.since, duty.simulated) == ("", START, False)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("13812345678", "138****5678"),
        ("0519-86881234", "0519-******34"),
        ("138 1234 5678", "138****5678"),
    ],
)
def test_phones_are_kept_masked(said, kept):
    assert duties.read(ROW | {"phone": said}, START).phone == kept


@pytest.mark.parametrize("day", ["2026-11-01", "2026/11/1", "2026年11月1日", "2026.11.01"])
def test_days_come_in_many_forms(day):
    assert duties.read(ROW | {"since": day}, START).since.isoformat() == "2026-11-01T00:00:00+08:00"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"worker": " "}, "worker is missing"),
        ({"officer": "x" * 61}, "officer is too long"),
        ({"phone": "110"}, "phone"),
        ({"since": "yesterday"}, "since"),
        ({"since": "2026-02-30"}, "since"),
        ({"since": "2026-12-01"}, "since"),
    ],
)
def test_what_does_not_fit_is_named(change, why):
    with pytest.raises(duties.Wrong, match=why):
        duties.read(ROW | change, START)
