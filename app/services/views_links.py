"""The ways between areas and links: the areas beside one, and what of a link somebody may see."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from redis.exceptions import RedisError

from app.city import City
from app.domain.people import User, Verb, require
from app.errors import NotAllowed, NotFound
from app.services.views_devices import known
from app.services.views_scope import allowed_area, root

ROOM = 0.5  # of an area's width and height: so far beside it a map still shows it; default


def beside(city: City, user: User, area: str | None, step: int) -> str:
    """Return the area of the same parent that follows (step 1) or precedes (-1) in code order.

    Behind the last comes the first; an area without others beside it is its own. NotAllowed for an
    area outside the user's scope, and in the same words for one that does not exist.
    """
    try:
        here = allowed_area(city, user, area)
    except (NotFound, NotAllowed) as why:
        raise NotAllowed("您的数据范围不包含该区域。") from why
    parent = city.areas.area(here).parent
    row = [child.code for child in city.areas.children(parent)] if parent else [here]
    mine = [code for code in row if code.startswith(user.scope)] or [here]
    return mine[(mine.index(here) + step) % len(mine)] if here in mine else here


def outside(city: City, user: User, asked: Mapping[str, str]) -> list[str]:
    """Return which of a link's "area", "alert", "case" and "device" cannot be shown to a user.

    It lies outside his scope, or there is no such thing: which of the two is not told.
    """
    return [name for name in SEEN if asked.get(name) and not _seen(city, user, name, asked[name])]


def _seen(city: City, user: User, name: str, thing: str) -> bool:
    try:
        SEEN[name](city, user, thing)
    except (NotFound, NotAllowed):
        return False
    except RedisError:
        return True  # nobody can say now; the card will
    return True


def _see_alert(city: City, user: User, alert_id: str) -> None:
    with city.ledger.read() as tx:
        require(user, Verb.VIEW, tx.alert(alert_id))


def _see_case(city: City, user: User, case_id: str) -> None:
    with city.ledger.read() as tx:
        require(user, Verb.VIEW, tx.case(case_id))


SEEN: dict[str, Callable[[City, User, str], Any]] = {
    "area": allowed_area,
    "alert": _see_alert,
    "case": _see_case,
    "device": known,
}


def near_home(city: City, user: User, lon: float, lat: float) -> bool:
    """Whether a map with this centre shows anything of the area where a user starts."""
    west, south, east, north = city.areas.area(root(city, user)).polygon.bounds
    wide, high = (east - west) * ROOM, (north - south) * ROOM
    return west - wide <= lon <= east + wide and south - high <= lat <= north + high
