"""Reports: what people, 12345 and systems tell becomes a case, once; warnings become alerts."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

import msgspec
from redis.exceptions import RedisError, ResponseError
from sqlalchemy.exc import OperationalError

from app.city import City
from app.domain import catalogue, dispatching, hotline, opening
from app.domain.cases import Case
from app.domain.facts import Fact
from app.domain.people import User, Verb, require
from app.domain.reports import HotlineOrder, Report
from app.domain.warnings import Warning
from app.errors import Conflict, Invalid, Refused
from app.services import letters, warnings
from app.services.photos import attach
from app.services.places import place, settle
from app.services.places_known import gazetteer
from app.store import keys
from app.store.stream_answers import RawEntry, entries
from app.store.tx import Tx

log = logging.getLogger(__name__)

GROUP = "clock"
BATCH = 50
# An entry takes milliseconds; whoever has held one for so long is dead.
ABANDONED_MS = 5_000


def file(city: City, report: Report, *, by: User) -> Case:
    """A person reports something (上报); the same report id gives the same case again.

    Raises Invalid when the place is outside the city or the matter code unknown.
    """
    with city.ledger.begin() as tx:
        known = tx.case_of("grid", report.id)
        if known is not None:
            return _own(tx, known, by.worker or by.id)
        area = place(city, tx, report)
        if not area:
            raise Invalid("位置不在本市范围内。", fields={"lon": "请在地图上选择本市内的位置"})
        require(by, Verb.REPORT, area)
        own = msgspec.structs.replace(report, worker=by.worker, channel=report.channel or "phone")
        case = _open_from_report(city, tx, own, area, by.worker or by.id)
        attach(tx, own.photos, case_id=case.id, area=case.area, by=by, at=city.now())
    city.feed.publish(city.ledger)
    return case


def accept(city: City, report: Report, *, by: str, citizen: HotlineOrder | None = None) -> Case:
    """A system reports and is told the case at once; the same report id gives the same case again.

    `citizen` holds who told the system: personal, kept as an order of the ledger. Raises Invalid
    when the place is outside the city or the matter code unknown, Conflict when the same report
    comes twice at this moment.
    """
    with city.ledger.begin() as tx:
        known = tx.case_of("grid", report.id)
        if known is not None:
            return _own(tx, known, by)
        area = place(city, tx, report)
        if not area:
            raise Invalid("位置不在本市范围内。", fields={"lon": "请选择本市内的位置"})
        case = _open_from_report(city, tx, report, area, by, citizen)
        if citizen and (citizen.caller_name or citizen.caller_phone):
            tx.add(citizen)
    city.feed.publish(city.ledger)
    return case


def open_waiting(city: City, consumer: str, block_ms: int | None = None) -> int:
    """Open the cases of accepted reports and orders that wait in Redis; return how many entries.

    One transaction per entry, acknowledged after its commit; an entry that comes again finds its
    case. What can never become a case is kept as a dead letter. `block_ms` waits for the next.
    """
    waiting = _waiting(city, consumer, block_ms)
    if waiting:
        gazetteer(city)  # built here if need be, not inside a transaction
    for entry_id, fields in waiting:
        if not _take_in(city, fields):
            continue
        with city.live.redis.pipeline(transaction=True) as pipe:
            pipe.xack(keys.REPORTS, GROUP, entry_id)
            pipe.xdel(keys.REPORTS, entry_id)
            pipe.execute()
    if waiting:
        city.feed.publish(city.ledger)
    return len(waiting)


def _waiting(city: City, consumer: str, block_ms: int | None) -> list[RawEntry]:
    redis = city.live.redis
    try:
        left: Any = redis.xautoclaim(
            keys.REPORTS, GROUP, consumer, ABANDONED_MS, "0-0", count=BATCH
        )
    except ResponseError as why:
        if "NOGROUP" not in str(why):
            raise
        redis.xgroup_create(keys.REPORTS, GROUP, "0", mkstream=True)
        left = [b"0-0", []]
    abandoned = [entry for entry in left[1] if entry[1]]
    if abandoned:
        return abandoned
    fresh: Any = redis.xreadgroup(GROUP, consumer, {keys.REPORTS: ">"}, count=BATCH, block=block_ms)
    return entries(fresh)


def _take_in(city: City, fields: dict[bytes, bytes]) -> bool:
    """Whether the entry is done with: a case or a dead letter; else it comes again."""
    try:
        thing = _decode(fields)
        if isinstance(thing, Warning):
            warnings.enter(city, thing)
        else:
            with city.ledger.begin() as tx:
                _open(city, tx, thing)
    except Conflict:
        # another clock is opening the same report at this moment (only PostgreSQL lets two try)
        return False
    except (Refused, msgspec.DecodeError, KeyError) as why:
        log.warning("a report cannot become a case: %s", why)
        _bury(city, fields, why)
    except (RedisError, OperationalError):
        raise
    except Exception as why:
        # the outermost line of the loop over entries: an odd one must not hold up all behind it
        log.exception("a report could not be taken in and is a dead letter")
        _bury(city, fields, why)
    return True


KINDS: dict[bytes, Any] = {b"report": Report, b"order": HotlineOrder, b"warning": Warning}


def _decode(fields: dict[bytes, bytes]) -> Report | HotlineOrder | Warning:
    kind = KINDS.get(fields[b"t"], Report)
    found: Report | HotlineOrder | Warning = msgspec.msgpack.decode(fields[b"b"], type=kind)
    return found


def _open(city: City, tx: Tx, thing: Report | HotlineOrder) -> Case:
    if isinstance(thing, HotlineOrder):
        known = tx.case_of("hotline", thing.order_no)
        return known or _open_from_order(city, tx, thing)
    by = thing.worker or thing.channel
    known = tx.case_of("grid", thing.id)
    if known:
        return _own(tx, known, by)
    thing = _classified(thing)
    area = place(city, tx, thing)
    case = _open_from_report(city, tx, thing, area, by)
    attach(tx, thing.photos, case_id=case.id, area=area, by="ingest", at=city.now())
    return case


def _own(tx: Tx, known: Case, who: str) -> Case:
    """The case of a report that has come again; Invalid when somebody else's has its id."""
    if tx.trail(known.id, limit=1)[0].who != who:
        raise Invalid("上报编号已被他人使用，请换一个编号重新上报。", fields={"id": "编号已被使用"})
    return known


def _classified(report: Report) -> Report:
    """What was acknowledged becomes a case: an unknown matter code moves into the description."""
    if not report.code or catalogue.matter(report.code):
        return report
    told = f"{report.description}（原事项代码 {report.code}）"
    return msgspec.structs.replace(report, code="", description=told)


def _open_from_report(
    city: City, tx: Tx, report: Report, area: str, by: str, citizen: HotlineOrder | None = None
) -> Case:
    now = city.now()
    found = catalogue.matter(report.code)
    unit = dispatching.answering(tx.units(), area, {found.code5[:2]}) if found else None
    case, fact = opening.from_report(
        report, id=tx.next_case_id(now), at=now, area=area, by=by, unit=unit, citizen=citizen
    )
    # nobody asks for more than its case shows: the words as they came are not kept
    texts = {"title": case.title, "description": case.description, "address": case.address}
    tx.add(msgspec.structs.replace(report, **texts))
    return _add(tx, case, fact)


def _open_from_order(city: City, tx: Tx, order: HotlineOrder) -> Case:
    now: datetime = city.now()
    placed = settle(city, tx, order)
    unit = hotline.route(order, placed.area, tx.units()).main
    case, fact = opening.from_order(
        msgspec.structs.replace(order, lon=placed.lon, lat=placed.lat),
        id=tx.next_case_id(now),
        at=now,
        area=placed.area,
        unit=unit,
        about=placed.about,
        note=placed.note,
    )
    tx.add(order)
    return _add(tx, case, fact)


def _add(tx: Tx, case: Case, fact: Fact) -> Case:
    tx.add(case)
    tx.record(fact)
    return case


def _bury(city: City, fields: dict[bytes, bytes], why: Exception) -> None:
    """Keep it with what it says, which is shown to nobody; a replay lets it wait once more."""
    topic = letters.ACCEPTED + fields.get(b"t", b"?").decode("utf-8", "replace")
    detail = str(why) if isinstance(why, Refused) else type(why).__name__
    letter = letters.Letter(topic, fields.get(b"b", b""), letters.NO_CASE, detail)
    letters.keep(city, [letter], int(city.now().timestamp() * 1000))
