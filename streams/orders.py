"""Fields of others → 12345 orders and grid reports, checked as our own shapes are.

Whoever has named the fields (a JSON mapping, a column mapping, an HTTP form) hands them in here.
Rejected names the field first: "type: …".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, TypeVar
from zoneinfo import ZoneInfo

import msgspec

from app.domain.reports import HotlineOrder, Report
from app.errors import Rejected
from app.services.ingest import Filed
from streams.codecs import grid_report, hotline
from streams.sources import Source

# the hotline's own words, which nothing else may stand for
WORDS = {
    "type": ("咨询", "求助", "投诉", "举报", "建议", "表扬", "其他"),
    "urgency": ("特急", "紧急", "一般"),
}
ORDER_FIELDS = ("order_no", *hotline.Wire.__struct_fields__)
REPORT_FIELDS = (*grid_report.Wire.__struct_fields__, "worker", "channel")
NUMBERS = {"lon", "lat"}
ANY_WORD = "*"
SHORT_TITLE = 40  # characters that stand for a title which nobody gave
OLDEST = 946_684_800_000  # the year 2000: what says less has no clock

_ZERO = re.compile(r"0(?:\.0*)?")  # 0, 0 is what a form says that has no place
_WHERE = re.compile(r" - at `(?:key in )?\$\.?([^`]*)`")
_MISSING = re.compile(r"missing required field `([^`]+)`")

W = TypeVar("W", hotline.Wire, grid_report.Wire)


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """How named fields are to be understood.

    `values` turns their words into ours, by field ("*": any other word); `time_format` is iso, s,
    ms or a strptime format, which needs the source's zone unless it has %z.
    """

    says: Literal["order", "report"]
    values: Mapping[str, Mapping[str, str]] = {}
    time_format: str = "iso"


def take(
    form: Form, fields: Mapping[str, Any], source: Source, arrived: int
) -> HotlineOrder | Report | Filed:
    """One order or report of fields in their words and times; raises Rejected.

    A report is Filed when it brings pictures.
    """
    said = {name: _worded(name, v, form.values.get(name)) for name, v in fields.items()}
    said["ts"] = timed(said.get("ts"), form.time_format, source)
    if form.says == "order":
        return order(said, source, arrived)
    found = filed(said, source, arrived)
    return found if found.pictures else found.report


def order(fields: Mapping[str, Any], source: Source, arrived: int) -> HotlineOrder:
    """An order of the fields ORDER_FIELDS; raises Rejected.

    Needed are order_no, ts, and title or content. Empty texts are as not given; type is then 其他,
    urgency 一般, channel the source's name. `crs` is the source's unless the fields say it.
    """
    said = _plain(fields, ORDER_FIELDS)
    given: dict[str, Any] = {
        "channel": source.name,
        "type": "其他",
        "urgency": "一般",
        "category": "",
        "address": "",
        "crs": source.crs,
        **_titled(said, "content"),
        **_now(source, arrived),
    }
    checked = _checked(hotline.Wire, given | said)
    return hotline.order(checked, _id(said, "order_no", source), _at(checked.ts, source, arrived))


def report(fields: Mapping[str, Any], source: Source, arrived: int) -> Report:
    """A grid report of the fields REPORT_FIELDS, without its photos; raises Rejected.

    Needed are id, ts, and title or description; `code` "" when nobody knows the matter, `worker`
    is who saw it.
    """
    return filed(fields, source, arrived).report


def filed(fields: Mapping[str, Any], source: Source, arrived: int) -> Filed:
    """The same with its photos, which are as in our own shape."""
    said = _plain(fields, REPORT_FIELDS)
    given = {"code": "", "crs": source.crs, **_titled(said, "description"), **_now(source, arrived)}
    checked = _checked(grid_report.Wire, given | said | {"id": _id(said, "id", source)})
    made = grid_report.report(
        checked,
        _at(checked.ts, source, arrived),
        worker=_short(said, "worker"),
        channel=_short(said, "channel") or source.name,
    )
    return Filed(made, grid_report.pictures(checked))


def timed(said: Any, form: str, source: Source) -> Any:
    """A time of the form as order() and report() understand it; raises Rejected."""
    if said is None or form == "iso" or isinstance(said, datetime):
        return said
    if form in ("s", "ms"):
        try:
            return float(said) * (1000 if form == "s" else 1)
        except (TypeError, ValueError, OverflowError) as why:
            raise Rejected("bad_time", f"ts: {str(said)[:40]!r} is no number") from why
    try:
        at = datetime.strptime(str(_value("", said))[:64], form)  # noqa: DTZ007 - zone is given below
    except ValueError as why:
        text = f"ts: {str(said)[:40]!r} is not of the form {form!r}"
        raise Rejected("bad_time", text) from why
    return at if at.tzinfo or not source.zone else at.replace(tzinfo=ZoneInfo(source.zone))


def _worded(name: str, said: Any, words: Mapping[str, str] | None) -> Any:
    if not words or said is None:
        return said
    text = str(said).strip()
    found = words.get(text, words.get(ANY_WORD))
    if found is None and text not in words.values():
        known = ", ".join(words)[:200]
        raise Rejected("wrong_value", f"{name}: {text[:40]!r} is none of {known}")
    return text if found is None else found


def _plain(fields: Mapping[str, Any], known: tuple[str, ...]) -> dict[str, Any]:
    """The known fields that say something: numbers where texts are wanted become texts."""
    found = {}
    for name in known:
        value = _value(name, fields.get(name))
        if value is not None:
            found[name] = value
    if all(_ZERO.fullmatch(str(found.get(name, ""))) for name in NUMBERS):
        return {name: value for name, value in found.items() if name not in NUMBERS}
    return found


def _value(name: str, value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, str):
        # PostgreSQL takes no NUL, and a sheet pads its cells
        return value.replace("\0", "").strip() or None
    if name in NUMBERS or name == "ts" or isinstance(value, bool):
        return value
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e18:
        value = int(value)  # a sheet knows one kind of number: 13812345678.0
    return str(value) if isinstance(value, int | float) else value


def _titled(said: dict[str, Any], body: str) -> dict[str, Any]:
    """What stands for a missing title or body: each the other."""
    text = said.get(body, said.get("title", ""))
    title = said.get("title", str(text).splitlines()[0][:SHORT_TITLE] if text else "")
    if not title:
        raise Rejected("missing_field", f"title: neither title nor {body} is there")
    return {"title": title, body: text}


def _now(source: Source, arrived: int) -> dict[str, Any]:
    """The time of what has none, where the source's clocks are not to be trusted."""
    return {"ts": arrived} if source.clock == "arrival" else {}


def _checked(kind: type[W], fields: dict[str, Any]) -> W:
    try:
        return msgspec.convert(fields, kind, strict=False)
    except (msgspec.ValidationError, UnicodeError) as why:
        raise _refusal(str(why)) from why


def _refusal(said: str) -> Rejected:
    missing, where = _MISSING.search(said), _WHERE.search(said)
    if missing:
        return Rejected("missing_field", f"{missing[1]}: this field is not there or empty")
    plain = _WHERE.sub("", said)
    return Rejected("wrong_field", f"{where[1]}: {plain}" if where else plain)


def _id(said: dict[str, Any], name: str, source: Source) -> str:
    if name not in said:
        raise Rejected("missing_field", f"{name}: this field is not there or empty")
    try:
        return source.code(said[name])
    except Rejected as why:
        raise Rejected("wrong_field", f"{name}: text of 1 to 512 characters is expected") from why


def _short(said: dict[str, Any], name: str) -> str | None:
    value = said.get(name)
    if value is not None and not (isinstance(value, str) and len(value) <= 64):
        raise Rejected("wrong_field", f"{name}: text of at most 64 characters is expected")
    return value


def _at(ts: Any, source: Source, arrived: int) -> int:
    try:
        at = source.moment(ts, arrived)
    except Rejected as why:
        raise Rejected(why.reason, f"ts: {why.detail.removeprefix('ts ')}") from why
    if at < OLDEST:
        raise Rejected("bad_time", "ts: a time before the year 2000")
    return at
