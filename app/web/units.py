"""GET /api/v1/units, /units/at, /zones and /grids/…: the ground beside the areas of the tree."""

from __future__ import annotations

import math
from typing import Any

from flask import Blueprint, jsonify, request

from app.city import City
from app.errors import Invalid
from app.services import duties, units, zones
from app.web.auth import whoami


def blueprint(city: City) -> Blueprint:
    """Return the addresses."""
    shelf = Blueprint("units", __name__, url_prefix="/api/v1")

    @shelf.get("/units")
    def boxed() -> Any:
        return jsonify(units.in_box(city, whoami(), _box()))

    @shelf.get("/units/at")
    def at() -> Any:
        lon, lat = _numbers(f"{request.args.get('lon')},{request.args.get('lat')}", 2, "lon")
        return jsonify(duties.at(city, whoami(), lon, lat))

    @shelf.get("/grids/<code>")
    def grid(code: str) -> Any:
        return jsonify(duties.seen(city, whoami(), code))

    @shelf.get("/zones")
    def laid() -> Any:
        return jsonify(zones.listed(city, whoami()))

    return shelf


def prepare(city: City) -> None:
    """Cut the unit grids aside where nobody has done so: a role does this when it starts."""
    units.ready(city)


def _box() -> units.Box:
    west, south, east, north = _numbers(request.args.get("box"), 4, "box")
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise Invalid("参数不正确。", fields={"box": "请填写 西,南,东,北(度)"})
    return west, south, east, north


def _numbers(given: str | None, count: int, name: str) -> list[float]:
    try:
        found = [float(part) for part in (given or "").split(",")]
    except ValueError:
        found = []
    if len(found) != count or not all(math.isfinite(one) for one in found):
        raise Invalid("参数不正确。", fields={name: f"请填写 {count} 个数"})
    return found
