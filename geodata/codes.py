"""The codes of grid management: what each looks like, and what is wrong with one.

Formats after GB/T 2260 (6 digits), GB/T 10114 (9), the statistical codes (12), GB/T 47678.3-2026
and 30428.1-2013 (unit grid, 15), GB/T 47678.5-2026 and 30428.2-2013 (components and matters).
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

from geodata.area import AreaLevel

LENGTHS = {
    AreaLevel.DISTRICT: 6,
    AreaLevel.STREET: 9,
    AreaLevel.COMMUNITY: 12,
    AreaLevel.GRID: 15,
}
# first digit of a province → the second ones that exist (GB/T 2260)
_REGIONS = {"1": "12345", "2": "123", "3": "1234567", "4": "123456", "5": "01234", "6": "12345"}
_REGIONS |= {"7": "1", "8": "12"}
PROVINCES = frozenset(first + second for first, seconds in _REGIONS.items() for second in seconds)
STREET_KINDS = {"0": "街道", "1": "镇", "2": "乡", "3": "乡", "4": "园区", "5": "园区"}
GENERATED = "9"  # first digit of a block that we made ourselves, used by no real street

# the length of a code decides its edition: (digits, first and last major)
COMPONENTS = {16: (1, 6), 17: (1, 5)}
MATTERS = {10: (1, 6), 11: (1, 10)}
LOCAL = 90  # majors from here on are a city's own (30428.2)


class Fault(StrEnum):
    """What is wrong with a code."""

    DIGITS = "digits"
    LETTERS = "letters"
    LENGTH = "length"
    PROVINCE = "province"
    BLOCK = "block"
    ZERO = "zero"
    MAJOR = "major"
    PARENT = "parent"


def area_fault(code: str, level: AreaLevel, parent: str = "") -> Fault | None:
    """What is wrong with the code of an area, None when nothing is.

    `parent` is the scope that it must begin with. A unit grid may have letters after its community
    (GB/T 47678.3 allows [0-9A-Z] in 15 places).
    """
    letters = "[0-9]{12}[0-9A-Z]{3}" if level is AreaLevel.GRID else "[0-9]+"
    if not re.fullmatch(letters if len(code) == LENGTHS.get(level) else r"[0-9A-Z]+", code):
        return Fault.DIGITS
    if len(code) != LENGTHS.get(level):
        return Fault.LENGTH
    if code[:2] not in PROVINCES:
        return Fault.PROVINCE
    blocks = [code[at : at + 3] for at in range(6, len(code), 3)]
    if blocks and blocks[0][0] not in (*STREET_KINDS, GENERATED):
        return Fault.BLOCK
    if "000" in blocks or code[2:6] == "0000":
        return Fault.ZERO
    return None if code.startswith(parent) else Fault.PARENT


def zone_fault(code: str) -> Fault | None:
    """What is wrong with the code of a functional zone: 2 to 32 of A–Z, 0–9, - and _ (*default*).

    Bare digits in the length of an area's code would be taken for one.
    """
    if not re.fullmatch(r"[0-9A-Z][0-9A-Z_-]{1,31}", code):
        return Fault.LETTERS
    return Fault.LENGTH if code.isdigit() and len(code) in LENGTHS.values() else None


def component_fault(code: str) -> Fault | None:
    """What is wrong with the mark of one component: 17 digits (2026), or 16 (2013)."""
    return _typed_fault(code, COMPONENTS, serial=True)


def matter_fault(code: str) -> Fault | None:
    """What is wrong with the code of a kind of matter: 11 digits (2026), or 10 (2013)."""
    return _typed_fault(code, MATTERS, serial=False)


def street_kind(code: str) -> str:
    """街道, 镇, 乡 or 园区 by the seventh digit; "" for one that we made."""
    return STREET_KINDS.get(code[6:7], "")


def trimmed(code: str, level: AreaLevel | None) -> str:
    """A code as files write it, brought to its level: "320404001000.0" → "320404001".

    Full-width digits become plain ones. None is no level: a functional zone keeps its code.
    """
    plain = re.sub(r"\.0+$", "", unicodedata.normalize("NFKC", code).strip().upper())
    digits = len(plain) if level is None else LENGTHS.get(level, len(plain))
    return plain[:digits] if not plain[digits:].strip("0") else plain


def _typed_fault(code: str, editions: dict[int, tuple[int, int]], *, serial: bool) -> Fault | None:
    """Checks district + major + minor (+ serial number) against the edition of that length."""
    if not re.fullmatch(r"[0-9]+", code):
        return Fault.DIGITS
    if len(code) not in editions:
        return Fault.LENGTH
    if code[:2] not in PROVINCES:
        return Fault.PROVINCE
    first, last = editions[len(code)]
    old = len(code) == min(editions)
    if not first <= int(code[6:8]) <= last and not (old and int(code[6:8]) >= LOCAL):
        return Fault.MAJOR
    ends = 10 if old else 11
    if not int(code[8:ends]) or (serial and not int(code[ends:])):
        return Fault.ZERO
    return None
