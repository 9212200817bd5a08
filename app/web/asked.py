"""What stands in an address: boxes and numbers, read once for all addresses of the map."""

from __future__ import annotations

import math
from typing import Any

from flask import request

from app.errors import Invalid

WRONG = "参数不正确。"
Edges = tuple[float, float, float, float]


def numbers(given: Any, count: int, name: str) -> list[float]:
    """Read so many finite numbers of a text "1,2" or a list; Invalid names the parameter."""
    parts = given.split(",") if isinstance(given, str) else given
    try:
        found = [float(part) for part in parts]
    except (TypeError, ValueError):
        found = []
    if len(found) != count or not all(math.isfinite(one) and abs(one) < 2**31 for one in found):
        raise Invalid(WRONG, fields={name: f"请填写 {count} 个数"})
    return found


def edges(given: Any) -> Edges:
    """Read west, south, east, north in degrees; Invalid for what is no box."""
    west, south, east, north = numbers(given, 4, "box")
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise Invalid(WRONG, fields={"box": "请填写西、南、东、北四个经纬度，逗号分隔"})
    return west, south, east, north


def box() -> Edges:
    """Read the address's box=west,south,east,north."""
    return edges(request.args.get("box"))


def number(name: str, low: float, high: float, default: float = math.nan) -> float:
    """Read a number of the address within bounds; without a default it must be there."""
    given = request.args.get(name)
    try:
        found = float(given) if given else default
    except ValueError:
        found = math.nan
    if not low <= found <= high:
        raise Invalid(WRONG, fields={name: f"请填写 {low:g} 到 {high:g} 之间的数"})
    return found


def names(name: str) -> list[str]:
    """Read the words of the address between commas."""
    return [word for word in request.args.get(name, "").split(",") if word]
