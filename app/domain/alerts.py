"""Rules and alerts: a condition with delay and hysteresis, and that condition holding."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec

from app.domain.levels import Level


class AlertStatus(StrEnum):
    """Where an alert stands."""

    RAISED = "raised"
    ACKNOWLEDGED = "acknowledged"
    CLEARED = "cleared"


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """A rule's condition holding for one device (or a gateway, or an area).

    `id` is stable for the whole life; `level` goes up and down on it, `peak` keeps the worst.
    `value`, `threshold` are in `unit`; `domain` is the wall's tab. `next_due` is when it must be
    looked at again (escalation of an unacknowledged alert).
    """

    id: str
    rule: str
    title: str
    device: str
    device_name: str
    kind: str
    domain: str
    area: str
    lon: float
    lat: float
    level: Level
    peak: Level
    status: AlertStatus
    metric: str
    value: float
    threshold: float
    unit: str
    raised_at: datetime
    changed_at: datetime
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None
    cleared_at: datetime | None = None
    case_id: str | None = None
    affected: int = 1
    escalations: int = 0
    next_due: datetime | None = None
    version: int = 1
