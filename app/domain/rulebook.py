"""The rule book: every rule of the city, by kind of device and fitted to a single device."""

from __future__ import annotations

import typing
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from app.domain.alerts import Alert
from app.domain.levels import Level
from app.domain.rulefile import Profile, RuleText, read
from app.domain.rules import (
    ANY_KIND,
    NO_LIMITS,
    SILENCE,
    SOURCE,
    Band,
    Change,
    Companion,
    Rule,
    Slack,
    signed,
)
from app.errors import BadConfiguration

PACKAGED = Path(__file__).parent.parent / "rules.yaml"
GATEWAY = "gateway"


@dataclass(frozen=True)
class Fitted:
    """A rule, and its variants for devices whose code or name contains one of some words."""

    rule: Rule
    variants: tuple[tuple[tuple[str, ...], Rule], ...] = ()

    def to(self, label: str) -> Rule:
        """Return the first variant with a word in `label` (lower case), else the rule itself."""
        for words, variant in self.variants:
            if any(word in label for word in words):
                return variant
        return self.rule


@dataclass(frozen=True)
class RuleBook:
    """All rules, as read from one file; nothing in it changes while the city runs."""

    fitted: tuple[Fitted, ...] = ()
    _by_id: dict[str, Rule] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._by_id.update({each.rule.id: each.rule for each in self.fitted})

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Every rule in the order of the file."""
        return tuple(each.rule for each in self.fitted)

    def rule(self, rule_id: str) -> Rule | None:
        """Return a rule by its id, None when the file has no such rule (any more)."""
        return self._by_id.get(rule_id)

    def for_(self, kind: str) -> tuple[Rule, ...]:
        """Return the rules that judge readings of a kind, without those about silence."""
        return tuple(rule for rule in self.rules if _judges(rule, kind))

    def for_device(self, kind: str, code: str, name: str) -> tuple[Rule, ...]:
        """Return the same, each in the variant that fits the device's code and name."""
        label = f"{code}\n{name}".lower()
        return tuple(each.to(label) for each in self.fitted if _judges(each.rule, kind))

    def still_judges(self, alert: Alert) -> bool:
        """Whether the rule of an alert is still about what the alert is about."""
        rule = self.rule(alert.rule)
        if rule is None or rule.metric != SILENCE:
            return rule is not None and _judges(rule, alert.kind)
        now = self.silence(alert.kind)
        return now is not None and now.id == rule.id

    def behind(self, alert: Alert) -> Rule | None:
        """Return the rule of an alert in its device's variant, None when it is no longer there."""
        fitted = self.for_device(alert.kind, alert.device, alert.device_name)
        return next((r for r in fitted if r.id == alert.rule), self.rule(alert.rule))

    def silence(self, kind: str, name: str = "") -> Rule | None:
        """Return the rule that says after how many periods a device of a kind is offline.

        Of a source, by its name: after how many times the silence that is allowed to it.
        """
        quiet = {f.rule.kind: f.to(name.lower()) for f in self.fitted if f.rule.metric == SILENCE}
        return quiet.get(kind) or (quiet.get(ANY_KIND) if kind not in (GATEWAY, SOURCE) else None)


def _judges(rule: Rule, kind: str) -> bool:
    return rule.kind in (kind, ANY_KIND) and rule.metric != SILENCE


def load_rules(path: Path | None = None) -> RuleBook:
    """Read the rule file (None is the packaged one); raises BadConfiguration with every fault."""
    path = path or PACKAGED
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as why:
        said = f"CHENGYUN_RULES={path}: cannot be read ({why.strerror})"
        raise BadConfiguration([said]) from why
    except UnicodeDecodeError as why:
        raise BadConfiguration([f"{path}: {why}"]) from why
    return read_rules(text, str(path))


def read_rules(text: str, name: str = "rules.yaml") -> RuleBook:
    """Return the rules of a YAML text; `name` is the file named in faults (BadConfiguration)."""
    written, faults = read(text, name)
    if faults:
        raise BadConfiguration(faults)
    return RuleBook(tuple(_fitted(each) for each in written))


def _fitted(text: RuleText) -> Fitted:
    rule = _rule(text)
    return Fitted(
        rule,
        tuple(
            (tuple(word.lower() for word in profile.match), _variant(text, profile))
            for profile in text.profiles
        ),
    )


def _variant(text: RuleText, profile: Profile) -> Rule:
    return _rule(
        msgspec.structs.replace(
            text,
            thresholds=profile.thresholds,
            advice=profile.advice or text.advice,
            source=profile.source or text.source,
        )
    )


def _rule(text: RuleText) -> Rule:
    sign = 1 if text.direction == "above" else -1
    slack = Slack(text.clear_ratio, text.clear_margin)
    limits, holds = signed(_levels(text.thresholds), sign, slack)
    bands = _bands(text, sign, slack)
    quiet = min([*limits, *(x for band in bands for x in band.limits)])
    if text.active:
        work_from, work_to = _minutes(text.active)
        bands = (Band(work_to, work_from, NO_LIMITS, NO_LIMITS), *bands)
    return Rule(
        id=text.id,
        title=text.title,
        title_en=text.title_en,
        kind=text.kind,
        metric=text.metric,
        unit=text.unit,
        sign=sign,
        thresholds=_levels(text.thresholds),
        limits=limits,
        holds=holds,
        quiet=quiet,
        bands=bands,
        samples=text.samples,
        on_delay_ms=round(text.on_delay_s * 1000),
        clear_delay_ms=round(text.clear_delay_s * 1000),
        change=_change(text),
        when=Companion(text.when.metric, text.when.at_least) if text.when else None,
        advice=text.advice,
        source=text.source,
    )


def _bands(text: RuleText, sign: int, slack: Slack) -> tuple[Band, ...]:
    return tuple(
        Band(*_minutes(band.hours), *signed(_levels(band.thresholds), sign, slack))
        for band in text.bands
    )


def _minutes(hours: str) -> tuple[int, int]:
    """Minutes of the day of "22:00-06:00"."""
    start, end = (clock.split(":") for clock in hours.split("-"))
    return int(start[0]) * 60 + int(start[1]), int(end[0]) * 60 + int(end[1])


def _levels(thresholds: typing.Mapping[typing.Any, float]) -> dict[Level, float]:
    return {Level[name.upper()]: float(limit) for name, limit in thresholds.items()}


def _change(text: RuleText) -> Change | None:
    if text.change is None:
        return None
    return Change(round(text.change.over_s * 1000), text.change.in_ == "percent")
