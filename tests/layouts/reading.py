"""Read a layout as the browser gets it: its ids, its words, its buttons."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import plotly


def plain(layout: Any) -> Any:
    """The layout as JSON data, through the same encoder that Dash uses."""
    return json.loads(json.dumps(layout, cls=plotly.utils.PlotlyJSONEncoder))


def nodes(layout: Any) -> Iterator[dict[str, Any]]:
    """Every component below a layout, as the dict of its props."""
    found = plain(layout)
    waiting = [found]
    while waiting:
        one = waiting.pop(0)
        if isinstance(one, list):
            waiting[:0] = one
        elif isinstance(one, dict) and "props" in one:
            yield one["props"] | {"_type": one["type"]}
            waiting[:0] = [one["props"].get("children")]
        elif isinstance(one, dict):
            waiting[:0] = list(one.values())


def ids(layout: Any) -> set[str]:
    """All ids."""
    return {node["id"] for node in nodes(layout) if "id" in node}


def words(layout: Any) -> str:
    """All visible words in reading order."""
    return " ".join(_words(plain(layout)))


def _words(one: Any) -> Iterator[str]:
    if isinstance(one, str | int | float):
        yield str(one)
    elif isinstance(one, list):
        for part in one:
            yield from _words(part)
    elif isinstance(one, dict):
        yield from _words(one.get("props", {}).get("children"))


def actions(layout: Any) -> list[tuple[str, str, str | None]]:
    """All buttons that set a store of the live layer: (action, id, value)."""
    return [
        (node["data-action"], node.get("data-id"), node.get("data-value"))
        for node in nodes(layout)
        if "data-action" in node
    ]
