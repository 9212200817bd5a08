"""Every word that the screens show, in Chinese and in English; the words stand in layouts/words."""

from __future__ import annotations

from app.domain.kinds import BY_CODE
from layouts.words import (
    admin,
    cockpit,
    components,
    doors,
    drawing,
    export,
    finding,
    grids,
    layers,
    replay,
    resources,
    shared,
    wall,
)

# key: (zh-CN, en). The keys of an enum's words are "<noun>.<value>".
WORDS: dict[str, tuple[str, str]] = (
    shared.WORDS
    | wall.WORDS
    | cockpit.WORDS
    | admin.WORDS
    | doors.WORDS
    | drawing.WORDS
    | export.WORDS
    | components.WORDS
    | resources.WORDS
    | finding.WORDS
    | layers.WORDS
    | grids.WORDS
    | replay.WORDS
)

LOCALES = ("zh-CN", "en")
_spoken = {"locale": "zh-CN"}


def speak(locale: str) -> None:
    """Choose the language of this process, once at start; an unknown one means zh-CN."""
    _spoken["locale"] = locale if locale in LOCALES else "zh-CN"


def say(key: str, **values: object) -> str:
    """Return the words for a key, with the values put in; KeyError for a key that is unknown."""
    words = WORDS[key][LOCALES.index(_spoken["locale"])]
    return words.format(**values) if values else words


def kind(code: str) -> str:
    """Return the name of a kind of devices, or its code when the kind is not ours."""
    known = BY_CODE.get(code)
    if known is None:
        return code
    return known.name if _spoken["locale"] == "zh-CN" else known.name_en


def why(code: str | None) -> str:
    """Return the words for the reason why a figure is missing."""
    return say(f"why.{code}") if f"why.{code}" in WORDS else say("why.no_data")


def feed(name: str) -> str:
    """Return the name of a feed, or its code when it is not ours."""
    return say(f"feed.{name}") if f"feed.{name}" in WORDS else name


def locale() -> str:
    """Return the language of this process."""
    return _spoken["locale"]
