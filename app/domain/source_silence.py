"""A source that has stopped: what its alert says. It stands for no device and has no place."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import msgspec

from app.domain.alerts import AlertChange, AlertStep, alert_id
from app.domain.kinds import GOVERN
from app.domain.levels import Level
from app.domain.rules import SILENCE, SOURCE, Rule

AGAIN = "（反复中断）"  # after the title of the alert that stands for all breaks of a source


class Voice(msgspec.Struct, frozen=True):
    """A source's newest message (epoch ms) and the silence that is allowed after it (ms)."""

    newest: int
    allowed: int


class Source(msgspec.Struct, frozen=True):
    """Who a source is; `owner` answers for it, `area` is what this city looks after."""

    name: str
    owner: str
    area: str


def device_of(source: str) -> str:
    """What stands for the device in the alert of a source."""
    return f"{SOURCE}:{source}"


def source_of(device: str) -> str:
    """The source of an alert's device."""
    return device.partition(":")[2]


def level_of(rule: Rule, voice: Voice, now: int) -> Level:
    """The level by how many times as long as allowed it is silent."""
    times = (now - voice.newest) / max(voice.allowed, 1)
    reached = [level for level, limit in rule.thresholds.items() if times >= limit]
    return max(reached, default=min(rule.thresholds))


def unsure(silent: Mapping[str, Voice], newest: int) -> set[str]:
    """Who may be silent because its whole line is: nobody on it was heard after it was missed.

    `newest` is the newest message of all sources of the line, silent or not (epoch ms).
    """
    return {name for name, one in silent.items() if one.newest + one.allowed >= newest}


def told(rule: Rule, source: Source, step: AlertStep, voice: Voice, now: int) -> AlertChange:
    """What the ledger is told; the id is made from the source and its last message, for ever."""
    level = Level.NONE if step is AlertStep.CLEAR else level_of(rule, voice, now)
    limit = rule.thresholds.get(level, rule.quiet)
    return AlertChange(
        step=step,
        id=alert_id(device_of(source.name), rule.id, voice.newest),
        rule=rule.id,
        title=rule.title,
        device=device_of(source.name),
        device_name=" · ".join(filter(None, (source.name, source.owner))),
        kind=SOURCE,
        domain=GOVERN,
        area=source.area,
        lon=None,
        lat=None,
        level=level,
        metric=SILENCE,
        value=float(round((now - voice.newest) / 1000)),
        threshold=float(round(limit * voice.allowed / 1000)),
        unit="秒",
        at=datetime.fromtimestamp(now / 1000, UTC),
    )
