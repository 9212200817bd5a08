"""The layers of the map: the short legend, and the whole tree with its presets behind a button.

Some hundred rows of Dash's own components would make each of its updates slower for all panels:
the panel is one element, told what it says as JSON; live/layer_tree.mjs writes it.
"""

from __future__ import annotations

import json
from typing import Any

from dash import html

from app.domain.ground import FIGURES
from app.domain.layers import DOMAINS, TREE, Node, groups
from app.domain.levels import Level
from layouts import ids, parts, text

# what the short legend always says; the other rows show only while their layer is on
ALWAYS = ("devices", "cases", "workers")
SHORT = (
    *ALWAYS,
    "cameras",
    *(f"resources:{sort}" for sort in ("team", "supply", "shelter", "hazard", "protected")),
    "components",
    "tracks",
    "zones",
    "units",
    "heat",
)
WORDS = ("layers", "own", "more", "less", "presets", "tree", "figure")


def panel(presets: dict[str, Any]) -> html.Section:
    """The panel; `presets` is views.page's "layers"."""
    told = parts.attrs(data_book=book(presets), aria_label=text.say("layers"))
    counted = parts.attrs(data_counts="{}", data_ground="")
    return html.Section(
        html.Div(id=ids.LAYER_COUNTS, hidden=True, **counted),
        id=ids.LAYERS,
        className="layers",
        **told,
    )


def counts(found: dict[str, int]) -> str:
    """The counts of views.layers for the live layer, as JSON."""
    return json.dumps(found)


def book(presets: dict[str, Any]) -> str:
    """What the live layer must know of the layers and say about them, as JSON."""
    told = {
        "groups": groups(),
        "presets": {one["code"]: one["layers"] for one in presets["presets"]},
        "start": presets["start"],
        "words": {word: text.say(f"layers.{word}") for word in WORDS},
        "chips": [[one["code"], _name_of(one)] for one in presets["presets"]],
        "short": [_short(name) for name in SHORT],
        "said": _quiet(),
        "tree": [_row(node) for node in TREE],
        "figures": [[one.code, text.say(f"ground.{one.code}")] for one in FIGURES],
    }
    return json.dumps(told, ensure_ascii=False)


def _name_of(preset: dict[str, Any]) -> str:
    return str(preset["name"] if text.locale() == "zh-CN" else preset["name_en"])


def _short(name: str) -> dict[str, Any]:
    label = label_of(name)
    title = text.say("layers.switch", layer=label)
    return {"code": name, "label": label, "title": title, "always": name in ALWAYS}


def _row(node: Node) -> dict[str, Any]:
    """A row of the tree: `layers` are those below it, `said` rows that only explain a mark."""
    return {
        "code": node.code,
        "label": label_of(node.code),
        "layers": list(node.leaves()),
        "children": [_row(child) for child in node.children],
        "said": _said(node),
    }


def _said(node: Node) -> list[list[str]]:
    """What a mark means: [its name among the counts, the words]."""
    if node.code == "devices":
        return _quiet()
    if node.code == "alerts":
        levels = [level for level in reversed(Level) if level]
        return [[f"alerts/{int(level)}", text.say(f"level.{int(level)}")] for level in levels]
    return []


def _quiet() -> list[list[str]]:
    """The marks of devices that say nothing: no longer, and not yet."""
    return [[state, text.say(f"layer.{state}")] for state in ("offline", "unheard")]


def label_of(name: str) -> str:
    """The name of a row of the tree, or of a layer."""
    sort, _, what = name.partition(":")
    if what and sort == "devices":
        return text.kind(what)
    if what and sort == "cases":
        return text.say(f"case.{what}")
    if (domain := name.removeprefix("devices/")) in DOMAINS:
        return text.say(f"domain.{domain}")
    return text.say(f"layer.{name}")
