"""GET /tiles/<base>/<z>/<x>/<y>: tiles of our own base map files; rows count from the north."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from app.city import City
from app.services import basemaps

KEPT = "private, max-age=86400"  # a file that is replaced is seen everywhere within a day


def blueprint(city: City) -> Blueprint:
    """Return the one address."""
    shelf = Blueprint("tiles", __name__)

    @shelf.get("/tiles/<name>/<int:z>/<int:x>/<int:y>")
    def tile(name: str, z: int, x: int, y: int) -> Any:
        found = basemaps.tile(city, name, z, x, y)
        if found is None:  # no vectors here: empty, and no fault of anybody
            return Response(status=204, headers={"Cache-Control": KEPT})
        answer = Response(found[0], mimetype=found[1])
        answer.headers["Cache-Control"] = KEPT
        return answer

    return shelf
