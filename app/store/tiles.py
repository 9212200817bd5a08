"""Tiles of one file on our own disk: MBTiles (SQLite) or PMTiles version 3, read only.

Specifications: github.com/mapbox/mbtiles-spec 1.3, github.com/protomaps/PMTiles spec v3.
"""

from __future__ import annotations

import gzip
import sqlite3
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from pmtiles.reader import MmapSource, Reader
from pmtiles.tile import Compression, MagicNumberNotFound, SpecVersionUnsupported, TileType

KEPT = 300  # tiles in memory, up to some 200 KB each; a wall shows some 60 (*default*)
MIME = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "webp": "image/webp",
    "pbf": "application/x-protobuf",
}
# what a file that is none of these two makes their readers raise
UNREADABLE = (
    *(OSError, sqlite3.Error, ValueError, KeyError, IndexError, EOFError),
    *(MagicNumberNotFound, SpecVersionUnsupported),
)
_PM_FORMATS = {
    TileType.PNG: "png",
    TileType.JPEG: "jpg",
    TileType.WEBP: "webp",
    TileType.MVT: "pbf",
}


class BadTiles(ValueError):
    """A file that is no tile file; the text says why."""


class About(NamedTuple):
    """What a file says of itself; `form` is a key of MIME."""

    form: str
    min_zoom: int
    max_zoom: int
    attribution: str


class TileFile(Protocol):
    """A file of tiles."""

    about: About

    def tile(self, z: int, x: int, y: int) -> bytes | None:
        """The plain bytes of a tile, rows from the north; None where there is none."""


@lru_cache(maxsize=16)
def open_tiles(path: str) -> TileFile:
    """Open a file by its ending; BadTiles."""
    try:
        return MbTiles(path) if path.endswith(".mbtiles") else PmTiles(path)
    except UNREADABLE as why:
        raise BadTiles(f"{Path(path).name}: {why or type(why).__name__}") from why


class MbTiles:
    """An SQLite file with a table of tiles, rows counted from the south."""

    def __init__(self, path: str) -> None:
        address = f"file:{Path(path).absolute()}?mode=ro&immutable=1"
        self._db = sqlite3.connect(address, uri=True, check_same_thread=False)
        said = dict(self._db.execute("SELECT name, value FROM metadata"))
        low, high = self._db.execute(
            "SELECT min(zoom_level), max(zoom_level) FROM tiles"
        ).fetchone()
        if low is None:
            raise BadTiles(f"{Path(path).name}: there are no tiles in it")
        form = said.get("format", "png")
        if form not in MIME:
            raise BadTiles(f"{Path(path).name}: tiles of format {form!r}")
        self.about = About(form, int(low), int(high), said.get("attribution", ""))

    @lru_cache(maxsize=KEPT)  # noqa: B019  # the file lives as long as the process
    def tile(self, z: int, x: int, y: int) -> bytes | None:
        """The plain bytes of a tile; None where there is none."""
        row = self._db.execute(
            "SELECT tile_data FROM tiles WHERE zoom_level = ? AND tile_column = ? AND tile_row = ?",
            (z, x, (1 << z) - 1 - y),
        ).fetchone()
        return None if row is None else _plain(row[0])


class PmTiles:
    """A PMTiles archive, mapped into memory."""

    def __init__(self, path: str) -> None:
        with open(path, "rb") as file:
            self._reader = Reader(MmapSource(file))
        header = self._reader.header()
        form = _PM_FORMATS.get(header["tile_type"])
        if form is None:
            raise BadTiles(f"{Path(path).name}: tiles of a type that is not supported")
        if header["tile_compression"] not in (Compression.NONE, Compression.GZIP):
            raise BadTiles(f"{Path(path).name}: tiles packed by something else than gzip")
        said: dict[str, Any] = self._reader.metadata()
        self.about = About(
            form, header["min_zoom"], header["max_zoom"], str(said.get("attribution", ""))
        )

    @lru_cache(maxsize=KEPT)  # noqa: B019  # the file lives as long as the process
    def tile(self, z: int, x: int, y: int) -> bytes | None:
        """The plain bytes of a tile; None where there is none."""
        found = self._reader.get(z, x, y)
        return None if found is None else _plain(found)


def _plain(raw: bytes) -> bytes:
    return gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw
