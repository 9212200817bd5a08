"""Small rules and series for the tests of judging: 10/20/50 on methane, every 30 s."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.alerts import AlertStep, Memory, Outcome, judge
from app.domain.readings import Quality, Readings
from app.domain.rulebook import read_rules
from app.domain.rules import Rule

BASE = 1_795_000_000_000
PERIOD = 30_000
GAS = "gas"
PLAIN = {"kind": "gas", "metric": "ch4", "thresholds": "{yellow: 10, orange: 20, red: 50}"}

LOSS = (
    "kind: water_pressure, metric: pressure, direction: below, clear_ratio: 0.5, "
    "thresholds: {orange: -20, red: -30}, change: {over_s: 300, in: percent}"
)


def rule_of(more: str = "") -> Rule:
    """A rule of 10/20/50 %LEL at once, hold at 90 %, no dwell; `more` adds or replaces keys."""
    plain = ", ".join(f"{key}: {value}" for key, value in PLAIN.items() if f"{key}:" not in more)
    keys = ", ".join(filter(None, [plain, more]))
    text = f"rules: [{{id: rule, title: 规, title_en: R, source: default, {keys}}}]"
    return read_rules(text).rules[0]


def read(
    value: float | None,
    *,
    at: int = BASE,
    quality: Quality = Quality.GOOD,
    metric: str = "ch4",
    metrics: dict[str, float] | None = None,
    arrived_after: int = 50,
) -> Readings:
    """Readings of device G1."""
    given = metrics if metrics is not None else {} if value is None else {metric: value}
    return Readings(1, "G1", GAS, "320404001", at, at + arrived_after, given, quality)


def replay(
    rule: Rule,
    values: Sequence[float],
    quality: Quality = Quality.GOOD,
    *,
    metric: str = "ch4",
    period: int = PERIOD,
) -> tuple[Memory | None, list[Outcome]]:
    """Judge a series; the memory at its end and everything that happened."""
    memory: Memory | None = None
    outcomes: list[Outcome] = []
    for i, value in enumerate(values):
        at = BASE + i * period
        memory, new = judge(rule, memory, read(value, at=at, quality=quality, metric=metric))
        outcomes += new
    return memory, outcomes


def steps(
    rule: Rule, values: Sequence[float], quality: Quality = Quality.GOOD, *, metric: str = "ch4"
) -> list[tuple[int, AlertStep, int]]:
    """The same as (index of the reading, step, level)."""
    memory: Memory | None = None
    found: list[tuple[int, AlertStep, int]] = []
    for i, value in enumerate(values):
        at = BASE + i * PERIOD
        memory, new = judge(rule, memory, read(value, at=at, quality=quality, metric=metric))
        found += [(i, o.step, int(o.level)) for o in new]
    return found
