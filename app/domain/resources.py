"""What an emergency can draw on or must think of: resources of six sorts, with their fields.

Teams 救援队伍, supplies 物资装备, shelters 避难场所, hazards 风险隐患, protected objects 防护目标,
cameras 摄像头. The four grades of risk and their colours are those of 双重预防机制
(安委办〔2016〕11号); fields and kinds are a *default* of ours.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec

from app.domain import masking
from app.domain.levels import Level


class Sort(StrEnum):
    """The sorts; the map's layers are named after them."""

    TEAM = "team"
    SUPPLY = "supply"
    SHELTER = "shelter"
    HAZARD = "hazard"
    PROTECTED = "protected"
    CAMERA = "camera"


class State(StrEnum):
    """Whether it can be counted on (可用), or not now (停用)."""

    READY = "ready"
    OUT = "out"


class Form(StrEnum):
    """What may stand in a field."""

    TEXT = "text"
    COUNT = "count"  # a whole number from 0
    AMOUNT = "amount"  # a number from 0
    GRADE = "grade"  # of a risk: one of GRADES
    PERSON = "person"  # masked on every screen
    PHONE = "phone"  # masked on every screen


class Field(msgspec.Struct, frozen=True):
    """A field of a sort; `heading` is its column in Chinese tables, `must` that it is needed."""

    name: str
    heading: str
    form: Form = Form.TEXT
    must: bool = False


_WHO = (Field("leader", "负责人", Form.PERSON), Field("phone", "联系电话", Form.PHONE))
FIELDS: dict[Sort, tuple[Field, ...]] = {
    Sort.TEAM: (
        Field("members", "人数", Form.COUNT, must=True),
        Field("specialty", "专业"),
        *_WHO,
    ),
    Sort.SUPPLY: (
        Field("item", "品名", must=True),
        Field("quantity", "数量", Form.AMOUNT, must=True),
        Field("measure", "单位", must=True),
        *_WHO,
    ),
    Sort.SHELTER: (Field("capacity", "容纳人数", Form.COUNT, must=True), *_WHO),
    Sort.HAZARD: (
        Field("grade", "等级", Form.GRADE, must=True),
        Field("measures", "管控措施"),
        *_WHO,
    ),
    Sort.PROTECTED: (Field("people", "人数", Form.COUNT), *_WHO),
    Sort.CAMERA: (Field("code", "平台编号", must=True), Field("direction", "方向")),
}

GRADES = {"重大": Level.RED, "较大": Level.ORANGE, "一般": Level.YELLOW, "低": Level.BLUE}
GRADES_EN = {"major": "重大", "larger": "较大", "general": "一般", "low": "低"}
STATES = {"": State.READY, "可用": State.READY, "停用": State.OUT} | {s.value: s for s in State}
HEADINGS = {
    **{"编号": "id", "名称": "name", "类型": "kind", "责任单位": "unit", "状态": "state"},
    **{"经度": "lon", "纬度": "lat"},
}
LONGEST = 200  # characters of a text; a longer one is a mistake of the table
MOST = 10_000_000  # of anything that is counted
_ID = re.compile(r"[\w.:()#-]{1,64}")
_PHONE = re.compile(r"[\d +()-]{5,20}")


class Resource(msgspec.Struct, frozen=True, kw_only=True):
    """One resource; `area` is the finest area code, "" outside the city; WGS-84 degrees.

    `kind` is a word of the city (学校, 消防 …), `unit` the name of who keeps it, `body` the fields
    of its sort. Persons and phones stand there unmasked: show only what `public` gives.
    """

    id: str
    sort: Sort
    name: str
    kind: str
    area: str
    lon: float
    lat: float
    unit: str
    body: dict[str, Any]
    state: State
    updated: datetime

    @property
    def level(self) -> Level:
        """The colour of a hazard's grade; NONE for all other sorts."""
        return GRADES.get(self.body.get("grade", ""), Level.NONE)


class Wrong(ValueError):
    """A row that is no resource; the sentence names every column that does not fit."""


def read(sort: Sort, said: Mapping[str, Any]) -> dict[str, Any]:
    """Return id, name, kind, unit, state and body of a table's row; headings in either language.

    Raises Wrong with everything that does not fit.
    """
    cells = _named(sort, said)
    faults: list[str] = []
    body = {}
    for field in FIELDS[sort]:
        try:
            value = _value(field, cells.get(field.name, ""))
        except ValueError as why:
            faults.append(f"{field.name}: {why}")
            continue
        if value is not None:
            body[field.name] = value
    id_ = cells.get("id") or (str(body.get("code", "")) if sort is Sort.CAMERA else "")
    faults += _faults_of_all(id_, cells)
    if faults:
        raise Wrong("; ".join(faults))
    return {
        "id": id_,
        "name": cells["name"],
        "kind": cells.get("kind", ""),
        "unit": cells.get("unit", ""),
        "state": STATES[cells.get("state", "")],
        "body": body,
    }


def _named(sort: Sort, said: Mapping[str, Any]) -> dict[str, str]:
    """The cells by our names, as stripped text."""
    ours = HEADINGS | {field.heading: field.name for field in FIELDS[sort]}
    found = {}
    for heading, value in said.items():
        name = str(heading).strip()
        found[ours.get(name, name.lower())] = _text(value)
    return found


def _text(value: Any) -> str:
    if value is None or value != value:  # NaN is a table's way to say nothing
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _faults_of_all(id_: str, cells: Mapping[str, str]) -> list[str]:
    faults = []
    if not _ID.fullmatch(id_):
        faults.append(f"id: {id_[:70]!r} is none, 1 to 64 letters, digits or . : ( ) # - expected")
    if not cells.get("name"):
        faults.append("name: is missing")
    if cells.get("state", "") not in STATES:
        faults.append(
            f"state: {cells['state'][:20]!r} is none of {', '.join(filter(None, STATES))}"
        )
    for name, most in (("name", LONGEST), ("unit", LONGEST), ("kind", 64)):
        if len(cells.get(name, "")) > most:
            faults.append(f"{name}: longer than {most} characters")
    return faults


def _value(field: Field, said: str) -> Any:
    """The value of a field, None when there is none; ValueError says what is wrong with it."""
    if not said:
        if field.must:
            raise ValueError("is missing")
        return None
    if len(said) > LONGEST:
        raise ValueError(f"longer than {LONGEST} characters")
    if field.form in (Form.COUNT, Form.AMOUNT):
        return _number(said, whole=field.form is Form.COUNT)
    if field.form is Form.GRADE:
        grade = GRADES_EN.get(said.lower(), said.removesuffix("风险"))
        if grade not in GRADES:
            raise ValueError(f"{said!r} is none of {', '.join(GRADES)}")
        return grade
    if field.form is Form.PHONE and not _PHONE.fullmatch(said):
        raise ValueError("is no phone number")  # never repeated: it may be somebody's
    return said


def _number(said: str, *, whole: bool) -> int | float:
    try:
        value = float(said.replace(",", ""))
    except ValueError:
        raise ValueError(f"{said[:20]!r} is no number") from None
    if not 0 <= value <= MOST or (whole and value != int(value)):
        raise ValueError(f"{said[:20]!r}: {'a whole number' if whole else 'a number'} from 0 on")
    return int(value) if value == int(value) else value


def public(one: Resource) -> dict[str, Any]:
    """Return a resource as screens, API and facts may show it: persons and phones masked."""
    body = {field.name: _shown(field, one.body[field.name]) for field in _told(one)}
    plain = {name: getattr(one, name) for name in ("id", "name", "kind", "area", "unit")}
    return plain | {
        "sort": one.sort.value,
        "what": what(one),
        "lon": one.lon,
        "lat": one.lat,
        "level": int(one.level),
        "state": one.state.value,
        "updated": one.updated.isoformat(),
        "body": body,
    }


def _told(one: Resource) -> list[Field]:
    return [field for field in FIELDS[one.sort] if field.name in one.body]


def _shown(field: Field, value: Any) -> Any:
    if field.form is Form.PERSON:
        return masking.name(str(value))
    if field.form is Form.PHONE:
        return masking.phone(str(value))
    return masking.text(value) if isinstance(value, str) and field.name != "code" else value


def what(one: Resource) -> str:
    """Say in the city's own words what it is: its kind, of a supply how much of what."""
    if one.sort is Sort.SUPPLY:
        return "{item} {quantity:,}{measure}".format(**one.body)
    return one.kind or str(one.body.get("specialty", ""))


def link(template: str, code: str) -> str:
    """Return the address at which a video platform shows the camera with this code."""
    return template.replace("{code}", _escaped(code))


def _escaped(code: str) -> str:
    from urllib.parse import quote

    return quote(code, safe="")
