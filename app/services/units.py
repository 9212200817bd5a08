"""The unit grids (单元网格) of a running city: loaded when first asked for, built aside.

Cutting takes a second or more of one core, so no request waits for it: until they are there
`ready` gives None. The web role cuts them aside when it starts; `run.py grids build`, the demo and
an import do so beforehand.
"""

from __future__ import annotations

import logging
from pathlib import Path
from threading import Lock, Thread
from typing import Any

import shapely

from app.city import City
from app.domain.people import User, covers
from app.errors import Invalid
from app.services.aside import aside
from app.services.views_scope import scope_in
from geodata import imports, unit_building
from geodata.unit_grids import UnitGrids, kept_file, kept_units, open_units

log = logging.getLogger(__name__)

MOST = 4_000  # of one answer: a browser draws so many at once
GRID_DIGITS = 15
Box = tuple[float, float, float, float]
Key = tuple[str, str, int]

_kept: dict[Key, UnitGrids] = {}
_sought: dict[Key, Path] = {}  # where they will be, once somebody has built them
_building: set[Key] = set()
_lock = Lock()


def made(city: City) -> UnitGrids:
    """The unit grids, built here when they are not there yet: for commands, not for requests."""
    key = _key(city)
    found = _kept.get(key) or open_units(city.areas, folder(city))
    _keep(key, found)
    return found


def there(city: City) -> UnitGrids | None:
    """The unit grids when they were built already, else None: it never builds."""
    key = _key(city)
    if key in _kept:
        return _kept[key]
    if key not in _sought:
        _sought[key] = kept_file(city.areas, folder(city))
    found = kept_units(city.areas, folder(city)) if _sought[key].exists() else None
    if found is not None:
        _keep(key, found)
    return found


def ready(city: City) -> UnitGrids | None:
    """As `there`, but what is missing is built in a thread meanwhile."""
    found = there(city)
    if found is None:
        _build_aside(city, _key(city))
    return found


def code_at(city: City, lon: float | None, lat: float | None) -> str:
    """The unit grid of a place; "" without a place, outside, or before they were built."""
    if lon is None or lat is None:
        return ""
    found = there(city)
    return found.code_at(lon, lat) if found else ""


def in_box(city: City, user: User, box: Box) -> dict[str, Any]:
    """The unit grids of a box that the user may see, as GeoJSON; `ready` says whether they exist.

    Invalid when there are more than MOST.
    """
    scope = scope_in(city, user, None)
    units = ready(city)
    if units is None:
        return {"type": "FeatureCollection", "features": [], "ready": False}
    # a box around a whole city touches 400,000: 0.2 s that nobody else should wait for
    shown = aside(lambda: _shown(scope, units, box))
    if len(shown) > MOST:
        raise Invalid("范围太大。", fields={"box": f"单元网格超过 {MOST} 个，请放大地图"})
    features = aside(lambda: [units.feature(n) for n in shown])
    return {"type": "FeatureCollection", "features": features, "ready": True}


def _shown(scope: str, units: UnitGrids, box: Box) -> list[int]:
    """By the code's community; a scope of one responsibility grid sees what that is made of."""
    codes = units.grids if len(scope) >= GRID_DIGITS else units.codes
    return [n for n in units.in_box(*box) if covers(scope, codes[n])]


def folder(city: City) -> Path:
    """Where trees and unit grids are kept."""
    return city.settings.var / "areas"


def _key(city: City) -> Key:
    """What the unit grids depend on: the folder, the tree, and when others were imported."""
    file = imports.file_of(folder(city), city.areas.city.code, unit_building.NAME)
    try:
        changed = file.stat().st_mtime_ns
    except FileNotFoundError:
        changed = 0
    return str(folder(city)), city.areas.fingerprint, changed


def _keep(key: Key, units: UnitGrids) -> None:
    """Keep the newest alone: a process has one city, and a tree that was swapped has its own."""
    _kept.clear()
    _sought.clear()
    _kept[key] = units


def _build_aside(city: City, key: Key) -> None:
    """Build once, in a real thread also where threads are greenlets."""
    with _lock:
        if key in _building:
            return
        _building.add(key)

    def work() -> None:
        try:
            _keep(key, aside(lambda: open_units(city.areas, folder(city))))
        except (OSError, shapely.errors.ShapelyError) as why:
            log.warning("unit grids cannot be built: %s", why)
        finally:
            _building.discard(key)

    Thread(target=work, name="units", daemon=True).start()
