"""What our own clients send: bodies with their fields, the refusals of wrong ones, repeats."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import msgspec
import orjson
from flask import Response, current_app, request

from app.city import City
from app.domain.people import User
from app.errors import Conflict, Invalid

T = TypeVar("T")

LONGEST_NOTE = 500
LONGEST_TEXT = 2000
AHEAD = timedelta(minutes=5)
BEHIND = timedelta(days=7)  # how long a phone's outbox may have been offline (*default*)

_WHERE = re.compile(r" - at `\$\.?([^`]*)`")
_MISSING = re.compile(r"missing required field `([^`]+)`")


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """A move of a task or a case; `at` is when it was tapped, lon/lat where (WGS-84)."""

    note: str = ""
    photos: tuple[str, ...] = ()
    at: datetime | None = None
    lon: float | None = None
    lat: float | None = None


class Sending(msgspec.Struct, frozen=True, kw_only=True):
    """A dispatch: who is sent; `lead` is one of them (the first when left out)."""

    workers: tuple[str, ...]
    lead: str | None = None
    note: str = ""


class NewReport(msgspec.Struct, frozen=True, kw_only=True):
    """A 上报; `id` is made by the phone, so that a second delivery changes nothing."""

    id: str
    code: str
    description: str = ""
    title: str = ""
    lon: float | None = None
    lat: float | None = None
    address: str = ""
    photos: tuple[str, ...] = ()
    at: datetime | None = None


class Attendance(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a worker is on duty; `at` is when it was tapped."""

    on_duty: bool
    at: datetime | None = None


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where a worker is (WGS-84 degrees)."""

    lon: float
    lat: float
    at: datetime | None = None


def read(kind: type[T]) -> T:
    """Return the request's JSON body as `kind`; Invalid with the field that is wrong."""
    raw = request.get_data(cache=True)
    try:
        found = orjson.loads(raw) if raw.strip() else {}
    except orjson.JSONDecodeError as why:
        raise Invalid("请求内容不是有效的 JSON。") from why
    if not isinstance(found, dict):
        raise Invalid("请求内容应为一个 JSON 对象。")
    try:
        return msgspec.convert(found, kind)
    except msgspec.ValidationError as why:
        raise _refusal(str(why)) from why


def _refusal(said: str) -> Invalid:
    missing, where = _MISSING.search(said), _WHERE.search(said)
    if missing:
        return Invalid("缺少必填项。", fields={missing[1]: "必填"})
    field = where[1] if where else ""
    return Invalid("填写内容不符合要求。", fields={field: "类型或格式不正确"} if field else None)


def check(**fields: str | None) -> None:
    """Raise Invalid naming every field that has something to mend (None = nothing)."""
    wrong = {name: mend for name, mend in fields.items() if mend}
    if wrong:
        raise Invalid("填写内容不符合要求。", fields=wrong)


def too_long(text: str, most: int) -> str | None:
    """Return what to mend when a text is too long."""
    return f"请勿超过 {most} 个字" if len(text) > most else None


def short(note: str | None) -> str:
    """A note as the API takes it, of a field that is no guard itself; Invalid when too long."""
    check(note=too_long(note or "", LONGEST_NOTE))
    return note or ""


def wrong_place(lon: float | None, lat: float | None) -> str | None:
    """Return what to mend when a place is half given or not on earth."""
    if lon is None and lat is None:
        return None
    if lon is None or lat is None:
        return "经度和纬度需同时填写"
    return None if -180 <= lon <= 180 and -90 <= lat <= 90 else "经纬度超出范围"


def wrong_time(at: datetime | None, now: datetime) -> str | None:
    """Return what to mend when a time has no zone, lies ahead or is too old."""
    if at is None:
        return None
    if at.tzinfo is None:
        return "时间需带时区"
    if at > now + AHEAD:
        return "时间晚于当前时间,请校准手机时钟"
    return "时间过早" if at < now - BEHIND else None


def utc(at: datetime | None) -> datetime | None:
    """Return the same moment in UTC."""
    return at.astimezone(UTC) if at else None


def told(thing: Any) -> Any:
    """Return builtins of a struct, or of the structs in a list."""
    return msgspec.to_builtins(thing)


def once(city: City, by: User, do: Callable[[], Any]) -> Response:
    """Answer a request; a second delivery with the same Idempotency-Key gets the first answer.

    Only answers are kept, never refusals: a refused request has changed nothing. When a process
    dies between the change and the keeping of its answer, the verbs themselves refuse or repeat.
    """
    key = request.headers.get("Idempotency-Key", "").strip()
    if not key:
        return _answer(do())
    if len(key) > 100:
        raise Invalid("Idempotency-Key 过长。", fields={"Idempotency-Key": "请勿超过 100 个字符"})
    with city.ledger.read() as tx:
        kept = tx.answer(key, by.id)
    if kept is None:
        answer = _answer(do())
        kept = msgspec.msgpack.encode((request.path, answer.get_data()))
        with city.ledger.begin() as tx:
            tx.remember(key, by.id, kept, city.now())
        return answer
    path, body = msgspec.msgpack.decode(kept)
    if path != request.path:
        raise Conflict("该 Idempotency-Key 已用于另一请求。")
    again = Response(body, 200, mimetype="application/json")
    again.headers["Idempotency-Replayed"] = "true"
    return again


def _answer(thing: Any) -> Response:
    body = current_app.json.dumps(told(thing))
    return Response(body, 200, mimetype="application/json")
