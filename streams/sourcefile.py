"""Source files: YAML text into checked sources, with every fault, its line and its mend."""

from __future__ import annotations

import difflib
import typing
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import yaml

from app.domain.kinds import BY_CODE
from app.errors import BadConfiguration
from streams import adopting, dialects, filters, stream_settings, units
from streams.sources import DIAGNOSTICS, PLACES, Source, unit_of

FIELDS = typing.get_type_hints(Source, include_extras=True)
NEEDED = {
    "name": "",
    "dialect": "",
    "owner": ": name the responsible unit (责任单位)",
    "crs": ": say wgs84, gcj02 or bd09; it is never guessed",
}
# our own topics: as a source, and as the feeds that the wall shows
RESERVED = {adopting.OWN, "telemetry", "report", "order", "position"}
Lines = dict[str, int]


def load(path: Path) -> list[Source]:
    """The sources of a file; raises BadConfiguration with all faults at once."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as why:
        said = getattr(why, "strerror", None) or why
        raise BadConfiguration([f"CHENGYUN_SOURCES={path}: cannot be read ({said})"]) from why
    sources, faults = read(text, path.name)
    if faults:
        raise BadConfiguration(faults)
    return sources


def read(text: str, name: str) -> tuple[list[Source], list[str]]:
    """The sources of a YAML text, or all its faults as "file:line source: what, mend"."""
    try:
        root: Any = yaml.compose(text, Loader=yaml.SafeLoader)
        raw = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError) as why:
        return [], [f"{name}: this is no YAML: {' '.join(str(why).split())}"]
    if not _is_shaped(raw):
        return [], [f"{name}: write one key `sources:` with a list of sources under it"]
    good: list[Source] = []
    nodes = {key.value: value for key, value in root.value}
    faults = [f"{name}: {fault}" for fault in adopting.own_faults(raw.get("adopt"))]
    for node, given in zip(nodes["sources"].value, raw["sources"], strict=True):
        lines, wrong = _lines(node)
        source, more = _source(given)
        label = given.get("name", "without name") if isinstance(given, dict) else "without name"
        more += _clashes(source, good) if source else []
        for field, fault in wrong + more:
            faults.append(f"{name}:{lines.get(field, lines[''])} source {label}: {fault}")
        if source:
            good.append(source)
    return ([] if faults else good), faults


def _is_shaped(raw: Any) -> bool:
    """Whether the text is sources, with or without rules of adoption for our own topics."""
    named = isinstance(raw, dict) and {"sources"} <= set(raw) <= {"sources", "adopt"}
    return named and isinstance(raw["sources"], list)


Fault = tuple[str, str]  # the field it is about ("" is the source as a whole), what and mend


def _lines(node: Any) -> tuple[Lines, list[Fault]]:
    """Line numbers of a source's fields, and fields that stand there twice."""
    lines: Lines = {"": node.start_mark.line + 1}
    faults = []
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value in lines:
                faults.append((key.value, f"`{key.value}` stands there twice"))
            lines[str(key.value)] = key.start_mark.line + 1
            if key.value == "metrics" and isinstance(value, yaml.MappingNode):
                for inner, _ in value.value:
                    lines[f"metrics.{inner.value}"] = inner.start_mark.line + 1
    return lines, faults


def _source(given: Any) -> tuple[Source | None, list[Fault]]:
    if not isinstance(given, dict):
        return None, [("", "write a source as keys and values, beginning with `- name:`")]
    faults: list[Fault] = [
        ("", f"`{field}` is missing{why}") for field, why in NEEDED.items() if field not in given
    ]
    checked: dict[str, Any] = {}
    for field, value in given.items():
        if field not in FIELDS:
            faults.append((str(field), f"`{field}` is not known{_near(str(field), FIELDS)}"))
            continue
        for part, said, kind in _parts(field, value):
            try:
                _put(checked, field, part, msgspec.convert(said, kind))
            except msgspec.ValidationError as why:
                faults.append((part or field, f"`{part or field}`: {_plain(why)}"))
    faults += _nonsense(checked)
    if not faults:
        faults += _dialect(checked)
    return (None, faults) if faults else (Source(**checked), faults)


def _parts(field: str, value: Any) -> Iterator[tuple[str, Any, Any]]:
    """A field as (its part or "", value, type): metrics one by one, so that each has its line."""
    if field == "metrics" and isinstance(value, dict):
        kind = typing.get_args(FIELDS["metrics"])[1]
        for name, said in value.items():
            yield f"metrics.{name}", {"metric": said} if isinstance(said, str) else said, kind
    else:
        yield "", value, FIELDS[field]


def _put(checked: dict[str, Any], field: str, part: str, value: Any) -> None:
    if part:
        checked.setdefault(field, {})[part.removeprefix("metrics.")] = value
    else:
        checked[field] = value


def _near(word: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(word, list(known), n=1)
    return f"; did you mean `{near[0]}`?" if near else f"; known are {', '.join(known)}"


def _plain(why: msgspec.ValidationError) -> str:
    """The fault in our words: no patterns, no paths that begin with a dollar."""
    text = str(why)
    if "regex" in text:
        return "write small letters, digits and single hyphens"
    if "Invalid enum value" in text:
        return f"{text.split(' - at ')[0]}; crs is wgs84, gcj02 or bd09, clock device or arrival"
    return text.replace(" - at `$", " at `").replace("at `.", "at `")


def _nonsense(checked: dict[str, Any]) -> Iterator[Fault]:
    """What is well-formed and cannot be meant."""
    kinds = checked.get("kind") or {}
    kinds = [kinds] if isinstance(kinds, str) else list(kinds.values())
    yield from (
        ("kind", f"kind `{kind}` is not known{_near(kind, BY_CODE)}")
        for kind in kinds
        if kind not in BY_CODE
    )
    if checked.get("name") in RESERVED:
        yield "name", f"`{checked['name']}` is the name of our own topics; give it another"
    if checked.get("kind") == {}:
        yield "kind", "`kind` maps nothing; name at least one type or `*`"
    known = [kind for kind in kinds if kind in BY_CODE]
    yield from _metrics(checked, known)
    yield from (("adopt", fault) for fault in adopting.faults(checked.get("adopt", ())))
    by = checked.get("by", "mqtt")
    yield from (("stream", fault) for fault in stream_settings.faults(checked.get("stream"), by))
    for topic in checked.get("topics", ()):
        yield from (("topics", f"topic {topic!r}: {fault}") for fault in filters.faults(topic))
    if checked.get("zone") and not _is_zone(checked["zone"]):
        yield "zone", f"`zone` {checked['zone']!r} is not known; write e.g. Asia/Shanghai"


def _metrics(checked: dict[str, Any], known: list[str]) -> Iterator[Fault]:
    for name, rule in checked.get("metrics", {}).items():
        for fault in _metric(rule, known):
            yield f"metrics.{name}", f"`{name}`: {fault}"


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):  # ZoneInfoNotFoundError is a KeyError
        return False
    return True


def _metric(rule: Any, kinds: list[str]) -> Iterator[str]:
    """A metric that none of the source's kinds measures, a unit that cannot become ours."""
    if not kinds:
        return
    measured = {m.code for kind in kinds for m in BY_CODE[kind].metrics}
    if rule.metric not in measured | DIAGNOSTICS.keys() | PLACES:
        every = [*sorted(measured), *DIAGNOSTICS]
        yield f"metric `{rule.metric}` is not measured by {kinds[0]}{_near(rule.metric, every)}"
    for unit in {unit_of(kind, rule.metric) for kind in kinds} if rule.unit else ():
        try:
            units.convert(1.0, rule.unit, unit)
        except ValueError as why:
            yield str(why)


def _dialect(checked: dict[str, Any]) -> Iterator[Fault]:
    """Faults of what only the dialect can judge; its options are converted in place."""
    name = checked["dialect"]
    if name not in dialects.NAMES:
        yield "dialect", f"dialect `{name}` is not known{_near(name, dialects.NAMES)}"
        return
    module = dialects.dialect(name)
    if not dialects.says_reports(name) and not checked.get("kind"):
        yield "kind", "`kind` is missing: one kind, or a map from their type to a kind"
    yield from _topics(checked, module)
    options = getattr(module, "Options", None)
    if options is None:
        if checked.get("options") is not None:
            yield "options", f"{name} takes no `options`"
        return
    try:
        checked["options"] = msgspec.convert(checked.get("options") or {}, options)
    except msgspec.ValidationError as why:
        yield "options", f"`options`: {_plain(why)}; see docs/protocols/{name}.md"
        return
    for fault in getattr(module, "faults", lambda _: [])(Source(**checked)):
        yield "options", fault


def _topics(checked: dict[str, Any], module: dialects.Dialect) -> Iterator[Fault]:
    """Topics that are missing, or that mean nothing since the source does not come by MQTT."""
    if checked.get("by", "mqtt") != "mqtt":
        if checked.get("topics"):
            yield "topics", f"`topics` are of MQTT; a source by {checked['by']} has none"
        return
    needs = not module.TOPICS and getattr(module, "NEEDS_TOPICS", True)
    if needs and not checked.get("topics"):
        yield "topics", f"`topics` is missing: {checked['dialect']} has none of its own"


def filters_of(source: Source) -> tuple[str, ...]:
    """The filters a source is heard on, with their named levels.

    A source that does not come by MQTT is heard on one topic, "<by>/<name>": it stands in its dead
    letters, and leads a replayed one back to its source.
    """
    if source.by == "webhook":  # the address may go on: /in/<name>/up
        return (f"webhook/{source.name}", f"webhook/{source.name}/#")
    if source.by != "mqtt":
        return (f"{source.by}/{source.name}",)
    return source.topics or dialects.dialect(source.dialect).TOPICS


def _clashes(source: Source, before: list[Source]) -> list[Fault]:
    """A name or a filter that an earlier source has."""
    found: list[Fault] = []
    for other in before:
        if other.name == source.name:
            found.append(("name", "this name is taken; give it its own"))
        mine = {filters.subscription(each) for each in filters_of(source)}
        for each in sorted(mine & {filters.subscription(t) for t in filters_of(other)}):
            found.append(("topics", f"topic {each!r} belongs to {other.name}; set `topics`"))
    return found
