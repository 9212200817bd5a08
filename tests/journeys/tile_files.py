"""Files of tiles, written by the letter of their specifications and by no code that reads them.

PMTiles version 3 (github.com/protomaps/PMTiles, spec/v3), MBTiles 1.3 (github.com/mapbox/
mbtiles-spec), Mapbox Vector Tile 2.1 (github.com/mapbox/vector-tile-spec).
"""

from __future__ import annotations

import gzip
import json
import sqlite3
import struct
from collections.abc import Iterable
from pathlib import Path

from tests.journeys.tile_pictures import Place, box_of, metres, picture, tile_at

Tiles = dict[tuple[int, int, int], bytes]  # z, x, y (rows from the north) -> what is in it
KINDS = {"mvt": 1, "png": 2}
IN_A_LEAF = 64  # entries of one leaf directory
EXTENT = 4096  # of a vector tile
CREDIT = {"attribution": "© 独立测绘"}
LAYERS = {  # what both formats want to be told of vector tiles
    "vector_layers": [
        {"id": name, "fields": {"kind": "String", "name": "String"}}
        for name in ("earth", "water", "places")
    ]
}


def covering(box: tuple[float, float, float, float], zooms: Iterable[int]) -> list[tuple[int, ...]]:
    """The tiles over a box of degrees (west, south, east, north)."""
    west, south, east, north = box
    found = []
    for z in zooms:
        (left, top), (right, low) = tile_at((west, north), z), tile_at((east, south), z)
        found += [(z, x, y) for x in range(left, right + 1) for y in range(top, low + 1)]
    return found


def painted(places: Iterable[tuple[int, ...]], landmarks: tuple[Place, ...], name: str) -> Tiles:
    """PNG tiles, each with its address and bounds."""
    return {
        (z, x, y): picture(f"{name} {z}/{x}/{y}", box_of(z, x, y), landmarks, (222, 230, 236))
        for z, x, y in places
    }


# -- MBTiles -------------------------------------------------------------------------------------


def write_mbtiles(path: Path, tiles: Tiles, form: str) -> None:
    """An MBTiles file; its rows count from the south."""
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE metadata (name text, value text)")
        db.execute(
            "CREATE TABLE tiles (zoom_level integer, tile_column integer, tile_row integer,"
            " tile_data blob)"
        )
        db.execute("CREATE UNIQUE INDEX tile_index ON tiles (zoom_level, tile_column, tile_row)")
        said = {"name": "stand-in", "format": form, "json": json.dumps(LAYERS), **CREDIT}
        db.executemany("INSERT INTO metadata VALUES (?, ?)", said.items())
        rows = [(z, x, (1 << z) - 1 - y, raw) for (z, x, y), raw in tiles.items()]
        db.executemany("INSERT INTO tiles VALUES (?, ?, ?, ?)", rows)
    db.close()


# -- PMTiles -------------------------------------------------------------------------------------


def write_pmtiles(path: Path, tiles: Tiles, form: str) -> None:
    """A PMTiles archive with leaf directories; vector tiles and directories packed by gzip."""
    packed = {_tile_id(*at): gzip.compress(t) if form == "mvt" else t for at, t in tiles.items()}
    entries, data = list[tuple[int, int, int, int]](), bytearray()
    for tile_id in sorted(packed):
        entries.append((tile_id, len(data), len(packed[tile_id]), 1))
        data += packed[tile_id]
    leaves, pointers = bytearray(), list[tuple[int, int, int, int]]()
    for first in range(0, len(entries), IN_A_LEAF):
        leaf = _directory(entries[first : first + IN_A_LEAF])
        pointers.append((entries[first][0], len(leaves), len(leaf), 0))  # run length 0: a leaf
        leaves += leaf
    root = _directory(pointers)
    about = gzip.compress(json.dumps({**CREDIT, **LAYERS}).encode())
    zooms = [z for z, _, _ in tiles]
    at = [127, 127 + len(root), 127 + len(root) + len(about)]
    at.append(at[2] + len(leaves))
    sizes = [len(root), len(about), len(leaves), len(data)]
    spans = [value for pair in zip(at, sizes, strict=True) for value in pair]
    head = b"PMTiles\x03" + struct.pack("<11Q", *spans, *[len(entries)] * 3)
    head += struct.pack("<6B", 1, 2, 2 if form == "mvt" else 1, KINDS[form], min(zooms), max(zooms))
    head += struct.pack("<4iB2i", -1800000000, -850000000, 1800000000, 850000000, min(zooms), 0, 0)
    path.write_bytes(head + root + about + bytes(leaves) + bytes(data))


def _tile_id(z: int, x: int, y: int) -> int:
    """The number of a tile: all tiles of lesser zooms, then its place on the Hilbert curve."""
    number, side = (4**z - 1) // 3, 1 << z
    step = side >> 1
    while step:
        right, low = int(bool(x & step)), int(bool(y & step))
        number += step * step * ((3 * right) ^ low)
        if not low:
            if right:
                x, y = side - 1 - x, side - 1 - y
            x, y = y, x
        step >>= 1
    return number


def _directory(entries: list[tuple[int, int, int, int]]) -> bytes:
    """A directory of (tile id, offset, length, run length), column by column."""
    out = _varint(len(entries))
    before = 0
    for tile_id, _, _, _ in entries:
        out += _varint(tile_id - before)
        before = tile_id
    for column in (3, 2):
        out += b"".join(_varint(entry[column]) for entry in entries)
    end = -1
    for _, offset, length, _ in entries:
        out += _varint(0 if offset == end else offset + 1)  # 0: right behind the one before
        end = offset + length
    return gzip.compress(out)


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


# -- vector tiles --------------------------------------------------------------------------------


def drawn(places: Iterable[tuple[int, ...]], ponds: tuple[Place, ...], size: float) -> Tiles:
    """Vector tiles in the layers of the Protomaps basemap: earth, square ponds (m), their names."""
    return {(z, x, y): _vector(box_of(z, x, y), ponds, size / 2) for z, x, y in places}


def _vector(box: tuple[float, ...], ponds: tuple[Place, ...], half: float) -> bytes:
    west, _, east, north = box
    scale = EXTENT / (east - west)
    whole = [(-64, -64), (4160, -64), (4160, 4160), (-64, 4160)]
    squares, middles = [], []
    for x, y in map(metres, ponds):
        at = [((x + dx * half - west) * scale, (north - y - dy * half) * scale) for dx, dy in RING]
        squares.append([(round(px), round(py)) for px, py in at])
        middles.append([(round((x - west) * scale), round((north - y) * scale))])
    seen = [m for m in middles if all(0 <= value < EXTENT for value in m[0])]
    layers = [
        _layer("earth", 3, [whole], {"kind": "earth"}),
        _layer("water", 3, squares, {"kind": "lake"}),
        _layer("places", 1, seen, {"kind": "locality", "name": "独立村"}),
    ]
    return b"".join(_bytes(3, layer) for layer in layers)


RING = [(-1, 1), (1, 1), (1, -1), (-1, -1)]  # clockwise on the screen, as an outer ring is


def _layer(
    name: str, form: int, shapes: list[list[tuple[int, int]]], says: dict[str, str]
) -> bytes:
    """One layer; `form` 1 is points, 3 polygons."""
    tags = b"".join(_varint(n) * 2 for n in range(len(says)))
    out = _varint(15 << 3) + _varint(2) + _bytes(1, name.encode())
    for shape in shapes:
        feature = _bytes(2, tags) + _varint(3 << 3) + _varint(form) + _bytes(4, _path(form, shape))
        out += _bytes(2, feature)
    out += b"".join(_bytes(3, key.encode()) for key in says)
    out += b"".join(_bytes(4, _bytes(1, value.encode())) for value in says.values())
    return out + _varint(5 << 3) + _varint(EXTENT)


def _path(form: int, shape: list[tuple[int, int]]) -> bytes:
    """MoveTo, LineTo and ClosePath with steps in zigzag."""
    out, at = b"", (0, 0)
    for n, (x, y) in enumerate(shape):
        if n == 0:
            out += _varint(1 << 3 | 1)
        elif n == 1:
            out += _varint((len(shape) - 1) << 3 | 2)
        out += b"".join(_varint((d << 1) ^ (d >> 31)) for d in (x - at[0], y - at[1]))
        at = (x, y)
    return out + _varint(1 << 3 | 7) if form == 3 else out


def _bytes(number: int, raw: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(raw)) + raw
