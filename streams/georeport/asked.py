"""GeoReport questions: a form into a report, a query string into what is looked for."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import NamedTuple

from app.domain.catalogue import Entry
from app.domain.reports import HotlineOrder, Report
from app.errors import Rejected
from app.services.public_requests import CHANNEL, PREFIX, Query
from streams import wire
from streams.georeport import offered

BEIJING = timezone(timedelta(hours=8))
SPAN = timedelta(days=90)
MOST, PAGE = 1000, 100
MOST_IDS = 100
DEEPEST = 10_000  # rows that paging may walk through
LONGEST = {"description": 4000, "address_string": 200, "media_url": 500}
PERSONAL = 100  # characters of a name, number or address of a person
_URL = re.compile(r"https?://[^\s<>\"'\\]+", re.ASCII)
_LATIN = re.compile(r"[\x00-\u024f]*")
# ids under which clients deliver a report again
_OWN_IDS = ("attribute[external_id]", "attribute[fixmystreet_id]")
# what tells one report from another where it has no id of its own
_SAME = (
    *("service_code", "lat", "long", "address_string", "description", "media_url"),
    *("email", "phone", "device_id", "account_id"),
)

Form = Mapping[str, str]


def flattened(said: Mapping[str, object]) -> dict[str, str]:
    """A JSON object as the form it stands for: {"attribute": {"A": 1}} is attribute[A]=1."""
    found: dict[str, str] = {}
    for name, value in said.items():
        inner = value.items() if name == "attribute" and isinstance(value, dict) else ()
        found |= {f"attribute[{key}]": _text(each) for key, each in inner if each is not None}
        if value is not None and not isinstance(value, dict):
            found[name] = _text(value)
    return found


def _text(said: object) -> str:
    if isinstance(said, list):
        return "\n".join(_text(each) for each in said if not isinstance(each, list | dict))
    return str(said).lower() if isinstance(said, bool) else str(said)


class Told(NamedTuple):
    """A report, and who has told it as an order: personal, for the ledger alone."""

    report: Report
    citizen: HotlineOrder


def report(form: Form, source: str, now: datetime) -> Told:
    """What a POST of a source says; NotFound for its service code, else Rejected."""
    code = form.get("service_code", "").strip()
    if not code:
        raise Rejected("missing_field", "service_code was not provided")
    service = offered.entry(code)
    for name, longest in LONGEST.items():
        if len(form.get(name, "")) > longest:
            raise Rejected("wrong_field", f"{name} is longer than {longest} characters")
    lon, lat = _place(form)
    address = _line(form.get("address_string", ""))
    if lon is None and not address:
        raise Rejected("missing_field", "lat and long, or address_string, must be provided")
    told = Report(
        id=_id(form, source, now),
        channel=CHANNEL,
        worker=None,
        at=int(now.timestamp() * 1000),
        code=service.code5,
        title="",
        description=_description(form, service),
        lon=lon,
        lat=lat,
        address=address,
    )
    return Told(told, _citizen(form, told))


def query(args: Form, now: datetime) -> Query:
    """What GET requests looks for; ids override everything else. NotFound, Rejected."""
    ids = [each.strip() for each in args.get("service_request_id", "").split(",") if each.strip()]
    if len(ids) > MOST_IDS:
        raise Rejected("wrong_field", f"at most {MOST_IDS} service_request_id in one request")
    if ids:
        return Query(ids=tuple(ids))
    status = args.get("status", "").strip().lower()
    if status not in ("", "open", "closed", "open,closed", "closed,open"):
        raise Rejected("wrong_field", "status is open or closed")
    codes = [each.strip() for each in args.get("service_code", "").split(",") if each.strip()]
    since, until = _span(args, now)
    page, size = _count(args, "page", 1), _count(args, "page_size", MOST)
    size = min(size, MOST)
    if page * size > DEEPEST:
        raise Rejected("wrong_field", f"paging ends after {DEEPEST} requests; narrow the dates")
    return Query(
        codes=tuple(offered.entry(code).code5 for code in codes),
        open={"open": True, "closed": False}.get(status),
        since=since,
        until=until,
        skip=(page - 1) * size,
        limit=size,
    )


def _place(form: Form) -> tuple[float, float] | tuple[None, None]:
    """WGS-84 as the specification says; Rejected when it is no place."""
    said = [form.get(name, "").strip() for name in ("long", "lat")]
    if not any(said):
        return None, None
    try:
        lon, lat = (float(each) for each in said)
    except ValueError as why:
        raise Rejected("bad_place", "lat and long are decimal degrees, both of them") from why
    return wire.place(lon, lat)


def _description(form: Form, service: Entry) -> str:
    """The words, then the answers to the attributes and the picture's address, never fetched."""
    answers = {
        name[10:-1]: value
        for name, value in form.items()
        if name.startswith("attribute[") and name.endswith("]")
    }
    more = offered.told(service, answers)
    said = (url.strip() for url in form.get("media_url", "").splitlines())
    if urls := [url for url in said if _URL.fullmatch(url)]:
        more.append(f"附图（未下载）：{' '.join(urls)}")
    words = form.get("description", "").replace("\0", "").strip()
    return words + (f"（{'；'.join(more)}）" if more else "")


def _citizen(form: Form, told: Report) -> HotlineOrder:
    first, last = (_line(form.get(name, ""))[:PERSONAL] for name in ("first_name", "last_name"))
    name = f"{first} {last}".strip() if _LATIN.fullmatch(first + last) else last + first
    ways = ["".join(form.get(field, "").split())[:PERSONAL] for field in ("phone", "email")]
    return HotlineOrder(
        order_no=told.id,
        channel=CHANNEL,
        at=told.at,
        type="其他",
        urgency="一般",
        category="",
        title="",
        content="",
        address="",
        lon=None,
        lat=None,
        caller_name=name or None,
        caller_phone=" ".join(way for way in ways if way) or None,
    )


def _line(said: str) -> str:
    return " ".join(said.replace("\0", "").split())[: LONGEST["address_string"]]


def _id(form: Form, source: str, now: datetime) -> str:
    """The same report of the same caller on the same day (Beijing) has the same id.

    Clients repeat a POST whose answer they did not hear; one who says its own id may do so later.
    """
    own = next((form[name] for name in _OWN_IDS if form.get(name)), "")
    day = now.astimezone(BEIJING).date().isoformat()
    parts = [own] if own else [day, *(form.get(name, "").strip() for name in _SAME)]
    said = "\0".join([source, *parts]).encode("utf-8", "replace")
    return PREFIX + hashlib.sha256(said).hexdigest()[:40]


def _span(args: Form, now: datetime) -> tuple[datetime, datetime]:
    """The days looked at: 90 at most, the last 90 without dates."""
    start, end = _moment(args, "start_date"), _moment(args, "end_date")
    try:
        if start is None:
            end = end or now + timedelta(seconds=1)
            return end - SPAN, end
        end = end or start + SPAN
    except OverflowError as why:
        raise Rejected("bad_time", "start_date and end_date are beyond all calendars") from why
    if not timedelta() <= end - start <= SPAN:
        raise Rejected("bad_time", "start_date to end_date may not span more than 90 days")
    return start, end


def _moment(args: Form, name: str) -> datetime | None:
    said = args.get(name, "").strip()
    if not said:
        return None
    # a client that forgets to escape the + of its offset sends a blank
    said = re.sub(r" (\d\d:?\d\d)$", r"+\1", said) if "T" in said else said
    try:
        at = datetime.fromisoformat(said)
        at = at if at.tzinfo else at.replace(tzinfo=BEIJING)
        return at.astimezone(UTC)
    except (ValueError, OverflowError) as why:
        raise Rejected("bad_time", f"{name}: {said[:40]!r} is no ISO-8601 time") from why


def _count(args: Form, name: str, otherwise: int) -> int:
    said = args.get(name, "").strip()
    if not said:
        return otherwise
    if not (said.isascii() and said.isdigit() and 0 < int(said[:9]) <= DEEPEST):
        raise Rejected("wrong_field", f"{name} is a number from 1 to {DEEPEST}")
    return int(said[:9])
