"""Whose eyes a view sees with: root, areas and scope of a user. Default closed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec
from redis.exceptions import RedisError

from app.city import City
from app.domain.people import Role, User, Verb, covers, require
from app.errors import NotAllowed, NotFound

T = TypeVar("T")
STREET_DIGITS, COMMUNITY_DIGITS = 9, 12


def root(city: City, user: User) -> str:
    """Return the area where this user starts: the city's home when his scope holds it."""
    home = city.areas.home.code
    if covers(user.scope, home):
        return home
    return user.scope if user.scope in city.areas else home


def prefix(city: City, area: str) -> str:
    """Return the code prefix that everything inside a known area shares."""
    return city.areas.area(area).scope


def allowed_area(city: City, user: User, area: str | None) -> str:
    """Return the code of an area the user may look at, his root for None.

    Raises NotFound for an unknown area and NotAllowed for one outside his scope.
    """
    code = area if area else root(city, user)
    try:
        found = city.areas.area(code)
    except KeyError as why:
        raise NotFound("没有这个区域。") from why
    if user.role is Role.SYS_ADMIN or not covers(user.scope, found.code):
        raise NotAllowed("您的数据范围不包含该区域。")
    return found.code


def drawable_area(city: City, user: User, area: str | None) -> str:
    """Return the code of an area whose shape the user may draw: his own, or around his tasks."""
    try:
        return allowed_area(city, user, area)
    except NotAllowed:
        if not area or len(area) < COMMUNITY_DIGITS or user.worker is None:
            raise
        with city.ledger.read() as tx:
            mine = tx.tasks(worker=user.worker, open=True)
        if not any(covers(area, task.area) for task in mine):
            raise
        return area


def scope_in(city: City, user: User, area: str | None) -> str:
    """Return the prefix to filter by: the area's, or without one all that the user may see."""
    require(user, Verb.VIEW)
    if user.role is Role.GRID_WORKER:
        raise NotAllowed("只能查看和处理派给您本人的任务。")
    return prefix(city, allowed_area(city, user, area)) if area else user.scope


def place(city: City, area: str) -> str:
    """Return the short name of the community, or of the street, that an area code lies in."""
    for digits in (COMMUNITY_DIGITS, STREET_DIGITS):
        if len(area) >= digits and area[:digits] in city.areas:
            return city.areas.name(area[:digits])
    return city.areas.name(area) if area in city.areas else ""


def as_hit(city: City, kind: str, code: str, name: str, thing: Any) -> dict[str, Any]:
    """Return a thing as search and the pick list show it; `code` is what its address takes."""
    return {
        "kind": kind,
        "code": code,
        "name": name,
        "place": place(city, thing.area),
        "area": thing.area,
        "lon": thing.lon,
        "lat": thing.lat,
    }


def builtins(thing: Any) -> dict[str, Any]:
    """Return a thing as the API and the facts show it."""
    found: dict[str, Any] = msgspec.to_builtins(thing)
    return found


def now_ms(city: City) -> int:
    """Return the present moment in epoch milliseconds."""
    return int(city.now().timestamp() * 1000)


def live_or(read: Callable[[], T], default: T) -> T:
    """Return what the live store says, or `default` while it is away: lists work without it."""
    try:
        return read()
    except RedisError:
        return default
