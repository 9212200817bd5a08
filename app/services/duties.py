"""Who answers for a responsibility grid (责任网格): from a table, shown with grid and case.

A table is tried first: every bad row with its reason. What is taken replaces the duties of the
grids it names; the rest stays.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.city import City
from app.domain import duties as domain
from app.domain.duties import Duty
from app.domain.facts import Fact
from app.domain.people import User, Worker, covers
from app.errors import Conflict, NotAllowed, NotFound
from app.services import sheet, units
from app.services.views_scope import allowed_area, scope_in
from app.store import duties as store
from app.store.reads import Reads
from geodata.area import AreaLevel


@dataclass(frozen=True)
class Trial:
    """What a table would do: its duties, the bad rows as (row, reason), grids nobody has then."""

    file: str
    duties: list[Duty]
    bad: list[tuple[int, str]] = field(default_factory=list)
    without: list[str] = field(default_factory=list)


def attempt(city: City, file: Path) -> Trial:
    """Read a table and hold it against the city; Invalid when it is no such table."""
    rows = sheet.rows(file, domain.named, domain.NEEDED)
    found: dict[str, Duty] = {}
    bad: list[tuple[int, str]] = []
    with city.ledger.read() as tx:
        workers = {worker.id for worker in tx.workers()}
        there = store.grids(tx)
    for number, row in rows:
        try:
            duty = domain.read(row, city.now())
            _fits(city, duty, workers, found)
        except domain.Wrong as why:
            bad.append((number, str(why)))
            continue
        found[duty.grid] = duty
    without = [code for code in grids(city) if code not in found and code not in there]
    return Trial(file.name, list(found.values()), bad, without)


def take(city: City, trial: Trial, who: str) -> None:
    """Write the duties of a table without bad rows, in one transaction; Conflict with bad ones."""
    if trial.bad:
        raise Conflict(f"表中有 {len(trial.bad)} 行错误，请修正后再导入。")
    body = {"file": trial.file, "grids": len(trial.duties)}
    root = city.areas.city.code
    with city.ledger.begin() as tx:
        tx.put(*trial.duties)
        tx.record(Fact(kind="duties.taken", thing=root, area="", at=city.now(), who=who, body=body))
    city.feed.publish(city.ledger)


def grids(city: City) -> list[str]:
    """The responsibility grids of the city in code order."""
    return [area.code for area in city.areas.grids if area.level is AreaLevel.GRID]


def of_grid(city: City, grid: str) -> dict[str, Any] | None:
    """Who answers for a grid, with names and how many unit grids it has; None for no such grid."""
    if not _is_grid(city, grid):
        return None
    with city.ledger.read() as tx:
        return _told(city, tx, grid)


def seen(city: City, user: User, grid: str) -> dict[str, Any]:
    """`of_grid` for a user who may look at that grid; NotFound when the city has no such grid."""
    found = of_grid(city, allowed_area(city, user, grid))
    scope_in(city, user, grid)
    if found is None:
        raise NotFound("没有这个责任网格。")
    return found


def at(city: City, user: User, lon: float, lat: float) -> dict[str, Any]:
    """`of_place` for a user whose scope holds the place; NotAllowed elsewhere."""
    area = city.areas.locate_one(lon, lat)
    scope = scope_in(city, user, None)
    if not covers(scope, area):
        raise NotAllowed("您的数据范围不包含该区域。")
    with city.ledger.read() as tx:
        return of_place(city, tx, area, lon, lat)


def of_place(
    city: City, tx: Reads, area: str, lon: float | None, lat: float | None
) -> dict[str, Any]:
    """The unit grid of a place, and who answers for its responsibility grid.

    {"unit": "" where there is none, "duty": as `of_grid` or None}; without a place the area
    decides, when it is a responsibility grid.
    """
    cut, code = units.there(city), units.code_at(city, lon, lat)
    grid = cut.grid_of(code) if cut and code else area
    return {"unit": code, "duty": _told(city, tx, grid)}


def _told(city: City, tx: Reads, grid: str) -> dict[str, Any] | None:
    """A grid as the screens show it; its people are None where nobody is bound to it."""
    if not _is_grid(city, grid):
        return None
    duty, cut = store.find(tx, grid), units.there(city)
    said: dict[str, Any] = {
        "grid": grid,
        "name": city.areas.name(grid),
        "units": len(cut.members(grid)) if cut else None,
        "worker": None,
    }
    if duty is None:
        return said
    names = tx.names(Worker, [duty.worker])
    return said | {
        "worker": duty.worker,
        "worker_name": names.get(duty.worker, duty.worker),
        "officer": duty.officer,
        "station": duty.station,
        "phone": duty.phone,
        "since": duty.since.isoformat(),
        "simulated": duty.simulated,
    }


def _is_grid(city: City, code: str) -> bool:
    return code in city.areas and city.areas.area(code).level is AreaLevel.GRID


def _fits(city: City, duty: Duty, workers: set[str], found: dict[str, Duty]) -> None:
    """Raise Wrong when the city does not know the grid or the worker, or the grid comes twice."""
    known = _is_grid(city, duty.grid)
    faults = [] if known else [f"{duty.grid} is no responsibility grid of this city"]
    if duty.worker not in workers:
        faults.append(f"there is no worker {duty.worker}")
    if duty.grid in found:
        faults.append(f"{duty.grid} is in the table twice")
    if faults:
        raise domain.Wrong("; ".join(faults))
