"""GET /api/v1/points: what a map shows of the devices in a scope, as points or as clusters."""

from __future__ import annotations

from typing import Any

import numpy as np
from flask import Blueprint, Response, jsonify, request
from numpy.typing import NDArray

from app.city import City
from app.domain.clusters import to_degrees
from app.services import views_scope
from app.store.points import POINT, unpack
from app.web import looking
from app.web.auth import whoami
from app.web.picture import Picture
from app.web.sights import CLUSTERS

NUMBERED = np.dtype([("n", "<u4"), ("point", POINT)])
SHOW = "X-Chengyun-Show"  # "points": records; "clusters": JSON
LISTED = 100  # devices that a pick list can hold


def blueprint(city: City, picture: Picture) -> Blueprint:
    """Return what a map asks for."""
    shelf = Blueprint("points", __name__, url_prefix="/api/v1")

    @shelf.get("/points")
    def points() -> Any:
        """Without a box all points of the scope; with one, points or clusters by their number."""
        if request.args.get("box") is None:
            scope = views_scope.scope_in(city, whoami(), request.args.get("area") or None)
            return _records(select(city.live.points(), picture.inside(scope)), "")
        sight, count = looking.chosen(city, picture, whoami(), request.args)
        if sight.show != CLUSTERS:
            found = select(city.live.points(), picture.inside(sight.scope), picture.kinds(sight))
            return _records(_in_box(found, sight.degrees), sight.show)
        answer = jsonify({"level": sight.level, "count": count, "rows": picture.rows(sight)})
        answer.headers[SHOW] = sight.show
        return answer

    @shelf.get("/points/inside")
    def inside() -> Any:
        """What a cell or box holds: how many devices, the box around them, the first numbers."""
        sight, count = looking.chosen(city, picture, whoami(), request.args)
        numbers = picture.choose(sight)
        listed = numbers[np.argsort(-picture.points["level"][numbers].astype(int), kind="stable")]
        return jsonify(
            {"count": count, "box": _around(picture, numbers), "n": listed[:LISTED].tolist()}
        )

    return shelf


def _records(found: NDArray[Any], show: str) -> Response:
    answer = Response(found.tobytes(), mimetype="application/octet-stream")
    if show:
        answer.headers[SHOW] = show
    return answer


def select(packed: bytes, inside: Any, kinds: Any = None) -> NDArray[Any]:
    """Return n and the record of every known device whose grid is inside, of some kinds or all.

    A record that was never written is all zeros (lon and lat 0) and is left out.
    """
    points = unpack(packed[: len(packed) // POINT.itemsize * POINT.itemsize])
    grid = np.minimum(points["area"], len(inside) - 1)
    wanted = inside[grid] & ((points["lon"] != 0) | (points["lat"] != 0))
    if kinds is not None:
        wanted &= kinds[np.minimum(points["kind"], len(kinds) - 1)]
    chosen = np.flatnonzero(wanted)
    out = np.empty(len(chosen), dtype=NUMBERED)
    out["n"], out["point"] = chosen, points[chosen]
    return out


def _in_box(found: NDArray[Any], degrees: list[float]) -> NDArray[Any]:
    west, south, east, north = (edge * 1e7 for edge in degrees)
    lon, lat = found["point"]["lon"], found["point"]["lat"]
    return found[(lon >= west) & (lon < east) & (lat > south) & (lat <= north)]


def _around(picture: Picture, numbers: NDArray[np.int64]) -> list[float] | None:
    if not len(numbers):
        return None
    x, y = picture.x[numbers], picture.y[numbers]
    west, north = to_degrees(int(x.min()), int(y.min()))
    east, south = to_degrees(int(x.max()) + 1, int(y.max()) + 1)
    return [west, south, east, north]
