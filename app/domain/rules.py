"""One rule: limits per level and hour, with delay and hysteresis, made ready for judging."""

from __future__ import annotations

from math import inf, nextafter

import msgspec

from app.domain.levels import Level

SILENCE = "silence"  # the metric of rules about who says nothing, in periods
ANY_KIND = "*"
SOURCE = "source"  # the kind of rules about whole sources: a feed is no device
MINUTES_PER_DAY = 1440
BEIJING_MIN = 480  # Asia/Shanghai has been UTC+8 without summer time since 1992

Limits = tuple[float, float, float, float]  # blue, yellow, orange, red; inf where there is none
Trail = tuple[tuple[int, float], ...]  # (epoch ms, value), oldest first
TRAIL_PARTS = 12  # readings closer together than a twelfth of a change's window are not kept
NO_LIMITS: Limits = (inf, inf, inf, inf)


class Band(msgspec.Struct, frozen=True):
    """Other limits for a part of the day: from minute `start` to before `end`, over midnight too.

    Limits are signed (see Rule): `limits` are reached from below, `holds` is where they let go.
    """

    start: int
    end: int
    limits: Limits
    holds: Limits

    def covers(self, minute: int) -> bool:
        """Whether this minute of the Beijing day lies in the band."""
        if self.start <= self.end:
            return self.start <= minute < self.end
        return minute >= self.start or minute < self.end


class Companion(msgspec.Struct, frozen=True):
    """Another metric of the same device that must be at least so high for the rule to count."""

    metric: str
    at_least: float


class Change(msgspec.Struct, frozen=True):
    """Judge not the value but how it has changed within `over_ms`: percent, or in its own unit."""

    over_ms: int
    percent: bool

    def measure(self, trail: Trail, at: int, value: float, sign: int) -> tuple[float, Trail]:
        """Return the change against the most telling reading of the window, and the new trail."""
        recent = tuple(each for each in trail if each[0] >= at - self.over_ms)
        known = [each[1] for each in recent]
        start = (max(known) if sign < 0 else min(known)) if known else value
        if not recent or at - recent[-1][0] >= self.over_ms // TRAIL_PARTS:
            recent = (*recent, (at, value))
        moved = value - start
        if not self.percent:
            return moved, recent
        return (moved / abs(start) * 100 if start else 0.0), recent


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """A condition on one metric of one kind of device, ready to be judged.

    Limits are signed: a rule that looks below has value and limits negated, so that every
    comparison is "at or above". `quiet` is the lowest limit of any hour: a value under it, with
    nothing remembered, needs no further look. `thresholds` are the same limits as written, by
    level, for showing. `source` names the standard or says "default".
    """

    id: str
    title: str
    title_en: str
    kind: str
    metric: str
    unit: str
    sign: int
    thresholds: dict[Level, float]
    limits: Limits
    holds: Limits
    quiet: float
    bands: tuple[Band, ...] = ()
    samples: int = 1
    on_delay_ms: int = 0
    clear_delay_ms: int = 0
    change: Change | None = None
    when: Companion | None = None
    advice: str = ""
    source: str = "default"

    def at_hour(self, at_ms: int) -> tuple[Limits, Limits]:
        """Return the signed limits and holds that are in force at this moment (epoch ms)."""
        if self.bands:
            minute = (at_ms // 60_000 + BEIJING_MIN) % MINUTES_PER_DAY
            for band in self.bands:
                if band.covers(minute):
                    return band.limits, band.holds
        return self.limits, self.holds

    def threshold(self, level: int, at_ms: int) -> float:
        """Return the limit of a level as written in the rule file, in `unit`, at this moment."""
        limits, _ = self.at_hour(at_ms)
        signed = limits[level - 1] if level else inf
        if signed == inf:
            signed = next((x for x in limits if x != inf), 0.0)
        return signed if self.sign > 0 else -nextafter(signed, -inf)


class Slack(msgspec.Struct, frozen=True):
    """Hysteresis: how far back over a limit a value must come, as a part of it or in its unit."""

    ratio: float = 0.9
    margin: float | None = None

    def of(self, limit: float) -> float:
        """Return the distance in the unit of the limit."""
        return abs(limit) * (1 - self.ratio) if self.margin is None else self.margin


def signed(thresholds: dict[Level, float], sign: int, slack: Slack) -> tuple[Limits, Limits]:
    """Return (limits, holds) of thresholds by level.

    Above counts from the threshold on (>=), below only under it (<): the tables say "at least 10
    %LEL" but "less than 0.14 MPa". A level without a threshold is held by the next one above it
    that has one, else by the highest.
    """
    limits = list(NO_LIMITS)
    holds = list(NO_LIMITS)
    for level, written in thresholds.items():
        limit = written if sign > 0 else nextafter(-written, inf)
        limits[level - 1] = limit
        holds[level - 1] = limit - slack.of(written)
    defined = [i for i in range(4) if holds[i] != inf]
    for i in range(4):
        nearest = [k for k in defined if k >= i] or defined[-1:]
        holds[i] = holds[nearest[0]] if nearest else inf
    return (*limits,), (*holds,)  # type: ignore[return-value]  # four by construction
