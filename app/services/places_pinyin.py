"""Pinyin of names, so that qtsc and qingtan find 清潭三村."""

from __future__ import annotations

import os
import re
from functools import lru_cache

# its dictionary of phrases would cost 45 MB and 0.4 s in every process (measured)
os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
from pypinyin import Style, lazy_pinyin  # noqa: E402 - it reads the line above

LETTERS = re.compile(r"[a-z][a-z0-9' ]*", re.ASCII)
# where place names read a character otherwise than a dictionary's first reading
PLACES = {"长": "chang", "行": "hang", "乐": "le", "曾": "zeng", "朝": "chao", "厦": "xia"}


def asks(words: str) -> str:
    """The letters if words in lower case can be pinyin, else ""."""
    return re.sub("[' ]", "", words) if LETTERS.fullmatch(words) and len(words) > 1 else ""


@lru_cache(maxsize=200_000)
def spelled(name: str) -> tuple[str, str]:
    """The initials and the whole pinyin of a name: 清潭三村 → ("qtsc", "qingtansancun")."""
    syllables = [_syllable(char) for char in name.lower() if char.isalnum()]
    return "".join(s[0] for s in syllables), "".join(syllables)


@lru_cache(maxsize=20_000)
def _syllable(char: str) -> str:
    if char.isascii():
        return char
    return PLACES.get(char) or lazy_pinyin(char, style=Style.NORMAL)[0] or char


def sounds(letters: str, name: str) -> bool:
    """Whether a name has these initials, or this pinyin, somewhere in it."""
    initials, whole = spelled(name)
    return letters in initials or letters in whole
