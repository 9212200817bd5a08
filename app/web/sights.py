"""What one browser looks at: a box of the map at a level, of some area and kinds."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import msgspec

from app.city import City
from app.domain.clusters import DEEPEST, Box, box_of_cell, snapped, to_degrees
from app.domain.kinds import KINDS
from app.domain.people import User
from app.errors import Invalid
from app.services import views_scope
from app.web.asked import edges, numbers

POINTS, CLUSTERS = "points", "clusters"
MORE_KEPT = 1.25  # who sees points keeps them until there are so many times more
CODES = frozenset(kind.code for kind in KINDS)


class Sight(msgspec.Struct, frozen=True, kw_only=True):
    """`scope` is a prefix of area codes, `kinds` codes of kinds or None for all of them."""

    scope: str
    kinds: tuple[str, ...] | None
    level: int
    box: Box
    show: str = POINTS

    @property
    def room(self) -> str:
        """The room of everybody who looks at the same."""
        kinds = "*" if self.kinds is None else ",".join(self.kinds)
        return f"{self.show}:{self.scope}:{kinds}:{self.level}:{self.box}"

    @property
    def degrees(self) -> list[float]:
        """The box as west, south, east, north."""
        west, north = to_degrees(self.box[0], self.box[1])
        east, south = to_degrees(self.box[2], self.box[3])
        return [west, south, east, north]


class WorkerSight(NamedTuple):
    """The workers of a scope whose places a map shows: in a box, or all of them for tracks."""

    scope: str
    box: Box | None

    @property
    def room(self) -> str:
        """The room of everybody who looks at the same."""
        return f"workers:{self.scope}:{self.box}"


def read(city: City, user: User, asked: Any) -> Sight:
    """The sight of {"area"?, "box": [w, s, e, n] or "w,s,e,n", "zoom", "kinds"?}.

    "cell": "x,y" stands for the box of that cell. Raises Invalid, and what
    `views_scope.allowed_area` raises: nobody looks out of his scope.
    """
    level = min(max(math.floor(numbers([asked.get("zoom")], 1, "zoom")[0]), 0), DEEPEST)
    if asked.get("cell"):
        x, y = numbers(asked["cell"], 2, "cell")
        box = box_of_cell(int(x), int(y), level)
    else:
        box = snapped(*edges(asked.get("box")), level)
    scope = scope_of(city, user, asked.get("area") or None)
    return Sight(scope=scope, kinds=_kinds(asked.get("kinds")), level=level, box=box)


def scope_of(city: City, user: User, area: str | None) -> str:
    """The prefix to show: an area that has all grids is all that the user may see."""
    scope = views_scope.scope_in(city, user, area)
    whole = all(grid.code.startswith(scope) for grid in city.areas.grids)
    return user.scope if whole else scope


def _kinds(given: Any) -> tuple[str, ...] | None:
    if given is None:
        return None
    codes = given.split(",") if isinstance(given, str) else given
    if not isinstance(codes, list):
        raise Invalid("参数不正确。", fields={"kinds": "请填写设备类别代码"})
    return tuple(sorted(CODES.intersection(map(str, codes))))


def shown(count: int, now: Any, most: int) -> str:
    """Points or clusters for so many devices; whoever sees points keeps them a little longer."""
    limit = most * MORE_KEPT if now == POINTS else most
    return POINTS if count <= limit else CLUSTERS
