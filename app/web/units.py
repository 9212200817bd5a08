"""GET /api/v1/units, /units/at, /zones and /grids/…: the ground beside the areas of the tree."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify, request

from app.city import City
from app.services import duties, units, zones
from app.web import asked
from app.web.auth import whoami


def blueprint(city: City) -> Blueprint:
    """Return the addresses."""
    shelf = Blueprint("units", __name__, url_prefix="/api/v1")

    @shelf.get("/units")
    def boxed() -> Any:
        return jsonify(units.in_box(city, whoami(), asked.box()))

    @shelf.get("/units/at")
    def at() -> Any:
        lon, lat = asked.numbers(f"{request.args.get('lon')},{request.args.get('lat')}", 2, "lon")
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
