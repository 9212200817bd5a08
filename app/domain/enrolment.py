"""The people of a city from tables: units, workers and accounts, one row each."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from enum import StrEnum

from app.domain.catalogue import CATALOGUE
from app.domain.kinds import KINDS
from app.domain.people import Role, Unit, User, Worker


class Sort(StrEnum):
    """What the rows of a table are; each sort names things of the one before."""

    UNITS = "units"
    WORKERS = "workers"
    USERS = "users"


Enrolled = Unit | Worker | User

COLUMNS: dict[Sort, tuple[str, ...]] = {
    Sort.UNITS: ("id", "name", "area", "skills"),
    Sort.WORKERS: ("id", "name", "unit", "area", "skills", "on_duty"),
    Sort.USERS: ("id", "name", "role", "area", "worker"),
}
NEEDED: dict[Sort, tuple[str, ...]] = {
    Sort.UNITS: ("id", "name", "area"),
    Sort.WORKERS: ("id", "name", "unit", "area"),
    Sort.USERS: ("id", "name", "role", "area"),
}
HEADINGS = {
    **{"编号": "id", "账号": "id", "姓名": "name", "名称": "name", "单位": "unit"},
    **{"区域": "area", "网格": "area", "区划代码": "area", "技能": "skills", "职责": "skills"},
    **{"在岗": "on_duty", "角色": "role", "人员编号": "worker"},
}
ROLE_WORDS = {
    "只读": Role.VIEWER,
    "值班员": Role.DUTY_OFFICER,
    "值班长": Role.DUTY_CHIEF,
    "派遣员": Role.DISPATCHER,
    "部门处置": Role.DEPT_HANDLER,
    "网格员": Role.GRID_WORKER,
    "街道管理员": Role.STREET_ADMIN,
    "领导": Role.LEADER,
    "系统管理员": Role.SYS_ADMIN,
}
DUTY_WORDS = {"是": True, "在岗": True, "1": True, "否": False, "离岗": False, "0": False}
FIELD = (Role.GRID_WORKER, Role.DEPT_HANDLER)  # they work as somebody who can be sent
LONGEST = 60  # characters of a name; a longer one is a mistake of the table
ACCOUNT = re.compile(r"[a-z0-9][a-z0-9._-]{1,31}")
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")
AREA = re.compile(r"\d{4}|\d{6}|\d{9}|\d{12}|\d{15}")
_CUT = re.compile(r"[、,，;；/\s]+")


class Wrong(ValueError):
    """A row that does not fit; the sentence names every column that does not."""


def named(sort: Sort, headings: list[str]) -> dict[str, str]:
    """Our column of each heading of a table, Chinese or ours; others are left out."""
    plain = {heading: heading.strip().lower() for heading in headings}
    found = {heading: HEADINGS.get(word, word) for heading, word in plain.items()}
    return {heading: column for heading, column in found.items() if column in COLUMNS[sort]}


def read(sort: Sort, row: Mapping[str, str], *, on_duty: bool = True) -> Enrolled:
    """The unit, worker or account of a row; `on_duty` is meant where the row does not say it.

    Whether its area, unit and worker exist is for the city to say. Raises Wrong.
    """
    said = {column: (row.get(column) or "").strip() for column in COLUMNS[sort]}
    faults = [f"{column} is missing" for column in NEEDED[sort] if not said[column]]
    faults += [f"{column} is too long" for column, text in said.items() if len(text) > LONGEST]
    if faults:
        raise Wrong("; ".join(faults))
    if not AREA.fullmatch(said["area"]):
        raise Wrong(f"area {said['area']!r} is no area code of 4, 6, 9, 12 or 15 digits")
    made = _BY_SORT[sort]
    return made(said | {"on_duty": said.get("on_duty") or str(int(on_duty))})


def _unit(said: Mapping[str, str]) -> Unit:
    skills = _skills(said["skills"])
    return Unit(id=_code(said["id"]), name=said["name"], area=said["area"], skills=skills)


def _worker(said: Mapping[str, str]) -> Worker:
    if said["on_duty"] not in DUTY_WORDS:
        raise Wrong(f"on_duty {said['on_duty']!r} is none of {'、'.join(DUTY_WORDS)}")
    return Worker(
        id=_code(said["id"]),
        name=said["name"],
        unit=said["unit"],
        grid=said["area"],
        skills=_skills(said["skills"]),
        on_duty=DUTY_WORDS[said["on_duty"]],
    )


def _user(said: Mapping[str, str]) -> User:
    if not ACCOUNT.fullmatch(said["id"]):
        raise Wrong(f"id {said['id']!r} must have 2 to 32 of a–z, 0–9, '.', '_' and '-'")
    role = ROLE_WORDS.get(said["role"]) or next((r for r in Role if r == said["role"]), None)
    if role is None:
        raise Wrong(f"role {said['role']!r} is none of {'、'.join(ROLE_WORDS)}")
    if (role in FIELD) != bool(said["worker"]):
        needs = "needs" if role in FIELD else "has no"
        raise Wrong(f"worker: the role {said['role']} {needs} worker")
    worker = said["worker"] or None
    return User(id=said["id"], name=said["name"], role=role, scope=said["area"], worker=worker)


def _code(said: str) -> str:
    if not CODE.fullmatch(said):
        raise Wrong(f"id {said!r} must have 1 to 32 letters, digits, '.', '_' and '-'")
    return said


def _skills(said: str) -> tuple[str, ...]:
    """Kinds of devices and majors of matters, by code or name, as a unit or worker has them."""
    known = {kind.name: kind.code for kind in KINDS} | {kind.code: kind.code for kind in KINDS}
    for entry in CATALOGUE.values():
        known |= {entry.major_code: entry.major_code, entry.major_name: entry.major_code}
    words = [word for word in _CUT.split(said) if word]
    strange = [word for word in words if word not in known]
    if strange:
        raise Wrong(f"skills: {'、'.join(strange)} is no kind of device and no major of matters")
    return tuple(dict.fromkeys(known[word] for word in words))


_BY_SORT: dict[Sort, Callable[[Mapping[str, str]], Enrolled]] = {
    Sort.UNITS: _unit,
    Sort.WORKERS: _worker,
    Sort.USERS: _user,
}
