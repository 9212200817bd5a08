"""What a city manages: components and matters of GB/T 47678.5-2026, and older codes.

`codes/catalogue.csv` holds the 153 components (部件) and 250 matters (事项). A component and its
"…异常" matter share one five-digit code, so the key is (kind, code).
"""

from __future__ import annotations

import csv
import re
from enum import StrEnum
from functools import cache
from pathlib import Path

import msgspec

STANDARD = "GB/T 47678.5-2026"

# The ten high-frequency matters, in catalogue order.
FREQUENT = (
    *("06010", "06011", "06012", "06017", "06036", "06042", "06045"),
    *("07003", "09005", "09006"),
)

# Matters of public safety, shown under 安全治理 (our own choice, default): burning, work at height,
# fire lanes, ice, hanging wires.
DANGERS = frozenset({"06020", "08013", "09012", "10001", "10002"})

# Old events outside the rule "major + 5", by their names: what survived of 突发事件 and 其他事件,
# and the local numbers (≥ 90) of one city's list (Yuncheng) that got a number of their own.
_MOVED = {
    "0507": "10001",
    "0508": "10002",
    "0602": "09013",
    "0191": "06045",
    "0192": "06042",
    "0193": "06041",
    "0197": "06039",
    "0495": "09022",
    "0496": "09012",
}
# Old components kept their numbers with a zero in between; the highest minor of each major whose
# name is confirmed by that list. What follows in the new catalogue are new things, and 水域 moved.
_KEPT_MINORS = {"01": 57, "02": 30, "03": 8, "04": 10, "05": 3}
_MOVED_COMPONENTS = {"0506": "01069", "0507": "01070", "0508": "01071"}
# Old names of what the new standard calls otherwise, by number and name in that list.
_OLD_NAMES = {
    "暴露生活垃圾": "06010",
    "道路遗撒": "06014",
    "商业噪音": "06028",
    "乱堆物堆料": "06036",
    "垃圾满溢": "06042",
    "施工工地围挡": "08007",
    "占道废品收购": "09004",
    "道路积雪、积冰": "10001",
}


class Kind(StrEnum):
    """Component (管理部件) or matter (管理事项)."""

    COMPONENT = "管理部件"
    MATTER = "管理事项"


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the catalogue; `code5` is two digits of major and three of minor."""

    kind: Kind
    major_code: str
    major_name: str
    code5: str
    name: str


def read_catalogue(path: Path) -> dict[tuple[Kind, str], Entry]:
    """The catalogue by (kind, code5); raises ValueError when a key comes twice or is malformed."""
    table: dict[tuple[Kind, str], Entry] = {}
    with path.open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            entry = msgspec.convert(row, Entry)
            key = (entry.kind, entry.code5)
            if key in table or not re.fullmatch(rf"{entry.major_code}\d{{3}}", entry.code5):
                raise ValueError(f"bad catalogue row: {row}")
            table[key] = entry
    return table


CATALOGUE = read_catalogue(Path(__file__).parent / "codes" / "catalogue.csv")


def from_legacy(code4: str) -> str | None:
    """The five-digit matter of an old four-digit event (GB/T 30428.2-2013), None when it has none.

    Majors 01–04 move up by five and the minor gains a zero; the new catalogue has gaps where old
    minors were dropped.
    """
    if code4 in _MOVED:
        return _MOVED[code4]
    major, minor = int(code4[:2]), int(code4[2:])
    if not 1 <= major <= 4 or minor >= 90:
        return None
    code5 = f"{major + 5:02d}{minor:03d}"
    return code5 if (Kind.MATTER, code5) in CATALOGUE else None


def component_from_legacy(code4: str) -> str | None:
    """The five-digit component of an old four-digit one (GB/T 30428.2-2013), None if none."""
    if code4 in _MOVED_COMPONENTS:
        return _MOVED_COMPONENTS[code4]
    code5 = f"{code4[:2]}0{code4[2:]}"
    kept = int(code4[2:]) <= _KEPT_MINORS.get(code4[:2], -1)
    return code5 if kept and (Kind.COMPONENT, code5) in CATALOGUE else None


def matter(code: str) -> Entry | None:
    """The matter of a code of 5 or 11 digits, or of an old event of 4 or 10; None if unknown.

    A component's id (17 digits, the old one 16) means that something is wrong with it.
    """
    if len(code) in (16, 17):
        broken = component(code)
        return CATALOGUE[(Kind.MATTER, broken.code5)] if broken else None
    if not re.fullmatch(r"(?:\d{6})?\d{4,5}", code, re.ASCII):
        return None
    code5 = code[-5:] if len(code) in (5, 11) else from_legacy(code[-4:])
    return CATALOGUE.get((Kind.MATTER, code5)) if code5 else None


def component(code: str) -> Entry | None:
    """The type of a 5-digit code, of a component id of 17 digits or an old one of 16, or None."""
    if not re.fullmatch(r"\d{5}|\d{16,17}", code, re.ASCII):
        return None
    if len(code) == 16:
        code5 = component_from_legacy(code[6:10])
    else:
        code5 = code if len(code) == 5 else code[6:11]
    return CATALOGUE.get((Kind.COMPONENT, code5)) if code5 else None


@cache
def _by_name() -> dict[str, Entry]:
    named = {e.name: e for e in CATALOGUE.values() if e.kind is Kind.MATTER}
    return {old: CATALOGUE[(Kind.MATTER, code)] for old, code in _OLD_NAMES.items()} | named


def named(said: str) -> Entry | None:
    """The matter of this name, of its old name, or of this code; None if unknown."""
    return _by_name().get(said.strip()) or matter(said.strip())


def name(code: str) -> str:
    """The matter's Chinese name, or the code itself when the catalogue does not have it."""
    found = matter(code)
    return found.name if found else code


def matter_code(district: str, code: str) -> str:
    """The full 11-digit matter code in a district (6 digits), "" when the matter is unknown."""
    found = matter(code)
    return f"{district[:6]}{found.code5}" if found and len(district) >= 6 else ""


def frequent() -> list[Entry]:
    """The ten high-frequency matters, for pick lists."""
    return [CATALOGUE[(Kind.MATTER, code)] for code in FREQUENT]
