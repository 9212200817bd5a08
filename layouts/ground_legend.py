"""What the colour of the areas means: the figure, its steps, and how many areas each step has."""

from __future__ import annotations

import json
from typing import Any

from app.domain.ground import BY_CODE, Figure
from layouts import parts, text

STEPS = 5
# how strongly a step is filled: the same blue, lighter upwards, over the dark ground
STRENGTH = {1: (0.3,), 2: (0.1, 0.42), 3: (0.09, 0.26, 0.47), 4: (0.08, 0.2, 0.34, 0.5)}
STRENGTH[STEPS] = (0.08, 0.17, 0.28, 0.4, 0.54)
FAINTEST = 0.08  # for nothing


def strengths(lower: list[float | None]) -> tuple[float, ...]:
    """How strongly each step is filled; where there is nothing anywhere, faintly."""
    return (FAINTEST,) if lower == [0] else STRENGTH.get(len(lower), ())


def hideout(ground: dict[str, Any]) -> dict[str, Any]:
    """What the areas are drawn with: their text and how strongly they are filled (None: hatched).

    `ground` is views.choropleth; for chengyun.fn.areaStyle of boot.js.
    """
    figure = BY_CODE[ground["figure"]]
    strength = strengths(ground["lower"])
    fills = {code: None if k is None else strength[k] for code, k in ground["steps"].items()}
    texts = {code: said(figure, value) for code, value in ground["values"].items()}
    return {"figure": figure.code, "fills": fills, "texts": texts, "selected": None}


def said(figure: Figure, value: float | None) -> str:
    """The figure of an area under its name: nothing for a count of none, "—" for no value."""
    if value == 0 and not figure.breaks:
        return ""
    number = parts.number(value, figure.digits)
    return f"{number}%" if figure.unit == "%" and value is not None else number


def legend(ground: dict[str, Any]) -> str:
    """What live/layer_tree.mjs writes of the figure, as JSON.

    {"figure", "title", "range", "steps": [[strength (None: hatched), bounds, areas], …], "rest"}
    """
    figure = BY_CODE[ground["figure"]]
    strength = strengths(ground["lower"])
    told = [value for value in ground["values"].values() if value is not None]
    steps: list[list[Any]] = [
        [fill, _bounds(figure, ground, k), _areas(ground["counts"][k])]
        for k, fill in enumerate(strength)
    ]
    if lacking := len(ground["values"]) - len(told):
        steps.append([None, text.say("ground.no_value"), _areas(lacking)])
    rest = ground["rest"]  # so that the areas sum to the one they lie in
    said = {
        "figure": figure.code,
        "title": f"{text.say('layers.figure')} · {text.say(f'ground.{figure.code}')}",
        "range": _range(figure, told),
        "steps": steps,
        "rest": text.say("rest.ground", n=parts.number(rest, figure.digits)) if rest else "",
    }
    return json.dumps(said, ensure_ascii=False)


def _areas(count: int) -> str:
    return text.say("ground.areas", n=count)


def _range(figure: Figure, told: list[float]) -> str:
    if not told:
        return text.say("none")
    low, high = (parts.number(value, figure.digits) for value in (min(told), max(told)))
    whole = low if low == high else f"{low}–{high}"
    return f"{whole} {figure.unit}" if figure.unit in ("%", "台/km²") else whole


def _bounds(figure: Figure, ground: dict[str, Any], k: int) -> str:
    """ "< 80", "80–90", "≥ 98"; of quantiles the least and the most that is there."""
    if figure.breaks:
        return _between(ground["lower"], k)
    inside = [ground["values"][code] for code, step in ground["steps"].items() if step == k]
    low, high = (parts.number(value, figure.digits) for value in (min(inside), max(inside)))
    return low if low == high else f"{low}–{high}"


def _between(lower: list[float | None], k: int) -> str:
    low = lower[k]
    high = lower[k + 1] if k + 1 < len(lower) else None
    if low is None:
        return text.say("ground.below", high=f"{high:g}")
    if high is None:
        return text.say("ground.and_above", low=f"{low:g}")
    return f"{low:g}–{high:g}"
