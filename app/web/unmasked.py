"""What is masked everywhere else, read by who needs it; each reading is written down."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify

from app.city import City
from app.services import unmasked
from app.web.auth import whoami


def blueprint(city: City) -> Blueprint:
    """Return the addresses; POST, since a reading is a fact, and without repeats by key.

    The answers kept for repeats would keep what is personal (app.web.bodies.once).
    """
    reading = Blueprint("unmasked", __name__, url_prefix="/api/v1")

    @reading.post("/tasks/<thing>/address")
    def of_task(thing: str) -> Any:
        return jsonify(unmasked.address_of_task(city, thing, by=whoami()))

    @reading.post("/cases/<thing>/address")
    def of_case(thing: str) -> Any:
        return jsonify(unmasked.address_of_case(city, thing, by=whoami()))

    @reading.post("/cases/<thing>/caller")
    def caller(thing: str) -> Any:
        return jsonify(unmasked.caller_of_case(city, thing, by=whoami()))

    return reading
