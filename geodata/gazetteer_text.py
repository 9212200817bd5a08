"""How people write an address, brought to one form: widths, numerals, building words, noise."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0}
_TENS = {"十": 10, "百": 100}
_NUMERAL = re.compile("[〇零一二三四五六七八九十百]+")
_BUILDING = re.compile(r"(\d+)(?:号楼|栋|座|号幢|#楼|#)")
_PUNCTUATION = re.compile(r"[^\w-]+|_+")
_DASH = re.compile(r"(?<!\d)-|-(?!\d)")
# said of a place, but no part of its name; 东侧 and the like say on which side of it
NEAR = re.compile(
    "附近|旁边?|对面|对过|门口|门前|隔壁|周边|一带|路段|沿线|后[面头]|背后|前面|之间|中间|[那这]边"
)
SIDE = re.compile("[东南西北]{1,2}(?:侧|边|面|首|大?门|角)|以[东南西北]")
TOWARDS = re.compile("(?:靠近|临近|邻近|毗邻|挨着|对着) ?$")  # said before the name
CROSSING = re.compile("交叉口|交汇处|交界处|交叉路口|路口|转角|拐角|[东南西北]{2}角")
STRETCH = re.compile("[到至段-]|之间")  # behind two roads: along one of them, not where they meet
HOUSE = re.compile(r"^(\d+)(号|幢|弄)")
ROAD = re.compile(r"[\u4e00-\u9fff]{2,8}?(?:大道|路|街|巷|弄)(?!道|口|灯|边|段|面)")
_PROVINCE = re.compile(r"^\s*[\u4e00-\u9fff]{2,3}?(?:省|自治区)")
_CITY = re.compile(r"^\s*([\u4e00-\u9fff]{2,3}|[a-z])市(?!场|民|政|区|中心)")
_DISTRICT = re.compile(r"^\s*([\u4e00-\u9fff]{2,3}|[a-z]\d{0,2})(区|县)")
_NO_DISTRICT = re.compile("(?:小|社|片|园|厂|校|景|矿|库|新|片|辖|城|山|地)区$")


class Prefix(NamedTuple):
    """The city and the district that an address begins with, "" where it names none."""

    city: str
    district: str


def normal(text: str) -> str:
    """One form of an address or name: half width, Arabic numerals, 幢 for 栋 and 号楼.

    White space goes; other punctuation becomes one blank, which no name reaches across.
    """
    text = unicodedata.normalize("NFKC", text).lower()
    text = "".join(text.split())
    text = _NUMERAL.sub(lambda found: str(number(found[0])), text)
    text = _BUILDING.sub(r"\1幢", text)
    return _DASH.sub(" ", _PUNCTUATION.sub(" ", text)).strip()


def number(numeral: str) -> int | str:
    """十五 → 15, 二〇三 → 203; what is no numeral (十百) stays as it is."""
    if not any(char in _TENS for char in numeral):
        return "".join(str(_DIGITS[char]) for char in numeral)
    total, digit = 0, 0
    rank = 1000
    for char in numeral:
        if char in _DIGITS:
            digit = _DIGITS[char]
            continue
        if _TENS[char] >= rank:
            return numeral
        rank = _TENS[char]
        total += (digit or 1) * rank
        digit = 0
    return total + digit


def prefix(spoken: str) -> Prefix:
    """The city (常州, 无锡) and the district (钟楼区) at the beginning of a normal address."""
    rest = _PROVINCE.sub("", spoken)
    city = _CITY.match(rest)
    rest = rest[city.end() :] if city else rest
    district = _DISTRICT.match(rest)
    if district is None or _NO_DISTRICT.search(district[0]):
        return Prefix(city[1] if city else "", "")
    return Prefix(city[1] if city else "", district[0].strip())
