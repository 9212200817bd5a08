"""What the forms of warnings share: colours, titles, moments, and texts of a bearable length."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta

from app.domain.kinds import GOVERN, SAFETY, SOCIAL
from app.domain.levels import Level
from app.errors import Rejected
from streams import wire
from streams.sources import Source

SHORT, LONG = 200, 8_000  # characters of a headline, of a description
DAY_MS = 86_400_000
COLOURS = {
    **{"红": Level.RED, "橙": Level.ORANGE, "黄": Level.YELLOW, "蓝": Level.BLUE},
    **{"red": Level.RED, "orange": Level.ORANGE, "yellow": Level.YELLOW, "blue": Level.BLUE},
}
NAMES = {Level.RED: "红色", Level.ORANGE: "橙色", Level.YELLOW: "黄色", Level.BLUE: "蓝色"}
_COLOUR = re.compile("[红橙黄蓝](?=色)|(?<![a-z])(?:red|orange|yellow|blue)(?![a-z])", re.I)
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")

# CAP's categories → the wall's tab; everything else endangers somebody
DOMAINS = {"Env": GOVERN, "Transport": GOVERN, "Infra": GOVERN, "Health": SOCIAL}


class Validity(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Settings of every form: how long a warning holds that does not say, and where then.

    `valid_h` is a default: CAP leaves it to each recipient (CAP-v1.2, 3.2.2 "expires").
    """

    valid_h: Annotated[float, Meta(ge=1, le=720)] = 24
    area: Annotated[str, Meta(pattern=r"^(\d{6})?$")] = ""


def colour(*said: str) -> Level | None:
    """The level of the first text that names one colour, also as one bare character or word."""
    for each in said:
        if level := COLOURS.get(each.strip().lower().removesuffix("色")):
            return level
        named = {COLOURS[word.lower()] for word in _COLOUR.findall(each)}
        if len(named) == 1:
            return named.pop()
    return None


def title(event: str, level: Level) -> str:
    """What stands in a list: 雷暴大风黄色预警; other languages as they are."""
    if not _CHINESE.search(event) or level not in NAMES:
        return short(event)
    bare = re.sub("(预警信号|预警|信号)$", "", event.strip())
    bare = bare if colour(bare) else bare + NAMES[level]
    return short(bare + "预警")


def domain(category: str) -> str:
    """The wall's tab of a CAP category."""
    return DOMAINS.get(category, SAFETY)


def short(text: str) -> str:
    """One line of at most 200 characters, without what cannot be seen."""
    return _cut(" ".join(_UNSEEN.sub("", text).split()), SHORT)


def long(text: str) -> str:
    """A text of at most 8,000 characters with its lines, without what cannot be seen."""
    lines = (" ".join(line.split()) for line in _UNSEEN.sub("", text).splitlines())
    return _cut("\n".join(line for line in lines if line), LONG)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def sent(text: str, arrived: int, zone: str) -> int:
    """Epoch ms of the sending; Rejected when it is no time, or ahead of our clock."""
    return wire.moment(at(text, zone), arrived)


def at(text: str, zone: str) -> int:
    """Epoch ms of any moment, past or to come; one without an offset is of the source's zone."""
    try:
        found = datetime.fromisoformat(text.strip())
        if found.tzinfo is None:
            if not zone:
                detail = f"{text[:40]!r} has no offset; set `zone` of the source"
                raise Rejected("bad_time", detail)
            found = found.replace(tzinfo=ZoneInfo(zone))
        ms = int(found.timestamp() * 1000)
    except (ValueError, OverflowError, OSError) as why:
        raise Rejected("bad_time", f"{text[:40]!r} is no ISO-8601 time") from why
    if not 0 < ms < 32_503_680_000_000:  # the year 3000
        raise Rejected("bad_time", f"{text[:40]!r} is beyond all calendars")
    return ms


def options(source: Source) -> Validity:
    """The settings of a source; a dialect's own may have more."""
    return source.options if isinstance(source.options, Validity) else Validity()
