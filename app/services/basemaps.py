"""Base maps: what a page is told of them, and tiles of the files that we serve ourselves."""

from __future__ import annotations

import re
from base64 import b64decode
from html import unescape
from typing import Any

from app.city import City
from app.domain.basemaps import Base, BaseKind, shown
from app.errors import NotFound
from app.services.aside import aside
from app.store.tiles import MIME, open_tiles

VECTOR = "pbf"
NOTHING = b64decode(  # a PNG of one pixel that is not seen: a browser takes no picture for a fault
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNgYAAAAAMAASsJTYQAAAAASUVORK5CYII="
)
_TAG = re.compile(r"<[^>]*>")


def told(city: City) -> list[dict[str, Any]]:
    """Return what the browser needs of each base map, in the order of the file."""
    return [shown(base, _about(base)) for base in city.bases]


def _about(base: Base) -> dict[str, Any]:
    """What a file of tiles says of itself; nothing for a base that is no file."""
    if not base.file:
        return {}
    about = open_tiles(base.file).about
    found: dict[str, Any] = {"min_zoom": about.min_zoom, "max_zoom": about.max_zoom}
    if about.form == VECTOR:
        found["kind"] = "vector"
    if not base.attribution:  # of the file, often with links that the screen does not show
        found["attribution"] = unescape(_TAG.sub("", about.attribution)).strip()
    return found


def tile(city: City, name: str, z: int, x: int, y: int) -> tuple[bytes, str] | None:
    """Return a tile's bytes and media type; NotFound without the base.

    Where the file has no tile, that is a picture of nothing, and None of vector tiles. The file
    is read aside: an archive of a province can make the disk turn.
    """
    file = next((b.file for b in city.bases if b.name == name and b.kind is BaseKind.FILE), "")
    if not file:
        raise NotFound("没有这个底图。")
    tiles = open_tiles(file)
    inside = z <= 30 and x < 1 << z and y < 1 << z
    found = aside(lambda: tiles.tile(z, x, y)) if inside else None
    if found is not None:
        return found, MIME[tiles.about.form]
    return None if tiles.about.form == VECTOR else (NOTHING, MIME["png"])
