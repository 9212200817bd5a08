"""The layers of the one map: their tree, and the presets that a role starts with.

A layer's name is "<sort>" or "<sort>:<what>"; the browser code uses the same names
(layouts/assets/live/layers.mjs), and so does the address of the page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec
import yaml

from app.domain.cases import ENDED, CaseStatus
from app.domain.kinds import ECONOMY, GOVERN, KINDS, SAFETY, SOCIAL
from app.domain.people import Role
from app.errors import BadConfiguration

PACKAGED = Path(__file__).parent.parent / "layers.yaml"
DOMAINS = (SAFETY, GOVERN, SOCIAL, ECONOMY)
STATES = tuple(status.value for status in CaseStatus if status not in ENDED)
MAJORS = ("01", "02", "03", "04", "05")  # 部件大类, GB/T 47678.5-2026
SORTS = ("team", "supply", "shelter", "hazard", "protected")
HEATS = ("cases", "alerts", "devices")


class Node(msgspec.Struct, frozen=True):
    """A row of the tree: a leaf's code is the name of a layer, an inner one's only its own."""

    code: str
    children: tuple[Node, ...] = ()

    def leaves(self) -> Iterator[str]:
        """The layers below this row, or its own."""
        if not self.children:
            yield self.code
        for child in self.children:
            yield from child.leaves()


def _leaves(sort: str, codes: tuple[str, ...]) -> tuple[Node, ...]:
    return tuple(Node(f"{sort}:{code}") for code in codes)


def _kinds(domain: str) -> Node:
    codes = tuple(kind.code for kind in KINDS if kind.domain == domain)
    return Node(f"devices/{domain}", _leaves("devices", codes))


TREE: tuple[Node, ...] = (
    Node("devices", tuple(_kinds(domain) for domain in DOMAINS)),
    Node("cases", _leaves("cases", STATES)),
    Node("alerts"),
    Node("force", (Node("workers"), Node("tracks"), Node("resources:team"))),
    Node("cameras"),
    Node("components", _leaves("components", MAJORS)),
    Node("stock", _leaves("resources", ("supply", "shelter"))),
    Node("risk", _leaves("resources", ("hazard", "protected"))),
    Node("ground", (Node("zones"), Node("units"))),
    Node("heat", _leaves("heat", HEATS)),
)


def groups() -> dict[str, tuple[str, ...]]:
    """Return every sort of layers with what it is divided into, in the order of the tree."""
    found: dict[str, tuple[str, ...]] = {}
    for name in (leaf for node in TREE for leaf in node.leaves()):
        sort, _, what = name.partition(":")
        found[sort] = (*found.get(sort, ()), *((what,) if what else ()))
    return found


class Preset(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Layers that are on together; `layers` are names of layers or of whole sorts."""

    name: str
    name_en: str
    layers: tuple[str, ...]


class LayerBook(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The presets by code, in the order of their chips, and the one that a role starts with."""

    presets: Mapping[str, Preset]
    start: str
    roles: Mapping[str, str] = {}

    def start_of(self, role: Role) -> str:
        """Return the code of the preset that a role starts with."""
        return self.roles.get(role.value, self.start)


def load_layers(path: Path | None = None) -> LayerBook:
    """Read the presets; None is the packaged file. Raises BadConfiguration with every fault."""
    path = path or PACKAGED
    try:
        book = msgspec.convert(yaml.safe_load(path.read_text(encoding="utf-8")), LayerBook)
    except OSError as why:
        said = f"CHENGYUN_LAYERS={path}: cannot be read ({why.strerror})"
        raise BadConfiguration([said]) from why
    except (yaml.YAMLError, msgspec.ValidationError, UnicodeDecodeError) as why:
        raise BadConfiguration([f"{path}: {why}"]) from why
    if found := [f"{path}: {fault}" for fault in faults(book)]:
        raise BadConfiguration(found)
    return book


def faults(book: LayerBook) -> list[str]:
    """Return what does not fit together: unknown layers, presets and roles."""
    known = known_names()
    sorts = groups()
    found = [
        f"presets: {code}: there is no layer {name!r}"
        for code, preset in book.presets.items()
        for name in preset.layers
        if name not in known
    ]
    found += [f"presets: {code}: is the name of layers" for code in book.presets if code in sorts]
    asked = {"start": book.start, **{f"roles: {role}": code for role, code in book.roles.items()}}
    found += [f"{at}: no preset {code!r}" for at, code in asked.items() if code not in book.presets]
    roles = {role.value for role in Role}
    return found + [f"roles: there is no role {role!r}" for role in book.roles if role not in roles]


def known_names() -> frozenset[str]:
    """Every name that a layer or a sort of layers has."""
    leaves = (leaf for node in TREE for leaf in node.leaves())
    return frozenset(groups()) | frozenset(leaves)
