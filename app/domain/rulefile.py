"""Rule files: YAML text into checked rule texts, with every fault, its line and its mend."""

from __future__ import annotations

import difflib
import typing
from collections.abc import Iterator
from typing import Annotated, Any, Literal

import msgspec
import yaml
from msgspec import Meta

from app.domain.kinds import BY_CODE
from app.domain.rules import ANY_KIND, SILENCE, SOURCE

LEVELS = ("blue", "yellow", "orange", "red")
CLOCK = r"(([01]\d|2[0-3]):[0-5]\d|24:00)"

Thresholds = dict[Literal["blue", "yellow", "orange", "red"], float]
Text = Annotated[str, Meta(min_length=1)]
Hours = Annotated[str, Meta(pattern=f"^{CLOCK}-{CLOCK}$")]  # "22:00-06:00", Beijing time


class BandText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Other thresholds in some hours of the day."""

    hours: Hours
    thresholds: Thresholds


class Profile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Other thresholds for devices whose code or name contains one of the words."""

    match: Annotated[list[Text], Meta(min_length=1)]
    thresholds: Thresholds
    advice: str = ""
    source: str = ""


class ChangeText(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"in_": "in"}):
    """Judge the change within a time: in percent of what it was, or in the metric's unit."""

    over_s: Annotated[float, Meta(gt=0, le=3600)]
    in_: Literal["percent", "unit"]


class When(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Another metric in the same message that must be at least so high."""

    metric: str
    at_least: float


class RuleText(msgspec.Struct, frozen=True, kw_only=True):
    """One rule as it is written; `unit` is added from the kind's metric."""

    id: Annotated[str, Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    title: Text
    title_en: Text
    kind: str
    metric: str
    direction: Literal["above", "below"] = "above"
    thresholds: Thresholds
    samples: Annotated[int, Meta(ge=1, le=20)] = 1
    on_delay_s: Annotated[float, Meta(ge=0, le=86_400)] = 0
    clear_ratio: Annotated[float, Meta(gt=0, le=1)] = 0.9
    clear_margin: Annotated[float, Meta(ge=0)] | None = None
    clear_delay_s: Annotated[float, Meta(ge=0, le=86_400)] = 0
    change: ChangeText | None = None
    when: When | None = None
    active: Hours | None = None
    bands: list[BandText] = []
    profiles: list[Profile] = []
    advice: str = ""
    source: Text
    unit: str = ""


FIELDS = {
    name: hint
    for name, hint in typing.get_type_hints(RuleText, include_extras=True).items()
    if name != "unit"
}
NEEDED = ("id", "title", "title_en", "kind", "metric", "thresholds", "source")


def read(text: str, name: str) -> tuple[list[RuleText], list[str]]:
    """Return the rules of a YAML text and all its faults as "file:line rule: what, mend"."""
    try:
        root: Any = yaml.compose(text, Loader=yaml.SafeLoader)
        raw = yaml.safe_load(text)
    except yaml.YAMLError as why:
        return [], [f"{name}: this is no YAML: {' '.join(str(why).split())}"]
    if not isinstance(raw, dict) or set(raw) != {"rules"} or not isinstance(raw["rules"], list):
        return [], [f"{name}: write one key `rules:` with a list of rules under it"]
    lines = [node.start_mark.line + 1 for node in root.value[0][1].value]
    good: list[RuleText] = []
    faults: list[str] = []
    for line, given in zip(lines, raw["rules"], strict=True):
        rule, wrong = _rule(given)
        label = given.get("id", "without id") if isinstance(given, dict) else "without id"
        faults += [f"{name}:{line} rule {label}: {fault}" for fault in wrong]
        if rule:
            good.append(rule)
            if sum(each.id == rule.id for each in good) > 1:
                faults.append(f"{name}:{line} rule {label}: this id is taken; give it its own")
    return good, faults


def _rule(given: Any) -> tuple[RuleText | None, list[str]]:
    if not isinstance(given, dict):
        return None, ["write a rule as keys and values, beginning with `- id:`"]
    faults = [f"`{field}` is missing" + _why(field) for field in NEEDED if field not in given]
    checked: dict[str, Any] = {}
    for field, value in given.items():
        if field not in FIELDS:
            faults.append(f"`{field}` is not known{_near(str(field), FIELDS)}")
            continue
        try:
            checked[field] = msgspec.convert(value, FIELDS[field])
        except msgspec.ValidationError as why:
            faults.append(f"`{field}`: {_plain(why)}")
    faults += [*_unmeasured(checked), *_nonsense(checked)]
    return (None, faults) if faults else (RuleText(**checked, unit=_unit(checked)), faults)


def _why(field: str) -> str:
    return ": name the standard, or write `default`" if field == "source" else ""


def _near(word: str, known: typing.Iterable[str]) -> str:
    near = difflib.get_close_matches(word, list(known), n=1)
    return f"; did you mean `{near[0]}`?" if near else f"; known are {', '.join(known)}"


def _plain(why: msgspec.ValidationError) -> str:
    """The fault in our words: no patterns, no paths that begin with a dollar."""
    text = str(why)
    if CLOCK in text.replace("\\\\", "\\"):
        return 'write hours as "22:00-06:00"'
    if "regex" in text:
        return "write small letters, digits and single hyphens"
    if "Invalid enum value" in text:
        return text.split(" - at ")[0] + f"; levels are {', '.join(LEVELS)}"
    return text.replace(" - at `$", " at `")


def _unit(checked: dict[str, Any]) -> str:
    if checked["metric"] == SILENCE:
        return "倍" if checked["kind"] == SOURCE else "个周期"
    change = checked.get("change")
    if change and change.in_ == "percent":
        return "%"
    return _metrics(checked["kind"]).get(checked["metric"], "")


def _metrics(kind: str) -> dict[str, str]:
    """Metric code -> unit, of one kind or of all."""
    kinds = BY_CODE.values() if kind == ANY_KIND else filter(None, [BY_CODE.get(kind)])
    return {metric.code: metric.unit for each in kinds for metric in each.metrics}


def _unmeasured(checked: dict[str, Any]) -> Iterator[str]:
    """Kinds and metrics that no device has."""
    kind = checked.get("kind", ANY_KIND)
    if kind not in BY_CODE and kind not in (ANY_KIND, SOURCE):
        yield f"kind `{kind}` is not known{_near(kind, [*BY_CODE, ANY_KIND, SOURCE])}"
        return
    metrics = [*_metrics(kind), SILENCE]
    named = [checked.get("metric")]
    if checked.get("when"):
        named.append(checked["when"].metric)
    for metric in named:
        if metric is not None and metric not in metrics:
            yield f"metric `{metric}` is not measured by `{kind}`{_near(metric, metrics)}"


def _nonsense(checked: dict[str, Any]) -> Iterator[str]:
    """What is well-formed and cannot be meant."""
    direction = checked.get("direction", "above")
    if "thresholds" in checked:
        yield from _out_of_order("thresholds", checked["thresholds"], direction)
    for field in ("bands", "profiles"):
        for i, each in enumerate(checked.get(field, ())):
            yield from _out_of_order(f"{field}[{i}].thresholds", each.thresholds, direction)
    if checked.get("profiles") and checked.get("bands"):
        yield "has both `bands` and `profiles`; write one rule for each profile"


def _out_of_order(place: str, thresholds: dict[Any, float], direction: str) -> Iterator[str]:
    if not thresholds:
        yield f"`{place}` is empty; give at least one of {', '.join(LEVELS)}"
    values = [thresholds[level] for level in LEVELS if level in thresholds]
    if values != sorted(set(values), reverse=direction == "below"):
        order = "rise" if direction == "above" else "fall"
        yield f"`{place}` must {order} from blue to red"
