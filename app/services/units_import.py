"""Official unit grids (单元网格) for a running city: tried first, then taken."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.city import City
from app.domain.facts import Fact
from app.errors import Conflict, Invalid
from app.services.units import folder, made
from geodata import imports, tiling, unit_building
from geodata.area import AreaLevel
from geodata.importing import Drawn, Finding, Sheet
from geodata.imports import Edition, Taken
from geodata.review import review
from geodata.unit_grids import UnitGrids, open_units

USUAL_M2 = (1_000.0, 100_000.0)  # default: a unit grid is about 10,000 m²


@dataclass(frozen=True)
class Trial:
    """What an import would do; nothing has been done."""

    before: UnitGrids
    after: UnitGrids
    edition: Edition
    taken: Taken
    findings: list[Finding]

    @property
    def faults(self) -> list[Finding]:
        """What must be mended in the file first."""
        return [finding for finding in self.findings if finding.fault]


def attempt(city: City, file: Path, sheet: Sheet) -> Trial:
    """Try unit grids as read from a file on the city's communities; Invalid when none fit."""
    found = review(city.areas, sheet.drawn, AreaLevel.GRID, beside_tree=True)
    findings = [*sheet.findings, *found.findings, *_odd_sizes(sheet.drawn)]
    if not found.borders:
        why = {f.code or f.kind: f.detail for f in findings[:5]}
        raise Invalid("文件中没有可用的单元网格。", fields=why)
    now = city.now().isoformat(timespec="seconds")
    count = len(found.borders)
    taken = Taken(AreaLevel.GRID, file.name, sheet.digest, sheet.crs, count, now)
    edition = _now(city).with_borders(taken, found.borders)
    after = open_units(city.areas, None, edition)
    return Trial(made(city), after, edition, taken, findings)


def take(city: City, trial: Trial, who: str) -> None:
    """Replace the file of imported unit grids in one step, and cut the others again.

    Conflict when the file has faults or somebody imported meanwhile.
    """
    if trial.faults:
        raise Conflict(f"文件有 {len(trial.faults)} 处错误，请修正后再导入。")
    if _now(city).taken != trial.edition.taken[:-1]:
        raise Conflict("刚刚已有其他单元网格导入，请重新试运行。")
    root = city.areas.city.code
    imports.write(folder(city), root, trial.edition, unit_building.NAME)
    made(city)
    body = {"file": trial.taken.file, "units": trial.taken.count}
    with city.ledger.begin() as tx:
        tx.record(Fact(kind="units.taken", thing=root, area="", at=city.now(), who=who, body=body))
    city.feed.publish(city.ledger)


def _now(city: City) -> Edition:
    return unit_building.imported(folder(city), city.areas)


def _odd_sizes(drawn: list[Drawn]) -> Iterator[Finding]:
    low, high = USUAL_M2
    for one in drawn:
        size = tiling.area_km2(one.polygon) * 1e6
        if not low <= size <= high:
            yield Finding("size", one.code, f"{size:,.0f} m², usual are 10,000 m²")
