"""GET /api/v1/replay…: the map of another moment and what changes from there (docs/replay.md).

An answer is one piece: u32 length of a JSON text, the text in UTF-8, then records; little-endian.
"""

from __future__ import annotations

import gzip
import struct
from functools import partial
from typing import Any

import orjson
from flask import Blueprint, Response, jsonify, request

from app.city import City
from app.errors import Invalid
from app.services import replay
from app.services.aside import aside
from app.web.auth import whoami

# not one of those that are packed as they go out: a megabyte would hold the other greenlets up
MIMETYPE = "application/vnd.chengyun.replay"
LIGHT = 1  # gzip level: 30 ms a megabyte, aside
SMALL = 10_000  # bytes that are sent as they are
LARGEST_STEP_S = 60


def blueprint(city: City) -> Blueprint:
    """Return the addresses."""
    shelf = Blueprint("replay", __name__, url_prefix="/api/v1/replay")

    @shelf.get("")
    def keyframe() -> Any:
        found = replay.as_was(city, whoami(), _ms("at"), request.args.get("area") or None)
        return _packed(found.snapshot, found.points)

    @shelf.get("/steps")
    def steps() -> Any:
        step_s = _number("step", "1", 1, LARGEST_STEP_S)
        area = request.args.get("area") or None
        found = replay.steps(city, whoami(), _ms("since"), _ms("until"), step_s, area)
        return _packed(found.changes, found.readings)

    @shelf.get("/span")
    def span() -> Any:
        return jsonify(replay.span(city, whoami()))

    return shelf


def _packed(told: dict[str, Any], records: bytes) -> Response:
    text = orjson.dumps(told)
    body = struct.pack("<I", len(text)) + text + records
    answer = Response(mimetype=MIMETYPE, headers={"Cache-Control": "private, no-store"})
    if len(body) > SMALL and request.accept_encodings.quality("gzip") > 0:
        body = aside(partial(gzip.compress, body, LIGHT))
        answer.headers["Content-Encoding"] = "gzip"
        answer.vary.add("Accept-Encoding")
    answer.set_data(body)
    return answer


def _ms(name: str) -> int:
    return _number(name, "", 0, 10**14)


def _number(name: str, default: str, low: int, high: int) -> int:
    given = request.args.get(name, default)
    if not (given.isascii() and given.isdigit() and len(given) <= 15 and low <= int(given) <= high):
        raise Invalid("参数不正确。", fields={name: f"请填写 {low} 到 {high} 之间的整数"})
    return int(given)
