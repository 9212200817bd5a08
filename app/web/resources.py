"""GET /api/v1/resources, /nearby and /tracks: what lies in a viewport, near a place, on a way."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify, request

from app.city import City
from app.errors import Invalid
from app.services import nearby, resources, tracks
from app.web.auth import whoami


def blueprint(city: City) -> Blueprint:
    """Return the addresses."""
    shelf = Blueprint("resources", __name__, url_prefix="/api/v1")

    @shelf.get("/resources")
    def within() -> Any:
        sorts = resources.sorts_of(_names("sorts"))
        return jsonify(resources.within(city, whoami(), _box(), sorts))

    @shelf.get("/resources/<thing>")
    def one(thing: str) -> Any:
        return jsonify(resources.resource(city, whoami(), thing))

    @shelf.get("/nearby")
    def near() -> Any:
        found = nearby.nearby(
            city,
            whoami(),
            _number("lon", None),
            _number("lat", None),
            within_m=_number("within", nearby.WITHIN_M),
            sorts=_names("sorts"),
            each=int(_number("each", nearby.EACH)),
        )
        return jsonify(found)

    @shelf.get("/tracks")
    def ways() -> Any:
        area, worker = (request.args.get(name) or None for name in ("area", "worker"))
        return jsonify(tracks.tracks(city, whoami(), area, worker))

    @shelf.get("/workers/<thing>")
    def worker(thing: str) -> Any:
        return jsonify(tracks.worker(city, whoami(), thing))

    return shelf


def _names(name: str) -> list[str]:
    return [word for word in request.args.get(name, "").split(",") if word]


def _number(name: str, default: float | None) -> float:
    given = request.args.get(name)
    if not given and default is not None:
        return default
    try:
        number = float(given or "")
        if abs(number) < 1e6:
            return number
    except ValueError:
        pass
    raise Invalid("参数不正确。", fields={name: "请填写数字"})


def _box() -> tuple[float, float, float, float]:
    try:
        west, south, east, north = map(float, request.args.get("box", "").split(","))
    except ValueError:
        west = south = east = north = 0
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise Invalid("参数不正确。", fields={"box": "请填写西、南、东、北四个经纬度，逗号分隔"})
    return west, south, east, north
