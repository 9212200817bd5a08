"""The table of limits, classes of areas, and the working calendar."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest

from app.domain import catalogue, kinds, sla
from app.domain.calendar import WorkCalendar
from app.domain.sla import read_limit
from tests.domain.things import FRIDAY, local


@pytest.mark.parametrize("text", ["4 work_hour", "0.5 urgent_hour", "15 work_day", "2 natural_day"])
def test_a_limit_reads_what_it_writes(text):
    assert str(read_limit(text)) == text


@pytest.mark.parametrize(
    "text", ["", "4", "4 hours", "four work_hour", "-1 work_day", "0 work_day", "1e9 work_hour"]
)
def test_a_malformed_limit_is_refused(text):
    with pytest.raises(ValueError, match=r".+"):
        read_limit(text)


@pytest.mark.parametrize(
    ("kind", "key", "urgency", "limit"),
    [
        ("matter", "06010", "", "4 work_hour"),
        ("matter", "06011", "", "5 work_day"),
        ("matter", "06012", "", "2 work_hour"),
        ("matter", "06042", "", "4 work_hour"),
        ("matter", "09005", "", "2 urgent_hour"),
        ("matter", "09012", "", "2 work_hour"),
        ("matter", "01011", "", "2 urgent_hour"),
        ("matter", "10001", "", "4 work_hour"),
        ("matter", "10002", "", "2 work_hour"),
        ("matter", "06009", "", "2 work_day"),  # by its major
        ("matter", "03014", "", "3 work_day"),  # by the city's default
        ("device", "gas", "", "1 urgent_hour"),
        ("device", "waterlogging", "", "2 urgent_hour"),
        ("device", "unknown", "", "3 work_day"),
        ("hotline", "咨询", "", "1 work_day"),
        ("hotline", "求助", "一般", "3 work_day"),
        ("hotline", "投诉", "特急", "2 urgent_hour"),
        ("hotline", "投诉", "紧急", "24 urgent_hour"),
        ("device", "gas", "紧急", "1 urgent_hour"),  # an urgency never lengthens
        ("matter", "06011", "紧急", "24 urgent_hour"),
    ],
)
def test_limits_by_matter_device_and_order(kind, key, urgency, limit):
    assert str(sla.limit_for(kind, key, urgency)) == limit


def test_every_limit_names_its_source_or_says_default():
    for limit in sla.DEFAULT.limits.values():
        assert limit.source == "default" or "Yuncheng" in limit.source or "norm" in limit.source


def test_every_limit_belongs_to_something_we_know():
    for kind, key in sla.DEFAULT.limits:
        if kind == "matter":
            assert catalogue.matter(key), key
        if kind == "device":
            assert key in kinds.BY_CODE, key


def test_every_device_kind_has_a_limit_of_its_own():
    assert not [code for code in kinds.BY_CODE if ("device", code) not in sla.DEFAULT.limits]


def test_areas_of_class_b_and_c_get_more_time_but_not_in_urgent_hours():
    city = sla.Sla(
        limits=sla.DEFAULT.limits, classes={"320404": "B", "320404001": "A", "320404116": "C"}
    )
    times = {
        area: (str(city.limit_for("matter", "06010", area=area)),)
        + (str(city.limit_for("matter", "09005", area=area)),)
        for area in ("320404005001", "320404001001", "320404116001", "320402001")
    }
    assert times == {
        "320404005001": ("6 work_hour", "2 urgent_hour"),
        "320404001001": ("4 work_hour", "2 urgent_hour"),
        "320404116001": ("8 work_hour", "2 urgent_hour"),
        "320402001": ("4 work_hour", "2 urgent_hour"),
    }


def test_office_steps_of_urgent_cases_are_short():
    assert str(sla.DEFAULT.stage("check", urgent=False)) == "1 work_day"
    assert str(sla.DEFAULT.stage("check", urgent=True)) == "0.5 urgent_hour"


@pytest.mark.parametrize(
    "row",
    [
        {"kind": "any", "key": "", "amount": "x", "clock": "work_day", "source": "default"},
        {"kind": "any", "key": "", "amount": "1", "clock": "moon", "source": "default"},
    ],
)
def test_a_bad_row_of_limits_is_refused(row):
    with pytest.raises(ValueError, match=r".+"):
        sla.read_limits([row])


def test_a_limit_given_twice_is_refused():
    row = {"kind": "any", "key": "", "amount": "1", "clock": "work_day", "source": "default"}
    with pytest.raises(ValueError, match="twice"):
        sla.read_limits([row, row])


def test_a_city_has_its_own_hours_and_days():
    calendar = WorkCalendar(
        hours=((time(9), time(12)), (time(13, 30), time(17, 30))),
        closed=frozenset({date(2026, 11, 23)}),
        open_=frozenset({date(2026, 11, 21)}),
    )
    assert calendar.day == timedelta(hours=7)
    due = sla.deadline(FRIDAY, read_limit("1 work_day"), calendar)
    assert due == local("2026-11-21 17:00")  # half an hour on Friday, Saturday is worked
    monday = local("2026-11-23 10:00")
    assert sla.deadline(monday, read_limit("1 work_hour"), calendar) == local("2026-11-24 10:00")


@pytest.mark.parametrize(
    "hours",
    [
        (),
        ((time(12), time(8)),),
        ((time(8), time(12)), (time(11), time(18))),
        ((time(8), time(8)),),
    ],
)
def test_impossible_hours_are_refused(hours):
    with pytest.raises(ValueError, match="working hours"):
        WorkCalendar(hours=hours)


@pytest.mark.parametrize(
    ("on", "worked"),
    [
        (date(2026, 10, 1), False),
        (date(2026, 10, 10), True),  # a Saturday, 调休
        (date(2026, 11, 20), True),
        (date(2026, 11, 21), False),
        (date(2026, 2, 17), False),  # 春节
        (date(2035, 10, 8), True),  # unknown year: a Monday like any other
        (date(2035, 10, 1), False),  # unknown year, and 国庆节 all the same
        (date(1999, 5, 1), False),
    ],
)
def test_workdays(on, worked):
    assert WorkCalendar().is_workday(on) is worked


@pytest.mark.parametrize(
    ("start", "end", "known"),
    [
        ("2026-11-20 17:00", "2026-11-27 17:00", True),
        ("2026-12-30 17:00", "2035-01-04 17:00", False),
        ("2003-12-31 17:00", "2004-01-04 17:00", False),
    ],
)
def test_it_says_when_the_holidays_are_not_known(start, end, known):
    assert sla.knows(local(start), local(end)) is known
