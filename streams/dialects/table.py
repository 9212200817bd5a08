"""Rows of tables (CSV, Excel) by a saved column mapping, see docs/protocols/table.md.

A message is one row as a JSON object of their columns: so a refused row can be replayed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from app.domain import catalogue
from app.errors import Rejected
from layouts import text
from streams import orders, wire
from streams.dialects import Thing
from streams.sources import Source

TOPICS: tuple[str, ...] = ()
NEEDS_TOPICS = False
SAYS_REPORTS = True

PERSONAL = ("caller_name", "caller_phone", "id_no")
LONGEST = 5000  # characters of a cell that is mapped
EXCEL_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 - day 0 of a sheet's numbers has no zone
EXCEL_DAYS = (20_000, 80_000)  # 1954 to 2119
_SPAN = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"
    r"(?:[\sT]*(\d{1,2})[:：时点](\d{1,2})(?:[:：分](\d{1,2})(?:\.\d+)?秒?|分)?)?",
    re.ASCII,
)
_PACKED = re.compile(r"(\d{4})(\d\d)(\d\d)(?:[T ]?(\d\d)(\d\d)(\d\d)?)?", re.ASCII)
_DAYS = re.compile(r"\d{5}(?:\.\d{1,12})?", re.ASCII)  # the day of a sheet, as CSV has it
_HALF = re.compile("[上下]午")
# what a sheet makes of a long number: 13812345678.0, 1.3812345678E+10, 2.02611E+11 (rounded)
_SHEET_NUMBER = re.compile(r"(\d{1,15})\.0|(\d)\.(\d{1,14})[eE]\+?(\d\d?)", re.ASCII)
NUMBERED = ("order_no", "id", "caller_phone", "id_no")
EXACT = 1e15  # larger whole numbers of a sheet have lost digits
_decoder: msgspec.json.Decoder[Mapping[str, Any]] = msgspec.json.Decoder(dict[str, Any])

Column = Annotated[str, Meta(min_length=1, max_length=110)]


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Our field → their column; `defaults` stand where a cell is empty, `values` are words."""

    what: Literal["order", "report"]
    columns: dict[str, Column]
    values: dict[str, dict[str, str]] = {}
    defaults: dict[str, str] = {}
    time_format: str = "auto"  # auto, or as orders.Form has it
    sheet: str = ""


def fields_of(what: str) -> tuple[str, ...]:
    """Our fields that a column can be mapped to."""
    every = orders.ORDER_FIELDS if what == "order" else orders.REPORT_FIELDS
    return tuple(name for name in every if name != "photos")


def faults(source: Source) -> list[str]:
    """What a mapping cannot mean."""
    options: Options = source.options
    return [*_names(options), *_needed(source, options), *_words(options)]


def _names(options: Options) -> Iterator[str]:
    known = fields_of(options.what)
    for part in ("columns", "values", "defaults"):
        for name in getattr(options, part):
            if name not in known:
                yield f"options.{part}: `{name}` is not known; known are {', '.join(known)}"


def _needed(source: Source, options: Options) -> Iterator[str]:
    have = options.columns.keys()
    key, body = ("order_no", "content") if options.what == "order" else ("id", "description")
    missing = [name for name in (key, "ts") if name not in have]
    if not have & {"title", body}:
        missing.append(f"title (or {body})")
    if missing:
        yield f"options.columns: {', '.join(missing)} missing; without these no row can be taken"
    if not source.zone:
        yield "`zone` is missing: times in tables have no offset; write zone: Asia/Shanghai"
    if source.by != "drop":
        yield "`by` is missing: a table comes as a file; write by: drop"
    for name in PERSONAL:
        column = options.columns.get(name)
        if column and not {column, "*"} & set(source.personal):
            yield f"`{column}` ({name}) is personal; write it under `personal`, too"


def _words(options: Options) -> Iterator[str]:
    for name, ours in orders.WORDS.items():
        for theirs, word in options.values.get(name, {}).items():
            if word not in ours:
                yield f"options.values.{name}.{theirs}: {word!r} is none of {', '.join(ours)}"


def personal(options: Options) -> tuple[str, ...]:
    """The columns that a source of these options must call personal; `*` where a dot is in one."""
    columns = [options.columns[name] for name in PERSONAL if name in options.columns]
    return ("*",) if any("." in column for column in columns) else tuple(columns)


class Reader:
    """Rows of one source; it remembers nothing."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._options: Options = source.options
        form = self._options.time_format
        self._auto = form == "auto"
        self._form = orders.Form(
            says=self._options.what,
            values=self._options.values,
            time_format="iso" if self._auto else form,
        )

    def read(self, topic: str, payload: bytes, arrived: int) -> list[Thing]:
        """One row as JSON; raises Rejected."""
        return [self.row(wire.decode(_decoder, payload), arrived)]

    def row(self, cells: Mapping[str, Any], arrived: int) -> Thing:
        """One row by its columns; raises Rejected."""
        said: dict[str, Any] = {}
        for name, column in self._options.columns.items():
            value = cells.get(column)
            if isinstance(value, str) and len(value) > LONGEST:
                raise Rejected("too_large", f"{name}: {len(value)} characters in `{column}`")
            if value is not None and value != "":
                said[name] = _unrounded(name, value) if name in NUMBERED else value
        said = dict(self._options.defaults) | said
        if self._auto and "ts" in said:
            said["ts"] = _told(moment(said["ts"]))
        if self._options.what == "report":
            _classify(said)
        return orders.take(self._form, said, self._source, arrived)


def reader(source: Source) -> Reader:
    """A reader of the source's rows."""
    return Reader(source)


def _unrounded(name: str, value: Any) -> Any:
    """A long number as it was before a sheet took it for a quantity; a lost one is no key."""
    lost = isinstance(value, int | float) and value >= EXACT
    if isinstance(value, str) and (found := _SHEET_NUMBER.fullmatch(value.strip())):
        if found[1]:
            return found[1]
        digits, tens = found[2] + found[3], int(found[4])
        if len(digits) == tens + 1:
            return digits
        lost = len(digits) <= tens
    if lost and name in ("order_no", "id"):
        raise Rejected("wrong_value", f"{name}: {text.say('drop.rounded', said=str(value)[:40])}")
    return value


def _told(ts: Any) -> Any:
    """The moment, refused in words that a person who brings a table understands."""
    if isinstance(ts, str):
        try:
            datetime.fromisoformat(ts.strip())
        except ValueError as why:
            raise Rejected("bad_time", f"ts: {text.say('drop.no_time', said=ts[:40])}") from why
    return ts


def moment(said: Any) -> Any:
    """A time as tables write it, as ISO-8601; what is none stays as it is, for the refusal.

    2026/1/6 9:05, 2026年1月6日 下午3时5分, 20260106090500, the days of a sheet without a format.
    """
    plain = unicodedata.normalize("NFKC", said).strip() if isinstance(said, str) else ""
    if _DAYS.fullmatch(plain):
        said = float(plain)
    if isinstance(said, int | float) and not isinstance(said, bool):
        if not EXCEL_DAYS[0] < said < EXCEL_DAYS[1]:
            return _packed(str(int(said))) if abs(said) < 1e15 else said
        return (EXCEL_ZERO + timedelta(seconds=round(said * 86_400))).isoformat()
    if not isinstance(said, str):
        return said
    half = _HALF.search(plain)
    found = _SPAN.fullmatch(_HALF.sub(" ", plain, count=1))
    return _iso(found, said, half[0] if half else "") if found else _packed(plain)


def _packed(said: str) -> str:
    found = _PACKED.fullmatch(said)
    return _iso(found, said) if found else said


def _iso(found: re.Match[str], said: str, half: str = "") -> str:
    """The moment; `half` is 上午 or 下午, whose hours are 1 to 12."""
    try:
        year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
        if half:
            hour = hour % 12 + 12 * (half == "下午") if hour <= 12 else hour
        at = datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - zone comes later
        return at.isoformat()
    except ValueError:
        return said


def _classify(said: dict[str, Any]) -> None:
    """The matter by code or name, also of the older standard; what is none joins the words."""
    told = said.pop("code", "")
    if isinstance(told, float) and told.is_integer():
        told = int(told)
    name = str(told).strip()
    found = catalogue.named(name)
    if found is None and isinstance(told, int) and told > 0:  # a sheet eats zeros at the front
        found = catalogue.matter(name.zfill(4)) or catalogue.matter(name.zfill(5))
    if found:
        said["code"] = found.code5
    elif name:
        words = said.get("description") or said.get("title") or ""
        said["description"] = f"{words}（原事项 {name[:100]}）"
