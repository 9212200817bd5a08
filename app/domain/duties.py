"""Who answers for a responsibility grid (责任网格): a grid worker and an officer (网格+警格)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone

import msgspec

from app.domain import masking

BEIJING = timezone(timedelta(hours=8))
HEADINGS = {
    **{"责任网格": "grid", "网格": "grid", "网格代码": "grid", "网格编码": "grid"},
    **{"网格员": "worker", "网格员编号": "worker", "民警": "officer", "社区民警": "officer"},
    **{"派出所": "station", "电话": "phone", "联系电话": "phone", "起始日期": "since"},
}
COLUMNS = ("grid", "worker", "officer", "station", "phone", "since")
NEEDED = ("grid", "worker", "officer", "station")
LONGEST = 60  # characters of a name; a longer one is a mistake of the table
_PHONE = re.compile(r"(1[3-9]\d{9})|(0\d{2,3}-?\d{7,8})")
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")


class Duty(msgspec.Struct, frozen=True, kw_only=True):
    """One responsibility grid with those who answer for it.

    `worker` is a worker's id; `phone` is kept masked, the whole number never enters the city.
    `simulated` says that the people are invented (示意).
    """

    grid: str
    worker: str
    officer: str
    station: str
    phone: str
    since: datetime
    simulated: bool = False


class Wrong(ValueError):
    """A row that is no duty; the sentence names every column that does not fit."""


def named(headings: list[str]) -> dict[str, str]:
    """Our column of each heading of a table, Chinese or ours; others are left out."""
    plain = {heading: heading.strip().lower() for heading in headings}
    found = {h: HEADINGS.get(p, p) for h, p in plain.items()}
    return {heading: column for heading, column in found.items() if column in COLUMNS}


def read(row: Mapping[str, str], now: datetime) -> Duty:
    """The duty of a row by our columns; Wrong says what does not fit."""
    said = {column: (row.get(column) or "").strip() for column in COLUMNS}
    faults = [f"{column} is missing" for column in NEEDED if not said[column]]
    faults += [f"{column} is too long" for column in COLUMNS if len(said[column]) > LONGEST]
    digits = said["phone"].replace(" ", "")
    if digits and not _PHONE.fullmatch(digits):
        faults.append("phone is neither a mobile nor a landline number")
    since = _day(said["since"]) if said["since"] else now
    if since is None or since > now:
        faults.append("since is no day until today, like 2026-11-01")
    if faults or since is None:
        raise Wrong("; ".join(faults))
    return Duty(
        grid=said["grid"].upper(),
        worker=said["worker"],
        officer=said["officer"],
        station=said["station"],
        phone=masking.phone(digits) if digits else "",
        since=since,
    )


def _day(said: str) -> datetime | None:
    """The beginning of a day in Beijing."""
    found = _DAY.fullmatch(said)
    try:
        day = date(*map(int, found.groups())) if found else None
    except ValueError:
        return None
    return datetime(day.year, day.month, day.day, tzinfo=BEIJING) if day else None
