"""What the public may ask of the cases it has brought itself (Open311), and nothing else."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from redis.exceptions import RedisError

from app.city import City
from app.domain import masking
from app.domain.cases import Case
from app.errors import NotFound, TooMany
from app.services.throttle import caller
from app.services.views_cases import unit_name
from app.store import limits
from app.store.tx import Tx

CHANNEL = "open311"
PREFIX = "open311-"
READS_PER_MINUTE = 120  # default: of one address
DEEPEST = 10_000  # rows looked through for service codes


class Query(NamedTuple):
    """Either ids, or filters; `codes` are five digits, `open` None is both."""

    ids: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    open: bool | None = None
    since: datetime | None = None
    until: datetime | None = None
    skip: int = 0
    limit: int = 1000


class Public(NamedTuple):
    """A case as far as it is public; `unit` is the name of who answers, `address` has no number."""

    id: str
    code: str
    title: str
    description: str
    status: str
    open: bool
    unit: str
    address: str
    lon: float | None
    lat: float | None
    opened_at: datetime
    changed_at: datetime
    due_at: datetime


def ask(city: City, query: Query, ip: str) -> list[Public]:
    """The public's cases, newest first; ids that are none are left out. Raises TooMany."""
    _admit(city, ip)
    with city.ledger.read() as tx:
        found = [_known(tx, each) for each in query.ids] if query.ids else _listed(tx, query)
        units: dict[str | None, str] = {}
        for case in found:
            if case is not None and case.unit not in units:
                units[case.unit] = unit_name(tx, case.unit) or ""
    return [_public(case, units[case.unit]) for case in found if case is not None]


def one(city: City, request_id: str, ip: str) -> Public:
    """The case of an id, or of the report id behind it; NotFound, TooMany."""
    found = ask(city, Query(ids=(request_id,)), ip)
    if not found:
        raise NotFound("没有这个 service_request_id。")
    return found[0]


def _admit(city: City, ip: str) -> None:
    seconds = int(city.now().timestamp())
    try:
        count = limits.hit(city.live.redis, f"open311:{caller(ip)}", seconds, 60)
    except RedisError:
        return  # what is read lies in the ledger
    if count > READS_PER_MINUTE:
        raise TooMany("查询过于频繁，请稍后再试。")


def _known(tx: Tx, request_id: str) -> Case | None:
    try:
        own = request_id.startswith(PREFIX)
        case = tx.case_of("grid", request_id) if own else tx.case(request_id)
    except NotFound:
        return None
    return case if case and _is_public(case) else None


def _listed(tx: Tx, query: Query) -> list[Case]:
    most = DEEPEST if query.codes else query.skip + query.limit
    found = tx.cases(
        source="grid",
        reporter=CHANNEL,
        open=query.open,
        since=query.since,
        until=query.until,
        limit=most,
    )
    public = [
        case
        for case in found
        if _is_public(case) and (not query.codes or case.code[-5:] in query.codes)
    ]
    return public[query.skip : query.skip + query.limit]


def _is_public(case: Case) -> bool:
    return case.source == "grid" and case.source_id.startswith(PREFIX) and case.reporter == CHANNEL


def _public(case: Case, unit: str) -> Public:
    return Public(
        id=case.id,
        code=case.code[-5:],
        title=case.title,
        description=masking.text(case.description),
        status=case.status.value,
        open=case.closed_at is None,
        unit=unit,
        address=masking.address(case.address),
        lon=case.lon,
        lat=case.lat,
        opened_at=case.opened_at,
        changed_at=case.changed_at,
        due_at=case.due_at,
    )
