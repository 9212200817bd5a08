"""Masking of personal things: what staff screens may show, and free text without phones and ids.

The rows are the conventions of the security page (not a national standard): a default of ours.
"""

from __future__ import annotations

import re
from collections.abc import Callable

STAR = "*"

# 复姓: kept whole as the surname (own list of the ones in use)
COMPOUND_SURNAMES = frozenset(
    {
        *("欧阳", "上官", "司马", "诸葛", "东方", "皇甫", "尉迟", "公孙", "令狐"),
        *("慕容", "司徒", "端木", "夏侯", "轩辕", "长孙", "宇文", "申屠", "鲜于"),
        *("闻人", "澹台", "公冶", "宗政", "濮阳", "淳于", "单于", "太叔", "呼延"),
        *("钟离", "独孤", "南宫", "第五", "百里", "东郭", "西门", "拓跋", "司空"),
    }
)

_WIDE_DIGITS = {0xFF10 + n: str(n) for n in range(10)}
_MOBILE = re.compile(r"(?<!\d)((?:\+?86[- ]?)?)(1[3-9]\d)[- ]?(\d{4})[- ]?(\d{4})(?!\d)")
_LANDLINE = re.compile(r"(?<!\d)(0\d{2,3})-?(\d{7,8})(?!\d)")
_MAIL = re.compile(r"([\w.+-])[\w.+-]{0,63}@((?:[\w-]{1,63}\.){1,5}[A-Za-z]{2,24})", re.ASCII)
_ID = re.compile(r"(?<![0-9A-Za-z])(\d{17}[\dXx])(?![0-9A-Za-z])")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)

_HOUSE = re.compile(
    r"\d+(?!\d*(?:国道|省道|县道|高速|[A-Za-z]*线))"
    r"|[一二三四五六七八九十百]+(?:号|幢|栋|单元|室|楼|层)"
)
_PLACE = re.compile(r".*(?:大道|路|街|巷|弄|里|道|社区|新村|小区|花园|苑|村|镇|区)")


def id_number_is_valid(number: str) -> bool:
    """Whether an 18-character citizen id passes its check character (GB 11643, MOD 11-2)."""
    if not re.fullmatch(r"\d{17}[\dXx]", number, re.ASCII):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], _WEIGHTS, strict=True))
    return "10X98765432"[total % 11] == number[17].upper()


def mobile(number: str) -> str:
    """13812345678 → 138****5678; anything that is no mobile number is starred whole."""
    found = _MOBILE.fullmatch(number.strip())
    return f"{found[2]}****{found[4]}" if found else STAR * len(number)


def landline(number: str) -> str:
    """0519-86881234 → 0519-******34; anything that is no landline is starred whole."""
    found = _LANDLINE.fullmatch(number.strip())
    if not found:
        return STAR * len(number)
    return f"{found[1]}-{STAR * (len(found[2]) - 2)}{found[2][-2:]}"


def phone(number: str) -> str:
    """A mobile or landline number masked by its own rule."""
    return landline(number) if number.strip().startswith("0") else mobile(number)


def id_number(number: str, *, strict: bool = False) -> str:
    """First 6 and last 4 for staff screens; first and last only when strict (wall, exports)."""
    head, tail = (1, 1) if strict else (6, 4)
    if len(number) <= head + tail:
        return STAR * len(number)
    return number[:head] + STAR * (len(number) - head - tail) + number[-tail:]


def name(full: str) -> str:
    """张小明 → 张**, 欧阳明 → 欧阳*; a single character is starred."""
    full = full.strip()
    if len(full) <= 1:
        return STAR * len(full)
    kept = 2 if full[:2] in COMPOUND_SURNAMES and len(full) > 2 else 1
    return full[:kept] + STAR * (len(full) - kept)


def address(place: str) -> str:
    """Down to road or community without the house number: 钟楼区XX路12号3幢502 → 钟楼区XX路***."""
    place = place.translate(_WIDE_DIGITS)
    house = _HOUSE.search(place)
    if house is None:
        return place
    kept = _PLACE.match(place[: house.start()])
    return (kept[0] if kept else "") + STAR * 3


def plate(number: str) -> str:
    """苏D·A1235 → 苏D·A1**5 (also the six places of a new-energy plate)."""
    body = number.strip().replace("·", "").replace(" ", "")
    if len(body) < 7:
        return STAR * len(body)
    return f"{body[:2]}·{body[2:4]}{STAR * (len(body) - 5)}{body[-1]}"


def account(number: str) -> str:
    """A bank or social-security number down to its last four digits."""
    number = number.replace(" ", "")
    return STAR * max(len(number) - 4, 0) + number[-4:] if len(number) > 4 else STAR * len(number)


def text(free: str, *names: str | None) -> str:
    """Free text without numbers of phones, mail addresses, valid 18-digit ids and given names.

    Digit runs of other lengths (grid codes of 15, component ids of 16 or 17) stay as they are.
    """
    free = free.translate(_WIDE_DIGITS)
    free = _ID.sub(lambda m: id_number(m[1]) if id_number_is_valid(m[1]) else m[1], free)
    free = _MOBILE.sub(lambda m: f"{m[1]}{m[2]}****{m[4]}", free)
    free = _LANDLINE.sub(lambda m: landline(m[0]), free)
    free = _MAIL.sub(r"\1***@\2", free)
    for known in names:
        if known and len(known) > 1:
            free = free.replace(known, name(known))
    return free


def known(free: str, number: str | None, mask: Callable[[str], str]) -> str:
    """Free text without one number that we know to be personal, whatever its form."""
    return free.replace(number, mask(number)) if number else free


def caller(who: str | None, number: str | None) -> str | None:
    """A citizen as staff sees him: 张** 138****5678; None when he said neither."""
    parts = [name(who) if who else "", phone(number) if number else ""]
    return " ".join(part for part in parts if part) or None
