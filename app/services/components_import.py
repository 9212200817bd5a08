"""Import of components (部件): tried first, then taken; a mark that is known is replaced (upsert).

A try changes nothing. Taking writes an edition beside the old one and swaps them in one step; all
roles see it with their next question.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.city import City
from app.domain.facts import Fact
from app.errors import Conflict, Invalid
from app.services.components_rows import SHOWN, TEXT, Reading, Taken, Tally, check, located, reading
from app.store.components import Edition, Told
from geodata.components import METRES, SCALE, columns
from geodata.components_file import ComponentFile, in_wgs84
from geodata.unit_grids import kept_units

LOST = 0.02  # share of rows outside the city from which another system is tried; default
FOUND = 0.8  # share of those that another system must bring inside to be named; default
TRIED = 2_000  # places outside that are tried
MOVED_M = 100.0  # known components moved by so much together: probably a wrong system; default
WRITTEN_AT = "%Y%m%dT%H%M%S"


@dataclass(frozen=True)
class Trial:
    """What an import would do; nothing has been done."""

    file: str
    digest: str
    how: Reading
    tally: Tally
    rows: Taken
    known: int  # of the rows: marks that an edition has and that are replaced
    hints: tuple[str, ...]
    before: str  # name of the edition that it was held against, "" for none

    @property
    def fresh(self) -> int:
        """How many marks are new."""
        return len(self.rows.code) - self.known


def attempt(city: City, file: ComponentFile, crs: str, told: Mapping[str, str]) -> Trial:
    """Read and check a file; Unreadable, or Invalid when columns or the system are missing."""
    how, tally = reading(file, crs, told), Tally()
    parts = [check(chunk, how, city.areas, tally) for chunk in file.chunks()]
    if not parts:
        raise Invalid("文件中没有行。", fields={"file": file.path.name})
    if file.torn:
        tally.refused["torn"] = len(file.torn)
        tally.examples["torn"] = [f"row {number}" for number in file.torn[:SHOWN]]
    rows = _joined(parts, tally)
    edition = city.components.current()
    known = _known(rows, edition)
    hints = (*_other_system(city, tally, how), *_moved(rows, edition))
    return Trial(
        file.path.name,
        file.digest(),
        how,
        tally,
        rows,
        int(known.sum()),
        hints,
        edition.told.name if edition else "",
    )


def take(city: City, trial: Trial, who: str) -> Told:
    """Write the edition, swap it in and record `components.taken`; Conflict when outrun."""
    told = put(city, trial)
    body = {
        "file": told.files[-1],
        "fresh": trial.fresh,
        "replaced": trial.known,
        "rows": told.rows,
        "refused": dict(trial.tally.refused),
    }
    root = city.areas.city.code
    fact = Fact(kind="components.taken", thing=root, area="", at=city.now(), who=who, body=body)
    with city.ledger.begin() as tx:
        tx.record(fact)
    city.feed.publish(city.ledger)
    return told


def put(city: City, trial: Trial) -> Told:
    """Swap the edition and nothing else; Conflict when another import came first."""
    if not len(trial.rows.code):
        raise Conflict("文件中没有可用的部件，无法导入。")
    with city.components.writing():
        edition = city.components.current()
        if (edition.told.name if edition else "") != trial.before:
            raise Conflict("刚刚已有其他部件导入，请重新试运行。")
        file: dict[str, Any] = {"file": trial.file, "digest": trial.digest, "crs": trial.how.crs}
        file |= {"rows": len(trial.rows.code), "at": _at(city)}
        files = (*(edition.told.files if edition else ()), file)
        return _write(city, _with_units(city, trial.rows), edition, files)


def settle(city: City) -> int:
    """Place all components anew when the area tree has changed; returns how many lie elsewhere.

    What is no longer in the city is left out. Waits for another writer, who may have done so, or
    may have written an edition of a tree that is gone by now.
    """
    if _lies_right(city, city.components.current()):
        return 0
    with city.components.writing(wait=True):
        edition = city.components.current()
        if edition is None or _lies_right(city, edition):
            return 0
        ground = edition.columns
        lon, lat = ground.lon / SCALE, ground.lat / SCALE
        area = located(city.areas, lon, lat)
        kept = np.flatnonzero(area >= 0)
        each = [np.asarray(v)[kept] for v in (ground.code, ground.kind, ground.state)]
        place = lon[kept], lat[kept], area[kept]
        rows = Taken._make((*each, *place, edition.table().take(kept)))
        _write(city, rows, None, edition.told.files)
        return int((area != ground.area).sum())


def _lies_right(city: City, edition: Edition | None) -> bool:
    return edition is None or edition.told.tree == city.areas.fingerprint


def _write(
    city: City, rows: Taken, edition: Edition | None, files: tuple[dict[str, Any], ...]
) -> Told:
    """Write the rows over those of an edition."""
    rows = _over(edition, rows) if edition else rows
    made, order = columns(rows.lon, rows.lat, rows.kind, rows.state, rows.area, rows.code)
    name = f"{city.now().strftime(WRITTEN_AT)}-{city.new_id()[-8:]}"
    told = Told(name, city.areas.fingerprint, len(made), _at(city), files)
    city.components.write(told, made, rows.table.take(order))
    return told


def _over(edition: Edition, rows: Taken) -> Taken:
    """The rows of an edition whose marks do not come again, and the new ones."""
    import pyarrow as pa

    ground = edition.columns
    stays = np.flatnonzero(~np.isin(ground.code, rows.code.astype(np.uint64)))
    old = (ground.code, ground.kind, ground.state, ground.lon / SCALE, ground.lat / SCALE)
    each = [
        np.concatenate((np.asarray(was)[stays].astype(new.dtype), new))
        for was, new in zip((*old, ground.area), rows[:-1], strict=True)
    ]
    table = pa.concat_tables([edition.table().take(stays), rows.table])
    return Taken._make((*each, table))


def _joined(parts: list[Taken], tally: Tally) -> Taken:
    """All chunks as one; of a mark that comes twice the first row is taken."""
    import pyarrow as pa

    each = [np.concatenate(column) for column in zip(*(part[:-1] for part in parts), strict=True)]
    table = pa.concat_tables([part.table for part in parts])
    _, first = np.unique(each[0], return_index=True)
    twice = np.ones(len(each[0]), bool)
    twice[first] = False
    tally.refuse("duplicate", twice, lambda i: str(each[0][i]))
    kept = np.flatnonzero(~twice)
    return Taken._make((*(column[kept] for column in each), table.take(kept)))


def _known(rows: Taken, edition: Edition | None) -> NDArray[np.bool_]:
    if edition is None:
        return np.zeros(len(rows.code), bool)
    return np.isin(rows.code.astype(np.uint64), edition.columns.code)


def _other_system(city: City, tally: Tally, how: Reading) -> list[str]:
    """Which other system would bring inside what lies outside the city."""
    x, y = (np.concatenate(axis)[:TRIED] for axis in zip(*tally.lost, strict=True))
    if tally.refused["outside"] + tally.refused["degrees"] <= LOST * tally.rows or not len(x):
        return []
    tries = {crs: (x, y, crs) for crs in ("wgs84", "gcj02", "bd09") if crs != how.crs}
    tries["x and y swapped"] = (y, x, how.crs)
    shares = {name: _share(city, *tried) for name, tried in tries.items()}
    best = max(shares, key=lambda name: shares[name])
    if shares[best] < FOUND:
        return []
    return [f"{shares[best]:.0%} of what lies outside would be inside with: {best}"]


def _share(city: City, x: NDArray[np.float64], y: NDArray[np.float64], crs: str) -> float:
    with np.errstate(over="ignore", invalid="ignore"):
        lon, lat = in_wgs84(x, y, crs)
    right = (np.abs(lon) <= 180) & (np.abs(lat) <= 90)
    return float((located(city.areas, lon[right], lat[right]) >= 0).sum()) / len(x)


def _moved(rows: Taken, edition: Edition | None) -> list[str]:
    """Whether known components would all move the same way: then the system is probably wrong."""
    if edition is None:
        return []
    ground = edition.columns
    common = [(i, ground.row_of(int(code))) for i, code in enumerate(rows.code[:TRIED])]
    pairs = np.array([pair for pair in common if pair[1] >= 0], np.int64)
    if len(pairs) < 10:
        return []
    here, there = pairs[:, 0], pairs[:, 1]
    east = (
        (rows.lon[here] - ground.lon[there] / SCALE) * METRES * np.cos(np.radians(rows.lat[here]))
    )
    north = (rows.lat[here] - ground.lat[there] / SCALE) * METRES
    far = float(np.hypot(np.median(east), np.median(north)))
    apart = np.hypot(east - np.median(east), north - np.median(north))
    if far < MOVED_M or float(np.median(apart)) > far / 2:
        return []
    return [f"known components would move by {far:.0f} m together: is --crs right?"]


def _with_units(city: City, rows: Taken) -> Taken:
    """Fill in the unit grids that the file does not name, where the city's are drawn."""
    import pyarrow as pa

    said = rows.table["unit_grid"].combine_chunks().to_pylist()
    empty = np.flatnonzero(np.fromiter((not text for text in said), bool, len(said)))
    units = kept_units(city.areas, city.settings.var / "areas") if len(empty) else None
    if units is None:
        return rows
    for i, code in zip(empty, units.codes_at(rows.lon[empty], rows.lat[empty]), strict=True):
        said[i] = code
    at = TEXT.index("unit_grid")
    table = rows.table.set_column(at, "unit_grid", pa.array(said, pa.string()))
    return rows._replace(table=table)


def _at(city: City) -> str:
    return city.now().isoformat(timespec="seconds")
