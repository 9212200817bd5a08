"""Pinyin of names, so that qtsc and qingtan find 清潭三村."""

from __future__ import annotations

import os
import re
from functools import lru_cache
from threading import Lock

# its dictionary of phrases would cost 45 MB and 0.4 s in every process (measured)
os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
from pypinyin import Style, lazy_pinyin  # noqa: E402 - it reads the line above

PRIVATE = 0xE000  # the first of 6,400 characters that no text has; there are some 400 syllables
_sounds: dict[str, int] = {}
_counting = Lock()
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
    initials, whole = spelled(name)
    return letters in initials or letters in whole
