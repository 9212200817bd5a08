"""What opens a case: an alert, a report from the field, a 12345 order. Nothing personal gets in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from app.domain import catalogue, hotline, kinds, masking
from app.domain.alerts import Alert
from app.domain.cases import DRILL, Case, CaseStatus, fact_of, stage_due
from app.domain.facts import Fact
from app.domain.levels import Level
from app.domain.reports import HotlineOrder, Report
from app.domain.sla import DEFAULT, Clock, Limit, Sla, near_due
from app.domain.warnings import RULE as WARNING
from app.errors import Invalid

UNNAMED = "未分类上报"


def from_alert(
    alert: Alert,
    *,
    id: str,
    at: datetime,
    by: str = "watch",
    sla: Sla = DEFAULT,
    unit: str | None = None,
) -> tuple[Case, Fact]:
    """A case for an alert, already registered: 立案 by rule, or by the officer who opened it."""
    return _opened(
        alert,
        CaseStatus.PENDING_DISPATCH,
        sla.limit_for("device", alert.kind, area=alert.area),
        (id, at, by, sla),
        source="alert",
        source_id=alert.id,
        code="",
        unit=unit,
        title=alert.title,
        description=_measured(alert),
        domain=alert.domain,
        level=alert.level,
        area=alert.area,
        address=alert.device_name,
        reporter=alert.device,
    )


def _measured(alert: Alert) -> str:
    """What the device said; a warning has no value, its title says it."""
    if alert.rule == WARNING:
        return alert.title
    return f"{alert.device_name} {alert.value:g} {alert.unit}".strip()


def from_report(
    report: Report,
    *,
    id: str,
    at: datetime,
    area: str,
    by: str = "",
    sla: Sla = DEFAULT,
    unit: str | None = None,
    citizen: HotlineOrder | None = None,
) -> tuple[Case, Fact]:
    """A case for a field report, waiting for 立案; the code "" leaves the matter to whoever 立案.

    Raises Invalid when the catalogue does not know the code. `area` is its place ("" outside the
    city). `citizen` told it to the system that reports: he is masked, and leaves the texts.
    """
    found = catalogue.matter(report.code)
    if found is None and report.code:
        raise Invalid("事项代码不在目录中。", fields={"code": "请从事项目录中选择"})
    code5 = found.code5 if found else ""
    limit = sla.limit_for("matter", code5, area=area)
    return _opened(
        report,
        CaseStatus.PENDING_REGISTER,
        limit,
        (id, at, by or report.worker or report.channel, sla),
        _caller(citizen),
        source="grid",
        source_id=report.id,
        code=catalogue.matter_code(area, report.code) or code5,
        unit=unit,
        title=masking.text(report.title.strip() or (found.name if found else UNNAMED)),
        description=_of(citizen, report.description),
        domain=kinds.SAFETY if code5 in catalogue.DANGERS else kinds.GOVERN,
        level=Level.ORANGE if limit.clock is Clock.URGENT_HOUR else Level.BLUE,
        area=area,
        address=_of(citizen, report.address),
        reporter=report.worker or report.channel,
        photos=report.photos,
    )


def exercise(
    report: Report, *, id: str, at: datetime, area: str, by: str, sla: Sla = DEFAULT
) -> tuple[Case, Fact]:
    """A case that is an exercise (演练): worked on like any other, counted in no figure."""
    return _opened(
        report,
        CaseStatus.PENDING_DISPATCH,
        sla.limit_for("matter", "", area=area),
        (id, at, by, sla),
        source=DRILL,
        source_id=report.id,
        code="",
        unit=None,
        title=f"【演练】{masking.text(report.title.strip()) or UNNAMED}",
        description=masking.text(report.description),
        domain="",
        level=Level.BLUE,
        area=area,
        address="",
        reporter=by,
    )


def from_order(
    order: HotlineOrder,
    *,
    id: str,
    at: datetime,
    area: str,
    by: str = "hotline",
    sla: Sla = DEFAULT,
    unit: str | None = None,
    about: str = "",
    note: str = "",
) -> tuple[Case, Fact]:
    """A case for a 12345 order; 特急 (declared or by keyword) is registered by rule.

    The caller is masked, his name leaves the texts, and the address loses its house number.
    `about` is put behind it: how inexact the place is.
    """
    urgency = hotline.triage(order).urgency
    registered = urgency is hotline.Urgency.CRITICAL
    return _opened(
        order,
        CaseStatus.PENDING_DISPATCH if registered else CaseStatus.PENDING_REGISTER,
        hotline.limit(order, area, sla),
        (id, at, by, sla),
        source="hotline",
        source_id=order.order_no,
        code="",
        unit=unit,
        title=_masked(order, order.title),
        description=_masked(order, order.content),
        domain=kinds.SOCIAL,
        level=urgency.level,
        area=area,
        address=masking.address(address_line(order)) + about,
        note=note,
        reporter="12345",
        caller=masking.caller(order.caller_name, order.caller_phone),
    )


def address_line(order: HotlineOrder) -> str:
    """The address as it was told, with its house number; names and numbers of people are masked."""
    return _masked(order, order.address)


def bare(order: HotlineOrder) -> HotlineOrder:
    """The order without its citizen: what is left of it when its case is over for long."""
    return msgspec.structs.replace(
        order,
        title=_masked(order, order.title),
        content=_masked(order, order.content),
        address=masking.address(address_line(order)),
        caller_name=None,
        caller_phone=None,
        id_no=None,
    )


def _caller(citizen: HotlineOrder | None) -> str | None:
    """As staff sees him; where there is a number and a mail address, the number."""
    if citizen is None:
        return None
    return masking.caller(citizen.caller_name, (citizen.caller_phone or "").split(" ")[0])


def _of(citizen: HotlineOrder | None, free: str) -> str:
    return _masked(citizen, free) if citizen else masking.text(free)


def _masked(order: HotlineOrder, free: str) -> str:
    """A text of the order without what the order itself says of its caller."""
    free = masking.known(free, order.id_no, masking.id_number)
    free = masking.known(free, order.caller_phone, masking.phone)
    return masking.text(free, order.caller_name)


def _opened(
    thing: Alert | Report | HotlineOrder,
    status: CaseStatus,
    limit: Limit,
    how: tuple[str, datetime, str, Sla],
    caller: str | None = None,
    **fields: Any,
) -> tuple[Case, Fact]:
    id, at, by, sla = how
    case = Case(
        id=id,
        status=status,
        lon=thing.lon,
        lat=thing.lat,
        caller=caller,
        opened_at=at,
        changed_at=at,
        due_at=sla.due(at, limit),
        limit=str(limit),
        next_due=near_due(at, limit, sla.calendar),
        **fields,
    )
    case = msgspec.structs.replace(case, stage_due_at=stage_due(case, status, at, sla))
    worker = thing.worker if isinstance(thing, Report) else None
    return case, fact_of(case, "opened", at=at, by=by, worker=worker)
