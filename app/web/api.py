"""The reading half of /api/v1, for our own clients: the wall, the cockpit and the phone."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Blueprint, Response, jsonify, request
from flask_wtf.csrf import generate_csrf

from app.city import City
from app.errors import Invalid, NotFound
from app.services import views
from app.web.auth import whoami
from app.web.bodies import told

MOST_ROWS = 500
LONGEST_CURVE_H = 24 * 31
FILTERS = ("status", "level", "domain", "source", "case_id", "worker", "kind")


def blueprint(city: City) -> Blueprint:
    """Return the addresses that only read."""
    api = Blueprint("api", __name__, url_prefix="/api/v1")
    _of_myself(api, city)
    _of_things(api, city)
    _of_devices(api, city)
    api.get("/areas", endpoint="areas")(lambda: _areas(city))

    @api.route("/<path:unknown>", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
    def nowhere(unknown: str) -> Any:
        raise NotFound(f"没有这个接口:/api/v1/{unknown[:100]}")

    return api


def _of_myself(api: Blueprint, city: City) -> None:
    @api.get("/me")
    def me() -> Any:
        user = whoami()
        root = views.root(city, user)
        return jsonify(told(user) | {"csrf": generate_csrf(), "root": root})

    @api.get("/snapshot")
    def snapshot() -> Any:
        return jsonify(views.snapshot(city, whoami(), request.args.get("area") or None))


def _of_things(api: Blueprint, city: City) -> None:
    @api.get("/alerts/<thing>")
    def alert(thing: str) -> Any:
        return jsonify(views.alert_card(city, whoami(), thing))

    @api.get("/cases/<thing>")
    def case(thing: str) -> Any:
        return jsonify(views.case(city, whoami(), thing))

    @api.get("/tasks/<thing>")
    def task(thing: str) -> Any:
        return jsonify(views.task(city, whoami(), thing))

    @api.get("/cases/<thing>/candidates")
    def candidates(thing: str) -> Any:
        return jsonify(views.candidates(city, whoami(), thing))

    @api.get("/<any(alerts, cases, tasks):what>")
    def things(what: str) -> Any:
        filters = {name: request.args[name] for name in FILTERS if request.args.get(name)}
        area, state = request.args.get("area") or None, request.args.get("state", "open")
        limit = _number("limit", 100, 1, MOST_ROWS)
        return jsonify(views.things(city, whoami(), what, area, state, limit, filters))


def _of_devices(api: Blueprint, city: City) -> None:
    @api.get("/devices/<code>")
    def device(code: str) -> Any:
        return jsonify(views.device(city, whoami(), code))

    @api.get("/devices/<code>/curve")
    def curve(code: str) -> Any:
        hours = _number("hours", 1, 1, LONGEST_CURVE_H)
        return jsonify(views.curve(city, whoami(), code, request.args.get("metric"), hours))


def _areas(city: City) -> Any:
    """The children of an area as GeoJSON; areas change with an import, so the tag is a hash."""
    user = whoami()
    parent = views.drawable_area(city, user, request.args.get("parent") or None)
    tag = f"{city.areas.fingerprint}-{parent}"
    if tag in request.if_none_match:
        return Response(status=304, headers={"ETag": f'"{tag}"'})
    answer = Response(orjson.dumps(city.areas.geojson(parent)), mimetype="application/geo+json")
    answer.set_etag(tag)
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


def _number(name: str, default: int, low: int, high: int) -> int:
    given = request.args.get(name)
    if given is None or given == "":
        return default
    short = len(given) <= 9 and given.isascii() and given.isdigit()
    if not short or not low <= int(given) <= high:
        raise Invalid("参数不正确。", fields={name: f"请填写 {low} 到 {high} 之间的整数"})
    return int(given)
