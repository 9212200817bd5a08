"""Pinyin of names, so that qtsc and qingtan find 清潭三村, and 重庆路 by cq and by zq."""

from __future__ import annotations

import os
import re
from functools import lru_cache
from itertools import islice, product
from threading import Lock

# its dictionary of phrases would cost 45 MB and 0.4 s in every process (measured)
os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
from pypinyin import Style, lazy_pinyin  # noqa: E402 - it reads the line above

PRIVATE = 0xE000  # the first of 6,400 characters that no text has; there are some 400 syllables
_sounds: dict[str, int] = {}
_counting = Lock()
LETTERS = re.compile(r"[a-z][a-z0-9' ]*", re.ASCII)
MOST = 16  # ways to read one name that are kept: four characters that are read in two ways each
# where place names read a character otherwise than a dictionary's first reading
PLACES = {
    **{"长": "chang", "行": "hang", "曾": "zeng", "厦": "xia", "都": "du", "卜": "bu"},
    **{"调": "tiao", "给": "ji", "堡": "bao", "莞": "guan", "扎": "zha"},
}
# … and in which other ways it is read, in names of places, plants and people
ALSO: dict[str, tuple[str, ...]] = {
    **{"重": ("chong",), "长": ("zhang",), "行": ("xing",), "乐": ("yue",), "曾": ("ceng",)},
    **{"朝": ("zhao",), "厦": ("sha",), "都": ("dou",), "调": ("diao",), "给": ("gei",)},
    **{"卜": ("bo",), "堡": ("pu", "bu"), "埔": ("bu",), "弄": ("long",), "圩": ("xu",)},
    **{"浒": ("xu",), "泊": ("bo",), "模": ("mu",), "卡": ("qia",), "校": ("jiao",)},
    **{"单": ("shan",), "解": ("xie",), "区": ("ou",), "仇": ("qiu",), "查": ("zha",)},
    **{"盖": ("ge",), "翟": ("zhai",), "缪": ("miao",), "朴": ("piao",), "尉": ("yu",)},
    **{"盛": ("cheng",), "种": ("chong",), "薄": ("bo",), "柏": ("bo",), "会": ("kuai",)},
    **{"藏": ("zang",), "传": ("zhuan",), "降": ("xiang",), "参": ("shen",), "便": ("pian",)},
    **{"六": ("lu",), "蔚": ("yu",), "铅": ("yan",), "番": ("pan",), "洞": ("tong",), "阿": ("e",)},
    **{"涡": ("guo",), "句": ("gou",), "莘": ("xin",), "浚": ("xun",), "荥": ("ying",)},
    **{"牟": ("mu",), "蚌": ("beng",), "泌": ("bi",), "渑": ("sheng",), "枞": ("zong",)},
    **{"什": ("shi",), "筠": ("jun",), "犍": ("qian",), "栖": ("xi",), "召": ("shao",)},
    **{"差": ("chai",), "车": ("ju",), "石": ("dan",), "大": ("dai",), "栅": ("shan",)},
}


def asks(words: str) -> str:
    """The letters if words in lower case can be pinyin, else ""."""
    return re.sub("[' ]", "", words) if LETTERS.fullmatch(words) and len(words) > 1 else ""


@lru_cache(maxsize=200_000)
def spellings(name: str) -> tuple[tuple[str, str], ...]:
    """The initials and the whole pinyin of a name in every way to read it, the usual one first.

    清潭三村 → (("qtsc", "qingtansancun"),)
    """
    syllables = [_readings(char) for char in name.lower() if char.isalnum()]
    ways = islice(product(*syllables), MOST)
    return tuple(dict.fromkeys(("".join(s[0] for s in way), "".join(way)) for way in ways))


def _readings(char: str) -> tuple[str, ...]:
    return (_syllable(char), *ALSO.get(char, ()))


def sounding(text: str) -> str:
    """One character for each of a text, the same for those that sound alike: 谭 as 潭."""
    return "".join(map(_sound, text))


@lru_cache(maxsize=20_000)
def _sound(char: str) -> str:
    said = _syllable(char)
    if len(said) == 1:
        return char
    with _counting:
        return chr(PRIVATE + _sounds.setdefault(said, len(_sounds)))


@lru_cache(maxsize=20_000)
def _syllable(char: str) -> str:
    if char.isascii():
        return char
    return PLACES.get(char) or lazy_pinyin(char, style=Style.NORMAL)[0] or char


def sounds(letters: str, name: str) -> bool:
    """Whether a name has these initials, or this pinyin, somewhere in it."""
    return any(letters in initials or letters in whole for initials, whole in spellings(name))


def begins(letters: str, name: str) -> bool:
    """Whether these are the initials of a name."""
    return any(letters == initials for initials, _ in spellings(name))
