"""What can be asked for by GeoReport: the matters of the catalogue as services."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from app.domain.catalogue import CATALOGUE, STANDARD, Entry, Kind, matter
from app.errors import NotFound, Rejected

COMPONENT, STATE, HAZARD = "COMPONENT_ID", "STATE", "HAZARD"
# GLBJZT of GB/T 47678.5-2026, table 2, without 完好: nobody reports what is whole
STATES = ("破损", "丢失", "废弃", "移除")
COMPONENT_MAJORS = {"01", "02", "03", "04", "05"}
LONGEST = 100  # characters of an answer to an attribute
NOT_OFFERED = "没有这个 service_code。"

Attribute = dict[str, Any]


@cache
def services() -> list[dict[str, Any]]:
    """All services as GET services gives them, in the order of the catalogue."""
    return [_service(entry) for entry in CATALOGUE.values() if entry.kind is Kind.MATTER]


def entry(code: str) -> Entry:
    """The matter behind a service code, also of the older standards; NotFound."""
    found = matter(code) if len(code) < 16 else None
    if found is None:
        raise NotFound(NOT_OFFERED)
    return found


def definition(code: str) -> dict[str, Any]:
    """The service definition of a code; NotFound."""
    found = entry(code)
    return {"service_code": found.code5, "attributes": attributes(found)}


def attributes(of: Entry) -> list[Attribute]:
    """What a report may add to its description; nothing of it must be said."""
    asked = [_choice(HAZARD, "现场是否有人身危险？", (("yes", "是"), ("no", "否")))]
    if of.major_code in COMPONENT_MAJORS:
        told = "部件标识码（17 位，旧码 16 位）"
        asked.append(_attribute(COMPONENT, "string", told, "见部件上的标识牌"))
        asked.append(_choice(STATE, "部件状态", tuple((word, word) for word in STATES)))
    return [each | {"order": n} for n, each in enumerate(asked, 1)]


def told(of: Entry, answers: Mapping[str, str]) -> list[str]:
    """The answers to a service's attributes as sentences; others are left out. Rejected."""
    found = []
    for asked in attributes(of):
        answer = answers.get(asked["code"], "").strip()
        if not answer:
            continue
        known = {each["key"]: each["name"] for each in asked.get("values", ())}
        if len(answer) > LONGEST or (known and answer not in known):
            raise Rejected("wrong_field", f"attribute[{asked['code']}]: {answer[:40]!r} 不可用")
        found.append(f"{asked['description'].rstrip('？')}：{known.get(answer, answer)}")
    return found


def _service(of: Entry) -> dict[str, Any]:
    return {
        "service_code": of.code5,
        "service_name": of.name,
        "description": f"{of.major_name}：{of.name}（{STANDARD}）",
        "metadata": True,
        "type": "realtime",
        "keywords": f"{of.major_name},{of.name}",
        "group": of.major_name,
    }


def _attribute(code: str, kind: str, said: str, hint: str = "") -> Attribute:
    return {
        "variable": True,
        "code": code,
        "datatype": kind,
        "required": False,
        "datatype_description": hint,
        "order": 0,
        "description": said,
    }


def _choice(code: str, said: str, values: tuple[tuple[str, str], ...]) -> Attribute:
    made = _attribute(code, "singlevaluelist", said)
    return made | {"values": [{"key": key, "name": name} for key, name in values]}
