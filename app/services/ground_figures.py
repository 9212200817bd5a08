"""The figures of the areas below one: each area's own, so that counts sum to their parent's."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from app.city import City
from app.domain.alerts import Alert
from app.domain.cases import Case
from app.domain.people import User
from app.domain.readings import Presence
from app.errors import Unavailable
from app.services import components
from app.services.figures import beijing_midnight, points_in
from app.services.views_scope import live_or, prefix
from app.store import counts
from app.store.points import OUTSIDE
from geodata.areas import AreaTree
from geodata.tiling import area_km2

Values = dict[str, float | None]


class Asked(NamedTuple):
    """Whose children are asked for, by whom, and of which domain (None: of all)."""

    code: str
    user: User
    domain: str | None


Count = Callable[[City, Asked], Values]
NEVER = -1  # the child that a place in none of them has
NOWHERE = ""  # what stands for it among the children's codes


def values(city: City, figure: str, asked: Asked) -> tuple[Values, float]:
    """Return a figure of each area below an area, and how much of a count lies in none of them.

    None where there is nothing to divide by.
    """
    children = [child.code for child in city.areas.children(asked.code)]
    if not children:
        return {}, 0
    found = FOUND[figure](city, asked)
    here = {child: found.get(child, None if figure in MAY_LACK else 0) for child in children}
    rest = sum(n or 0 for area, n in found.items() if area not in here)
    return here, 0 if figure in RATES else rest


def _digits(city: City, code: str) -> int:
    return len(city.areas.children(code)[0].code)


def _counted(kind: type, **fixed: Any) -> Count:
    def count(city: City, asked: Asked) -> Values:
        scope = prefix(city, asked.code)
        where = {"scope": scope, "domain": asked.domain, "wider": False} | fixed
        if where.pop("today", False):
            where["since"] = beijing_midnight(city.now())
        if where.pop("late", False):
            where["due_by"] = city.now()
        with city.ledger.read() as tx:
            return dict(counts.per_area(tx, kind, _digits(city, asked.code), **where))

    return count


def _worked(city: City, asked: Asked) -> dict[str, tuple[int, int, int]]:
    """(closed in time, closed or overdue, closed) today, of each area below."""
    now = city.now()
    with city.ledger.read() as tx:
        return counts.kept_in(
            tx,
            _digits(city, asked.code),
            beijing_midnight(now),
            now,
            scope=prefix(city, asked.code),
            domain=asked.domain,
        )


def _on_time(city: City, asked: Asked) -> Values:
    worked = _worked(city, asked)
    return {area: round(100 * kept / due, 1) for area, (kept, due, _) in worked.items() if due}


def _closed(city: City, asked: Asked) -> Values:
    return {area: closed for area, (_, _, closed) in _worked(city, asked).items()}


@lru_cache(maxsize=64)
def _child_of_grid(areas: AreaTree, code: str) -> Any:
    """Which child each grid lies in, and NEVER for what lies in none or outside the city."""
    children = areas.children(code)
    digits = len(children[0].code)
    index = {child.code: n for n, child in enumerate(children)}
    return np.array([*(index.get(grid.code[:digits], NEVER) for grid in areas.grids), NEVER])


def _per_child(city: City, asked: Asked) -> tuple[list[str], Any, Any, Any]:
    """The children, and how many devices each has, has heard or missed, and has online."""
    code = asked.code
    children = [child.code for child in city.areas.children(code)]
    points = live_or(lambda: points_in(city, prefix(city, code), asked.domain), None)
    if points is None:
        return [], None, None, None
    child_of = _child_of_grid(city.areas, code)
    last = len(child_of) - 1
    grid = np.where(points["area"] == OUTSIDE, last, np.minimum(points["area"], last))
    child = child_of[grid]
    inside = child != NEVER
    known = np.bincount(np.where(inside, child, len(children)), minlength=len(children) + 1)
    judged, online = (
        np.bincount(child[inside & which], minlength=len(children))
        for which in (
            points["presence"] != int(Presence.UNKNOWN),
            points["presence"] == int(Presence.ONLINE),
        )
    )
    return children, known, judged, online


def _devices(city: City, asked: Asked) -> Values:
    children, known, *_ = _per_child(city, asked)
    found: Values = {child: int(known[n]) for n, child in enumerate(children)}
    return found | {NOWHERE: int(known[-1])} if children else found


def _online(city: City, asked: Asked) -> Values:
    children, _, judged, online = _per_child(city, asked)
    rates = {c: (int(online[n]), int(judged[n])) for n, c in enumerate(children)}
    return {c: round(100 * up / all_, 1) for c, (up, all_) in rates.items() if all_}


@lru_cache(maxsize=4096)
def _km2(areas: AreaTree, code: str) -> float:
    return area_km2(areas.area(code).polygon)


def _density(city: City, asked: Asked) -> Values:
    children, known, *_ = _per_child(city, asked)
    return {c: round(int(known[n]) / _km2(city.areas, c), 1) for n, c in enumerate(children)}


def _components(*, faulty: bool) -> Count:
    def count(city: City, asked: Asked) -> Values:
        try:
            return dict(components.counts(city, asked.user, asked.code, faulty=faulty))
        except Unavailable:  # an import places them anew
            return {}

    return count


FOUND: dict[str, Count] = {
    "open": _counted(Case, open=True),
    "alerts": _counted(Alert, open=True),
    "overdue": _counted(Case, open=True, late=True),
    "opened": _counted(Case, today=True),
    "closed": _closed,
    "hotline": _counted(Case, today=True, source="hotline"),
    "on_time": _on_time,
    "online": _online,
    "devices": _devices,
    "density": _density,
    "components": _components(faulty=False),
    "faulty": _components(faulty=True),
}
# MAY_LACK: has no value where nothing is due, known or imported; the others are then 0
RATES = frozenset({"on_time", "online", "density"})
MAY_LACK = RATES | {"devices", "components", "faulty"}
