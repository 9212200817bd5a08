"""Sparkplug B over MQTT, see docs/protocols/sparkplug.md.

Births say what the metrics are called, data may name them by alias only. What is known is in
memory: after a restart, a gap in the sequence or an unknown alias the node is asked for its births.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Annotated, Any, NamedTuple

import msgspec

from app.domain.readings import Telemetry
from app.errors import Rejected
from streams.codecs.telemetry import METRICS
from streams.dialects import Ask, Known, Thing
from streams.dialects import sparkplug_wire as pb
from streams.sources import Source

NAMESPACE = "spBv1.0"
TOPICS = (f"{NAMESPACE}/#",)
REBIRTH = "Node Control/Rebirth"
OWN = ("Node Control/", "Device Control/", "Properties/", "bdSeq")  # about the node, no readings
NODES, TAGS = 10_000, 10_000  # kept of a source, of one birth
SEQ = 256


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Names of the metrics that say where a device is; a node is asked again after `rebirth_s`."""

    lon: str = ""
    lat: str = ""
    rebirth_s: Annotated[float, msgspec.Meta(ge=1, le=3600)] = 60.0


class Where(NamedTuple):
    """The levels of a topic; `device` is "" for a message of the node itself."""

    group: str
    what: str
    node: str
    device: str


class Tag(NamedTuple):
    """What a birth says of a metric."""

    name: str
    datatype: int
    unit: str


Tags = dict[int | str, Tag]  # by name and by alias


@dataclass
class Node:
    """What is known of an edge node; births[""] are its own metrics."""

    at: int = -1  # of its birth, by its clock
    bd_seq: float | None = None
    last: tuple[int, int] = (-1, -1)  # the newest message: its time, its sequence number
    births: dict[str, Tags] = field(default_factory=dict)
    before: dict[str, Tags] = field(default_factory=dict)  # births of the session before
    born: bool = False
    wanted: bool = False  # a rebirth
    asked: int = 0  # epoch ms of arrival


class Sparkplug:
    """Reads the messages of one source's nodes."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._options: Options = source.options or Options()
        self._nodes: dict[tuple[str, str], Node] = {}
        self._steps = {
            "NBIRTH": self._birth,
            "DBIRTH": self._birth,
            "NDATA": self._data,
            "DDATA": self._data,
            "NDEATH": self._node_death,
            "DDEATH": self._device_death,
        }

    def read(self, topic: str, payload: bytes, arrived: int) -> list[Thing]:
        """One message as our things; raises Rejected."""
        if topic.startswith((f"{NAMESPACE}/STATE/", "STATE/")):
            return [Known("state")]
        where = _where(topic)
        if where.what in ("NCMD", "DCMD"):
            return [Known("command")]
        said = pb.decode(payload)
        node = self._node(where)
        things: list[Thing] = list(self._steps[where.what](where, node, said, arrived))
        if len(things) == 1 and isinstance(things[0], Rejected):
            raise things[0]
        things += self._ask(where, node, arrived)
        return things or [Known("unmapped")]

    def _node(self, where: Where) -> Node:
        if len(self._nodes) >= NODES:
            self._nodes.clear()
        return self._nodes.setdefault((where.group, where.node), Node())

    def _birth(self, where: Where, node: Node, said: Any, arrived: int) -> Iterator[Thing]:
        tags = dict(_tags(said))
        if not where.device:
            if said.timestamp != node.at:  # another message than the one we know
                node.before, node.births = node.births, {}
                node.last = said.timestamp, said.seq
            node.at, node.born, node.wanted = said.timestamp, True, False
            node.bd_seq = _named(said, "bdSeq")
        else:
            self._count(node, said)
        node.births[where.device] = tags
        code, kind = self._who(where)
        at = self._source.moment(said.timestamp or None, arrived)
        more: dict[str, Any] = self._place(said, tags)
        if where.device:
            more["gateway"] = self._gateway(where)
        name = (where.device or where.node)[:100]
        yield self._source.birth(code, kind, at, name=name, **more)
        yield from self._telemetry(where, node, said, arrived)

    def _data(self, where: Where, node: Node, said: Any, arrived: int) -> Iterator[Thing]:
        self._count(node, said)
        if not node.born or where.device not in node.births:
            node.wanted = True
        things = list(self._telemetry(where, node, said, arrived))
        yield from things or [Known("unmapped" if node.born else "unborn")]

    def _node_death(self, where: Where, node: Node, said: Any, arrived: int) -> Iterator[Thing]:
        session = _named(said, "bdSeq")
        if None not in (session, node.bd_seq) and session != node.bd_seq:
            yield Known("old_death")
            return
        node.born = False
        for device in ("", *(d for d in node.births if d)):
            code, kind = self._who(where._replace(device=device))
            yield self._source.birth(code, kind, arrived, online=False)

    def _device_death(self, where: Where, node: Node, said: Any, arrived: int) -> Iterator[Thing]:
        self._count(node, said)
        code, kind = self._who(where)
        at = self._source.moment(said.timestamp or None, arrived)
        yield self._source.birth(code, kind, at, online=False)

    def _count(self, node: Node, said: Any) -> None:
        """Follow the sequence; a message that was read before is no gap."""
        now = said.timestamp, said.seq
        behind = (node.last[1] - now[1]) % SEQ
        if now[0] < node.last[0] or (now[0] == node.last[0] and behind < SEQ // 2):
            return
        if node.born and said.HasField("seq") and (now[1] - node.last[1]) % SEQ != 1:
            node.wanted = True
        node.last = now

    def _ask(self, where: Where, node: Node, arrived: int) -> list[Ask]:
        if not node.wanted or where.what == "NDEATH":
            return []
        if 0 <= arrived - node.asked < self._options.rebirth_s * 1000:
            return []
        node.asked = arrived
        return [rebirth(where.group, where.node, arrived)]

    def _telemetry(self, where: Where, node: Node, said: Any, arrived: int) -> Iterator[Thing]:
        code, kind = self._who(where)
        piles, place = self._piles(node, where, said)
        for (at, quality), values in sorted(piles.items()):
            try:
                moment = self._source.moment(at or None, arrived)
                bad: list[Thing] = []
                found = self._source.measured(kind, values, bad)
                yield from self._parts(code, kind, moment, found, arrived, quality, place)
                yield from bad
            except Rejected as why:
                # a birth repeats values that may have changed last week
                birth = where.what.endswith("BIRTH") and why.reason == "too_old"
                yield Known("old_value") if birth else why

    def _parts(
        self,
        code: str,
        kind: str,
        at: int,
        found: dict[str, float],
        arrived: int,
        quality: int,
        place: dict[str, float],
    ) -> Iterator[Telemetry]:
        """A node may have more metrics than one Telemetry holds."""
        rest = iter(found.items())
        while part := dict(islice(rest, METRICS)):
            yield self._source.telemetry(code, kind, at, part, arrived, quality=quality, **place)

    def _piles(
        self, node: Node, where: Where, said: Any
    ) -> tuple[dict[tuple[int, int], list[tuple[str, float, str]]], dict[str, float]]:
        """Name, value and unit of the metrics, by their time and quality; and where that was."""
        # a redelivery may start within the session before, whose aliases are other ones
        births = node.before if said.timestamp < node.at else node.births
        tags = births.get(where.device, {})
        piles: dict[tuple[int, int], list[tuple[str, float, str]]] = {}
        for metric in said.metrics:
            tag = _tag(metric, tags)
            if tag is None:
                node.wanted = True
                continue
            value = pb.number(metric, tag.datatype)
            if value is None or tag.name.startswith(OWN):
                continue
            pile = metric.timestamp or said.timestamp, pb.quality(metric)
            piles.setdefault(pile, []).append((tag.name, value, tag.unit))
        return piles, self._place(said, tags)

    def _place(self, said: Any, tags: Tags) -> dict[str, float]:
        if not self._options.lon:
            return {}
        found: dict[str, float | None] = {}
        for metric in said.metrics:
            tag = _tag(metric, tags)
            if tag and tag.name in (self._options.lon, self._options.lat):
                found[tag.name] = pb.number(metric, tag.datatype)
        lon, lat = self._source.place(found.get(self._options.lon), found.get(self._options.lat))
        return {} if lon is None or lat is None else {"lon": lon, "lat": lat}

    def _who(self, where: Where) -> tuple[str, str]:
        if not where.device:
            return self._gateway(where), "gateway"
        code = self._source.code(f"{where.group}.{where.node}.{where.device}")
        return code, self._source.kind_of(where.device, where.node, where.group)

    def _gateway(self, where: Where) -> str:
        return self._source.code(f"{where.group}.{where.node}")


def reader(source: Source) -> Sparkplug:
    """A reader of this source's messages."""
    return Sparkplug(source)


def faults(source: Source) -> list[str]:
    """What is wrong with the options."""
    options: Options = source.options or Options()
    one = bool(options.lon) != bool(options.lat)
    return ["lon and lat belong together: name both metrics or none"] if one else []


def _where(topic: str) -> Where:
    parts = topic.split("/")
    levels = {"N": 4, "D": 5}
    if len(parts) in (4, 5) and parts[0] == NAMESPACE and all(parts):
        where = Where(parts[1], parts[2], parts[3], parts[4] if len(parts) == 5 else "")
        kinds = ("BIRTH", "DATA", "DEATH", "CMD")
        if where.what[1:] in kinds and levels.get(where.what[0]) == len(parts):
            return where
    raise Rejected("unknown_topic", f"{topic[:80]!r} is no topic of Sparkplug B")


def _tags(birth: Any) -> Iterator[tuple[int | str, Tag]]:
    """The metrics that a birth defines, by name and by alias."""
    for metric in islice(birth.metrics, TAGS):
        name = pb.text(metric.name)
        unit = pb.properties(metric).get("engUnit", "")
        tag = Tag(name, metric.datatype, unit if isinstance(unit, str) else "")
        yield name, tag
        if metric.HasField("alias"):
            yield metric.alias, tag


def _tag(metric: Any, tags: Tags) -> Tag | None:
    """What a metric is; one that says its name needs no birth."""
    if metric.HasField("name"):
        name = pb.text(metric.name)
        return tags.get(name) or Tag(name, metric.datatype, "")
    return tags.get(metric.alias) if metric.HasField("alias") else None


def _named(said: Any, name: str) -> float | None:
    return next((pb.number(m, m.datatype) for m in said.metrics if m.name == name.encode()), None)


def write(
    where: Where, metrics: Sequence[pb.Written], at: int | None, seq: int | None
) -> tuple[str, bytes]:
    """Topic and payload of a message; a death has no time (epoch ms) and no sequence number."""
    parts = (NAMESPACE, where.group, where.what, where.node, where.device)
    return "/".join(part for part in parts if part), pb.encode(metrics, at, seq)


def rebirth(group: str, node: str, at: int) -> Ask:
    """The request to a node to say all its births again; `at` is epoch ms."""
    metric = pb.Written(REBIRTH, True, pb.BOOLEAN)
    return Ask(*write(Where(group, "NCMD", node, ""), [metric], at, None))
