"""Small things to move about: a case, a task, an alert, a report, an order; a gas leak in 五星."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.domain.alerts import Alert, AlertStatus
from app.domain.calendar import BEIJING
from app.domain.cases import Case, CaseStatus
from app.domain.levels import Level
from app.domain.reports import HotlineOrder, Report
from app.domain.tasks import Task, TaskStatus
from tests.cast import GRID


def local(text: str) -> datetime:
    """Beijing time: local("2026-11-20 17:00")."""
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


FRIDAY = local("2026-11-20 17:00")


def a_case(**changes: Any) -> Case:
    """A case that waits to be dispatched."""
    fields: dict[str, Any] = {
        "id": "ZL20261120000001",
        "source": "grid",
        "source_id": "r1",
        "code": "32040406010",
        "title": "暴露垃圾",
        "description": "路口一堆",
        "domain": "governance",
        "level": Level.BLUE,
        "status": CaseStatus.PENDING_DISPATCH,
        "area": GRID,
        "lon": 119.95,
        "lat": 31.78,
        "address": "怀德中路",
        "unit": None,
        "reporter": "W001",
        "caller": None,
        "opened_at": FRIDAY,
        "changed_at": FRIDAY,
        "due_at": local("2026-11-23 11:00"),
        "limit": "4 work_hour",
        "next_due": local("2026-11-23 10:12"),
    }
    return Case(**(fields | changes))


def a_task(**changes: Any) -> Task:
    """A lead task of that case, just sent to ZHANG."""
    fields: dict[str, Any] = {
        "id": "t1",
        "case_id": "ZL20261120000001",
        "worker": "W001",
        "unit": "U01",
        "role": "lead",
        "title": "暴露垃圾",
        "description": "路口一堆",
        "level": Level.BLUE,
        "area": GRID,
        "lon": 119.95,
        "lat": 31.78,
        "address": "怀德中路",
        "caller": None,
        "status": TaskStatus.SENT,
        "sent_at": FRIDAY,
        "sent_by": "street001",
        "due_at": local("2026-11-23 11:00"),
        "changed_at": FRIDAY,
        "times": {"sent": FRIDAY},
    }
    return Task(**(fields | changes))


def an_alert(**changes: Any) -> Alert:
    """A red gas alert."""
    fields: dict[str, Any] = {
        "id": "a1",
        "rule": "gas-ch4",
        "title": "甲烷浓度超限",
        "device": "GAS-001",
        "device_name": "怀德中路 1 号阀门井",
        "kind": "gas",
        "domain": "safety",
        "area": GRID,
        "lon": 119.95,
        "lat": 31.78,
        "level": Level.RED,
        "peak": Level.RED,
        "status": AlertStatus.RAISED,
        "metric": "ch4",
        "value": 52.0,
        "threshold": 50.0,
        "unit": "%LEL",
        "raised_at": FRIDAY,
        "changed_at": FRIDAY,
    }
    return Alert(**(fields | changes))


def a_report(**changes: Any) -> Report:
    """ZHANG has found rubbish."""
    fields: dict[str, Any] = {
        "id": "r1",
        "channel": "phone",
        "worker": "W001",
        "at": 1_795_165_200_000,
        "code": "06010",
        "title": "",
        "description": "一堆垃圾,联系人 13812345678",
        "lon": 119.95,
        "lat": 31.78,
        "address": "怀德中路 12 号",
        "photos": ("p1",),
    }
    return Report(**(fields | changes))


def an_order(**changes: Any) -> HotlineOrder:
    """A citizen complains about noise and says who he is."""
    fields: dict[str, Any] = {
        "order_no": "WH2026112000001",
        "channel": "电话",
        "at": 1_795_165_200_000,
        "type": "投诉",
        "urgency": "一般",
        "category": "城市管理",
        "title": "夜间噪音",
        "content": "我叫张小明,电话13812345678,楼下夜里一直放音响",
        "address": "钟楼区怀德中路12号3幢502",
        "lon": 119.95,
        "lat": 31.78,
        "caller_name": "张小明",
        "caller_phone": "13812345678",
        "id_no": "320404199001011234",
    }
    return HotlineOrder(**(fields | changes))
