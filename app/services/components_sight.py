"""What a scope sees of the components: which grids it covers, and its counts by cell."""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property, partial

import numpy as np
from numpy.typing import NDArray

from app.city import City
from app.domain.components import MAJORS
from app.domain.people import covers
from app.errors import Unavailable
from app.services.aside import aside
from app.store.components import Edition
from geodata.components import FAULTY, MAJOR, REMOVED, Cells, Columns, Rows, cells

SCOPES_KEPT = 32


class Sight:
    """What one scope sees of an edition."""

    def __init__(self, edition: Edition, grids: NDArray[np.bool_]) -> None:
        """Takes which areas, by their index, the scope covers."""
        self.edition, self.grids = edition, grids

    @property
    def columns(self) -> Columns:
        """All components of the city."""
        return self.edition.columns

    @cached_property
    def cells(self) -> tuple[Cells, ...]:
        """The counts of this scope by level; made at the first look from far out."""
        return cells(self.columns, self.grids[self.columns.area])

    def chosen(self, rows: Rows, majors: Collection[str]) -> Rows:
        """Those of the rows that the scope sees and that are drawn."""
        ground = self.columns
        seen = self.grids[ground.area[rows]] & (ground.state[rows] != REMOVED)
        if majors:
            seen &= np.isin(ground.kind[rows] // MAJOR, [int(major) for major in majors])
        return rows[seen]


def edition_of(city: City) -> Edition | None:
    """The current edition; Unavailable while its rows still lie in areas of another tree."""
    found = city.components.current()
    if found is not None and found.told.tree != city.areas.fingerprint:
        raise Unavailable("区划刚刚更换，部件正在重新归属，请稍后再试。")
    return found


def sight_of(city: City, scope: str) -> Sight | None:
    """What a scope sees of the current edition, None when nothing was imported."""
    edition = edition_of(city)
    if edition is None:
        return None
    known: dict[str, Sight] = edition.kept.setdefault("sights", {})
    if scope not in known:
        while len(known) >= SCOPES_KEPT:
            known.pop(next(iter(known)))
        known[scope] = Sight(edition, grids_of(city, scope))
    return known[scope]


def grids_of(city: City, scope: str) -> NDArray[np.bool_]:
    """Which areas of AreaTree.grids a scope covers."""
    return np.array([covers(scope, grid.code) for grid in city.areas.grids], dtype=bool)


def by_grid(city: City, edition: Edition) -> NDArray[np.int64]:
    """Counts of an edition: grids × (majors, then what is faulty of each)."""
    found: NDArray[np.int64] | None = edition.kept.get("by_grid")
    if found is None:
        work = partial(_counted, edition.columns, len(city.areas.grids))
        found = edition.kept["by_grid"] = aside(work)
    return found


def _counted(ground: Columns, most: int) -> NDArray[np.int64]:
    alive = ground.state != REMOVED
    sorts = [alive & (ground.kind // MAJOR == int(major)) for major in MAJORS]
    sorts += [sort & np.isin(ground.state, FAULTY) for sort in sorts]
    return np.stack([np.bincount(ground.area[sort], minlength=most) for sort in sorts], axis=1)
