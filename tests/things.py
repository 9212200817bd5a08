"""Plain things to begin a test with; a test names only what it is about."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from app.domain.alerts import Alert, AlertChange, AlertStatus, AlertStep
from app.domain.cases import Case, CaseStatus
from app.domain.facts import Fact
from app.domain.levels import Level
from app.domain.reports import HotlineOrder
from app.domain.tasks import Task, TaskStatus
from app.domain.warnings import MessageType, Reference, Warning, Zone
from tests.cast import GRID, START


def an_alert(alert_id: str = "A1", **other: Any) -> Alert:
    """An orange gas alert in the grid of the cast."""
    return Alert(
        **{
            "id": alert_id,
            "rule": "gas-ch4",
            "title": "甲烷浓度偏高",
            "device": f"gas-{alert_id}",
            "device_name": "燃气井 1",
            "kind": "gas",
            "domain": "safety",
            "area": GRID,
            "lon": 119.9,
            "lat": 31.8,
            "level": Level.ORANGE,
            "peak": Level.ORANGE,
            "status": AlertStatus.RAISED,
            "metric": "ch4",
            "value": 21.5,
            "threshold": 20.0,
            "unit": "%LEL",
            "raised_at": START,
            "changed_at": START,
        }
        | other
    )


def a_change(step: AlertStep, level: Level, alert_id: str = "A1", **other: Any) -> AlertChange:
    """What the gas rule says of the device of the cast's grid."""
    return AlertChange(
        **{
            "step": step,
            "id": alert_id,
            "rule": "gas-ch4",
            "title": "甲烷浓度偏高",
            "device": "gas-1",
            "device_name": "燃气井 1",
            "kind": "gas",
            "domain": "safety",
            "area": GRID,
            "lon": 119.9,
            "lat": 31.8,
            "level": level,
            "metric": "ch4",
            "value": 21.5,
            "threshold": 20.0,
            "unit": "%LEL",
            "at": START,
        }
        | other
    )


def a_case(case_id: str = "ZL20261120000001", **other: Any) -> Case:
    """A case in the grid of the cast that waits for its dispatch."""
    return Case(
        **{
            "id": case_id,
            "source": "grid",
            "source_id": f"report of {case_id}",
            "code": "06010",
            "title": "暴露垃圾",
            "description": "路边有垃圾",
            "domain": "governance",
            "level": Level.YELLOW,
            "status": CaseStatus.PENDING_DISPATCH,
            "area": GRID,
            "lon": 119.9,
            "lat": 31.8,
            "address": "新中社区",
            "unit": None,
            "reporter": "W001",
            "caller": None,
            "opened_at": START,
            "changed_at": START,
            "due_at": START + timedelta(hours=4),
            "limit": "4 urgent_hour",
        }
        | other
    )


def a_task(task_id: str = "T1", **other: Any) -> Task:
    """A task of W001 on the case above, just sent."""
    return Task(
        **{
            "id": task_id,
            "case_id": "ZL20261120000001",
            "worker": "W001",
            "unit": "U01",
            "role": "lead",
            "title": "暴露垃圾",
            "description": "路边有垃圾",
            "level": Level.YELLOW,
            "area": GRID,
            "lon": 119.9,
            "lat": 31.8,
            "address": "新中社区",
            "caller": None,
            "status": TaskStatus.SENT,
            "sent_at": START,
            "sent_by": "street001",
            "due_at": START + timedelta(hours=4),
            "changed_at": START,
            "times": {"sent": START},
        }
        | other
    )


def an_order(order_no: str = "G1", **other: Any) -> HotlineOrder:
    """A 12345 order with all that is personal in it."""
    return HotlineOrder(
        **{
            "order_no": order_no,
            "channel": "phone",
            "at": 1_795_000_000_000,
            "type": "求助",
            "urgency": "一般",
            "category": "供水",
            "title": "家中漏水",
            "content": "水管爆裂",
            "address": "钟楼区关河路12号3幢502",
            "lon": 119.9,
            "lat": 31.8,
            "caller_name": "张小明",
            "caller_phone": "13800001234",
        }
        | other
    )


def a_fact(thing: str = "A1", **other: Any) -> Fact:
    """A fact that says nothing but that something was tried."""
    return Fact(
        **{"kind": "test.tried", "thing": thing, "area": GRID, "at": START, "who": "test"}
        | {"body": {"value": 1.5, "text": "中"}}
        | other
    )


def a_warning(
    identifier: str = "A1",
    kind: MessageType = MessageType.ALERT,
    level: Level = Level.YELLOW,
    codes: tuple[str, ...] = ("320404",),
    refers: tuple[str, ...] = (),
    **other: Any,
) -> Warning:
    """A thunderstorm over the district; sent at START and a minute per number of its identifier."""
    at = int(START.timestamp() * 1000)
    return Warning(
        **{
            "source": "weather",
            "identifier": identifier,
            "sender": "czqx",
            "sent": at + int(identifier[1:]) * 60_000,
            "msg_type": kind,
            "event": "雷暴大风",
            "title": f"雷暴大风{level.name}",
            "domain": "safety",
            "issuer": "常州市气象台",
            "headline": f"常州市气象台发布{identifier}",
            "description": f"text of {identifier}",
            "instruction": "关好门窗",
            "language": "zh-CN",
            "expires": at + 6 * 3_600_000,
            "references": tuple(Reference("czqx", each) for each in refers),
            "zones": (Zone(level=level, codes=codes),),
        }
        | other
    )
