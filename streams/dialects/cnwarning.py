"""预警信号 in flat JSON, as weather services push them, see docs/protocols/cnwarning.md."""

from __future__ import annotations

import re
from typing import Annotated

import msgspec
from msgspec import Meta

from app.domain.levels import Level
from app.domain.warnings import MessageType, Warning, Zone
from app.errors import Rejected
from streams import warning_words as words
from streams import wire
from streams.dialects import Thing
from streams.sources import Source

TOPICS: tuple[str, ...] = ()
SAYS_REPORTS = True
PERSONAL_PATHS: tuple[str, ...] = ()  # a warning is for everybody

ZONE = "Asia/Shanghai"  # the form writes Beijing time and no offset
DAY = r"\d{4}年\d{1,2}月\d{1,2}日"
ISSUED = re.compile(
    rf"^(?P<who>[^：:，,。]{{2,40}}?)(?:于)?(?:{DAY}[^：:，,。]{{0,12}}?)?"
    r"(?:继续发布|更新发布|升级发布|发布|变更|更新|升级|降级|将|解除|取消)"
)
ENDED = re.compile(r"(?<!未)(?<!不)(?:解除|取消|撤销)")
UPDATED = re.compile(r"继续发布|更新|变更|升级|降级|升为|降为|将[^。]{0,30}(?:升|降|改)")
DUTIES = re.compile(r"(?:防御指南|防御措施|防范指引|防御指引)[：:]")

Name = Annotated[str, Meta(max_length=60)]
Options = words.Validity


class Wire(msgspec.Struct):
    """The form: colour, kind, moment, the place by its names, and the text as it was issued."""

    type: Annotated[str, Meta(min_length=1, max_length=60)]
    time: Name
    content: Annotated[str, Meta(min_length=1, max_length=20_000)]
    level: Name | None = None
    province: Name | None = None
    city: Name | None = None
    district: Name | None = None


# 暴雨橙色预警信号 is a 暴雨: another level of it belongs to the same chain
_SIGNAL = re.compile("(?:[红橙黄蓝]色)?(?:预警信号|预警|信号)?$")
_decoder = msgspec.json.Decoder(Wire | list[Wire])
MOST = 500  # of one message


def reader(source: Source) -> Reader:
    """A reader of this source's messages."""
    return Reader(source)


class Reader:
    """One object, or a list of them. The form has no id: place and kind are the chain."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._options = words.options(source)

    def read(self, topic: str, payload: bytes, arrived: int) -> list[Thing]:
        """One message as our things; raises Rejected."""
        said = wire.decode(_decoder, payload)
        every = said if isinstance(said, list) else [said]
        if not 0 < len(every) <= MOST:
            raise Rejected("no_warning", f"{len(every)} warnings; 1 to {MOST} are one message")
        things: list[Thing] = []
        for each in every:
            try:
                things.append(self._warning(each, arrived))
            except Rejected as why:
                if len(every) == 1:
                    raise
                things.append(why)
        return things

    def _warning(self, said: Wire, arrived: int) -> Warning:
        sent = words.sent(said.time.replace("/", "-"), arrived, self._source.zone or ZONE)
        first = said.content.partition("。")[0]
        kind = _kind(first)
        said_level = said.level or ""
        level = words.colour(said_level, first, said.type) or Level.NONE
        if level is Level.NONE and kind is not MessageType.CANCEL:
            raise Rejected("no_level", f"level {said_level[:20]!r} is none of 红 橙 黄 蓝")
        where = (said.province, said.city, said.district)
        names = tuple(words.short(each or "") for each in where)
        text, duties = _parted(said.content)
        issuer = _issuer(said.content) or "".join(names)
        event = words.short(_SIGNAL.sub("", said.type.strip()) or said.type)
        return Warning(
            source=self._source.name,
            identifier="|".join((*names, event)),
            sender="".join(names) or issuer,
            sent=sent,
            msg_type=kind,
            event=event,
            title=words.title(event, level),
            domain=words.domain("Met"),
            issuer=issuer,
            headline=words.short(first.partition("：")[0]),
            description=words.long(text),
            instruction=words.long(duties),
            language="zh-CN",
            onset=sent,
            expires=sent + round(self._options.valid_h * 3_600_000),
            zones=(self._zone(names, level),),
        )

    def _zone(self, names: tuple[str, ...], level: Level) -> Zone:
        if any(names):
            return Zone(level=level, names=tuple(name for name in names if name))
        return Zone(level=level, codes=(self._options.area,) if self._options.area else ())


def _kind(first: str) -> MessageType:
    """What the first sentence does: 解除 ends, 变更 and 继续发布 go on, else it begins.

    "解除…黄色预警，发布…橙色预警" is a change: it ends one level to begin another.
    """
    head = first.partition("：")[0]
    if ENDED.search(head) and not re.search("(?:发布|升|降|变更)", ENDED.split(head)[-1]):
        return MessageType.CANCEL
    return MessageType.UPDATE if UPDATED.search(head) else MessageType.ALERT


def _issuer(content: str) -> str:
    found = ISSUED.match(content.strip())
    return words.short(found["who"]) if found else ""


def _parted(content: str) -> tuple[str, str]:
    """The text, and what to do (防御指南)."""
    parts = DUTIES.split(content, maxsplit=1)
    return parts[0], parts[1] if len(parts) > 1 else ""
