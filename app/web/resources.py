"""GET /api/v1/resources, /nearby and /tracks: what lies in a viewport, near a place, on a way."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify, request

from app.city import City
from app.services import nearby, resources, tracks
from app.web import asked
from app.web.auth import whoami

MOST = 1e6  # the service says which numbers have a sense


def blueprint(city: City) -> Blueprint:
    """Return the addresses."""
    shelf = Blueprint("resources", __name__, url_prefix="/api/v1")

    @shelf.get("/resources")
    def within() -> Any:
        sorts = resources.sorts_of(asked.names("sorts"))
        return jsonify(resources.within(city, whoami(), asked.box(), sorts))

    @shelf.get("/resources/<thing>")
    def one(thing: str) -> Any:
        return jsonify(resources.resource(city, whoami(), thing))

    @shelf.get("/nearby")
    def near() -> Any:
        found = nearby.nearby(
            city,
            whoami(),
            asked.number("lon", -180, 180),
            asked.number("lat", -90, 90),
            within_m=asked.number("within", -MOST, MOST, nearby.WITHIN_M),
            sorts=asked.names("sorts"),
            each=int(asked.number("each", -MOST, MOST, nearby.EACH)),
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
