"""Base maps: what a page is told of them, and tiles of the files that we serve ourselves."""

from __future__ import annotations

from typing import Any

from app.city import City
from app.domain.basemaps import BaseKind, shown
from app.errors import NotFound
from app.services.aside import aside
from app.store.tiles import MIME, open_tiles

VECTOR = "pbf"


def told(city: City) -> list[dict[str, Any]]:
    """Return what the browser needs of each base map, in the order of the file."""
    return [shown(base, _about(base.file)) for base in city.bases]


def _about(file: str) -> dict[str, Any]:
    """What a file of tiles says of itself; nothing for a base that is no file."""
    if not file:
        return {}
    about = open_tiles(file).about
    found: dict[str, Any] = {"min_zoom": about.min_zoom, "max_zoom": about.max_zoom}
    if about.form == VECTOR:
        found["kind"] = "vector"
    return found


def tile(city: City, name: str, z: int, x: int, y: int) -> tuple[bytes, str] | None:
    """Return a tile's bytes and media type, None where there is none; NotFound without the base.

    The file is read aside: an archive of a province can make the disk turn.
    """
    file = next((b.file for b in city.bases if b.name == name and b.kind is BaseKind.FILE), "")
    if not file:
        raise NotFound("没有这个底图。")
    if z > 30 or x >= 1 << z or y >= 1 << z:
        return None
    tiles = open_tiles(file)
    found = aside(lambda: tiles.tile(z, x, y))
    return None if found is None else (found, MIME[tiles.about.form])
