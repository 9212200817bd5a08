"""The addresses of components (部件): a viewport in binary, one of them, what kinds there are.

A viewport answers u4 form (0 nothing imported, 1 near, 2 cells), u4 count, u4 total, u4 level of
the cells, u4 number of districts, the districts (u4 each), then `count` records, all little-endian:
near NEAR, from far out CELL (a Web-Mercator tile of that level). See docs/components.md.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from flask import Blueprint, Response, jsonify

from app.city import City
from app.domain.components import MAJORS, kinds
from app.errors import Invalid
from app.services import components
from app.services.components import Viewport
from app.web import asked
from app.web.auth import whoami
from geodata.components import Box, sane

NEAR = np.dtype(
    [
        ("lon", "<i4"),  # 1e-7 degrees, WGS-84
        ("lat", "<i4"),
        ("serial", "<u4"),  # the last six digits of the mark
        ("kind", "<u2"),  # five digits of the catalogue as a number
        ("state", "u1"),  # index of 完好, 破损, 丢失, 废弃
        ("district", "u1"),  # which of the districts before the records
    ]
)
CELL = np.dtype([("x", "<u4"), ("y", "<u4"), ("counts", "<u4", (len(MAJORS),)), ("faulty", "<u4")])
NOTHING, POINTS, CELLS = 0, 1, 2
SERIALS, KINDS = 1_000_000, 100_000


def blueprint(city: City) -> Blueprint:
    """Return the addresses."""
    shelf = Blueprint("components", __name__, url_prefix="/api/v1/components")

    @shelf.get("")
    def viewport() -> Any:
        box, zoom = _box(), asked.number("zoom", 0, 26)
        found = components.viewport(city, whoami(), box, zoom, _majors())
        return Response(packed(found), mimetype="application/octet-stream")

    @shelf.get("/<code>")
    def one(code: str) -> Any:
        return jsonify(components.one(city, whoami(), code))

    @shelf.get("/kinds")
    def names() -> Any:
        whoami()
        return jsonify(kinds())

    return shelf


def packed(found: Viewport | None) -> bytes:
    """A viewport as bytes."""
    if found is None:
        return _head(NOTHING, 0, 0, 0)
    if found.rows is None:
        cells = np.empty(len(found.x), CELL)
        cells["x"], cells["y"] = found.x, found.y
        cells["counts"], cells["faulty"] = found.counts, found.faulty
        cells = cells[cells["counts"].any(axis=1)]
        return _head(CELLS, len(cells), found.total, found.level) + cells.tobytes()
    ground, rows = found.columns, found.rows
    head, serial = np.divmod(ground.code[rows].astype(np.int64), SERIALS)
    districts, which = np.unique(head // KINDS, return_inverse=True)
    near = np.empty(len(rows), NEAR)
    near["lon"], near["lat"], near["serial"] = ground.lon[rows], ground.lat[rows], serial
    near["kind"], near["state"], near["district"] = ground.kind[rows], ground.state[rows], which
    return _head(POINTS, len(near), found.total, 0, *districts.tolist()) + near.tobytes()


def _head(form: int, count: int, total: int, level: int, *districts: int) -> bytes:
    words = (form, count, total, level, len(districts), *districts)
    return np.array(words, "<u4").tobytes()


def _box() -> Box:
    box = Box(*asked.box())
    if not sane(box):
        raise Invalid(asked.WRONG, fields={"box": "请填写国内的西、南、东、北四个经纬度，逗号分隔"})
    return box


def _majors() -> tuple[str, ...]:
    majors = tuple(asked.names("majors"))
    if not set(majors) <= set(MAJORS):
        raise Invalid("参数不正确。", fields={"majors": f"请填写 {', '.join(MAJORS)}"})
    return majors
