"""GET /api/v1/points: the packed points of the devices in a scope, as the browser draws them."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from flask import Blueprint, Response, request

from app.city import City
from app.domain.people import covers
from app.services import views
from app.store.points import OUTSIDE, POINT
from app.web.auth import whoami

NUMBERED = np.dtype([("n", "<u4"), ("point", POINT)])


def blueprint(city: City) -> Blueprint:
    """Return the one address."""
    shelf = Blueprint("points", __name__, url_prefix="/api/v1")

    @lru_cache(maxsize=256)
    def inside(scope: str) -> Any:
        """Which grids, by index, the scope covers; the last element is for places outside."""
        return np.array([covers(scope, g.code) for g in city.areas.grids] + [covers(scope, "")])

    @shelf.get("/points")
    def points() -> Any:
        scope = views.scope_in(city, whoami(), request.args.get("area") or None)
        found = select(city.live.points(), inside(scope))
        return Response(found, mimetype="application/octet-stream")

    return shelf


def select(packed: bytes, inside: Any) -> bytes:
    """Return n (u32) and the 24-byte record of every known device whose grid is inside.

    A record that was never written is all zeros (lon and lat 0) and is left out.
    """
    points = np.frombuffer(packed[: len(packed) // POINT.itemsize * POINT.itemsize], dtype=POINT)
    outside = len(inside) - 1
    grid = np.where(points["area"] == OUTSIDE, outside, points["area"])
    known = (points["lon"] != 0) | (points["lat"] != 0)
    chosen = np.flatnonzero(known & inside[np.minimum(grid, outside)])
    out = np.empty(len(chosen), dtype=NUMBERED)
    out["n"], out["point"] = chosen, points[chosen]
    return out.tobytes()
