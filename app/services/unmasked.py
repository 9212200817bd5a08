"""What is masked everywhere is read here: on demand, by who needs it, and each reading is a fact.

A fact says who has read what of which case, and nothing of what was read. It is about no thing of
the screens: nobody's lists change, and a replay does not take it for the case's own.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from redis.exceptions import RedisError

from app.city import City
from app.domain import masking, opening, tasks
from app.domain.cases import Case
from app.domain.facts import Fact
from app.domain.people import User, Verb, require
from app.domain.reports import HotlineOrder
from app.errors import Conflict, TooMany
from app.services.places import settle
from app.services.places_known import gazetteer
from app.store import citizens, limits

ADDRESS, CALLER = "address.read", "caller.read"  # the kinds of the facts
READ = (ADDRESS, CALLER)
STOPPED = "unmask.stopped"  # somebody has read as many as one may in a minute
MOST = 20  # default: readings of one account in a minute; nobody dispatches faster than in 3 s
MINUTE_S = 60
AT_ONCE = 500  # orders erased in one transaction

log = logging.getLogger(__name__)
Row = dict[str, Any]


def address_of_task(city: City, task_id: str, *, by: User) -> Row:
    """Return where his open task is, for the worker it was sent to.

    {"address": the whole line, "about": how inexact the place is, "lon", "lat": the point that
    the address tells, or None}; "address" is "" where nothing is masked. Raises NotFound,
    NotAllowed, Conflict (it has ended).
    """
    with city.ledger.read() as tx:
        task = tx.task(task_id)
        require(by, Verb.SEE, task)
        if task.status in tasks.ENDED:
            raise Conflict("任务已结束，不再提供详细地址。")
        case = tx.case(task.case_id)
        order = citizens.order_of(tx, case)
    return _address(city, case, order, by, task_id)


def address_of_case(city: City, case_id: str, *, by: User) -> Row:
    """Return the same of a case, for who dispatches there; NotFound, NotAllowed."""
    case, order = _asked(city, case_id, by)
    return _address(city, case, order, by)


def caller_of_case(city: City, case_id: str, *, by: User) -> Row:
    """Return {"name", "phone"} of who called ("" where he did not say); NotFound, NotAllowed."""
    case, order = _asked(city, case_id, by)
    said = {
        "name": (order and order.caller_name) or "",
        "phone": (order and order.caller_phone) or "",
    }
    if any(said.values()):
        _tell(city, CALLER, case, by)
    return said


def readable(case: Case) -> list[str]:
    """What of a case is masked and may be asked for: "address", "caller"."""
    found = ["address"] if case.source == "hotline" else []
    return [*found, "caller"] if case.caller else found


def erase(city: City) -> int:
    """Take the citizens out of orders whose case ended long ago; returns how many there were."""
    before = city.now() - timedelta(days=city.settings.orders_days)
    erased = 0
    while True:
        with city.ledger.begin() as tx:
            old = citizens.of_long_ago(tx, before, AT_ONCE)
            for order in old:
                citizens.erase(tx, opening.bare(order), city.now())
            if old:
                tx.record(_erased(city, len(old)))
        erased += len(old)
        if len(old) < AT_ONCE:
            break
    if erased:
        city.feed.publish(city.ledger)
    return erased


def _asked(city: City, case_id: str, by: User) -> tuple[Case, HotlineOrder | None]:
    with city.ledger.read() as tx:
        case = tx.case(case_id)
        require(by, Verb.UNMASK, case)
        return case, citizens.order_of(tx, case)


def _address(
    city: City, case: Case, order: HotlineOrder | None, by: User, task_id: str = ""
) -> Row:
    line = opening.address_line(order) if order else ""
    if not line or order is None:
        return {"address": "", "about": "", "lon": None, "lat": None}
    gazetteer(city)  # built here if need be, not inside a transaction
    with city.ledger.read() as tx:
        lon, lat = settle(city, tx, order).spot or (None, None)
    _tell(city, ADDRESS, case, by, task_id)
    about = case.address.removeprefix(masking.address(line)).strip("（）")
    return {"address": line, "about": about, "lon": lon, "lat": lat}


def _tell(city: City, kind: str, case: Case, by: User, task_id: str = "") -> None:
    """Write down who reads what; what is not written down is not told. TooMany in a minute."""
    _count(city, by)
    body = {"case_id": case.id, "task_id": task_id}
    thing = f"{kind}:{case.id}"
    fact = Fact(kind=kind, thing=thing, area=case.area, at=city.now(), who=by.id, body=body)
    _record(city, fact)


def _count(city: City, by: User) -> None:
    """Count one reading more of this account; that it was stopped is written down once a minute."""
    now = int(city.now().timestamp())
    try:
        read = limits.hit(city.live.redis, f"unmask:{by.id}", now, MINUTE_S)
    except RedisError as why:
        log.warning("readings cannot be counted, each is a fact all the same: %s", why)
        return
    if read <= MOST:
        return
    if read == MOST + 1:
        _record(city, _stopped(city, by))
    sentence = f"一分钟内最多查看 {MOST} 次，请稍后再试；本次已记入审计。"
    raise TooMany(sentence, retry_after_s=MINUTE_S - now % MINUTE_S)


def _stopped(city: City, by: User) -> Fact:
    return Fact(
        kind=STOPPED,
        thing=STOPPED,
        area=by.scope,
        at=city.now(),
        who=by.id,
        body={"most": MOST},
    )


def _record(city: City, fact: Fact) -> None:
    with city.ledger.begin() as tx:
        tx.record(fact)
    city.feed.publish(city.ledger)


def _erased(city: City, orders: int) -> Fact:
    return Fact(
        kind="orders.erased",
        thing="orders",
        area="",
        at=city.now(),
        who="clock",
        body={"orders": orders},
    )
