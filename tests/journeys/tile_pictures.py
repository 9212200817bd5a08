"""Tiles that say where they are: coloured by layer, with their bounds written on them.

A landmark is a disc of MAGENTA at a known place; a journey finds it again on a screenshot.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from functools import lru_cache
from math import atan, degrees, exp, log, pi, radians, tan

from PIL import Image, ImageDraw, ImageFont

SIZE = 256
EDGE = 20037508.342789244  # metres from the middle of Web Mercator (EPSG:3857) to each side
MAGENTA = (255, 0, 255)
RADIUS = 7  # px of a landmark

Place = tuple[float, float]  # lon, lat
Box = tuple[float, float, float, float]  # west, south, east, north


def metres(place: Place) -> Place:
    """A place in EPSG:3857."""
    lon, lat = place
    return lon / 180 * EDGE, log(tan(pi / 4 + radians(lat) / 2)) / pi * EDGE


def degrees_of(x: float, y: float) -> Place:
    """The place of a point in EPSG:3857."""
    return x / EDGE * 180, degrees(2 * atan(exp(y / EDGE * pi)) - pi / 2)


def box_of(z: int, x: int, y: int) -> Box:
    """The bounds of a tile in EPSG:3857; rows from the north."""
    side = 2 * EDGE / 2**z
    return x * side - EDGE, EDGE - (y + 1) * side, (x + 1) * side - EDGE, EDGE - y * side


def tile_at(place: Place, z: int) -> tuple[int, int]:
    """Column and row, from the north, of the tile in which a place lies."""
    x, y = metres(place)
    side = 2 * EDGE / 2**z
    return int((x + EDGE) / side), int((EDGE - y) / side)


@lru_cache(maxsize=20_000)
def picture(
    title: str, box: Box, landmarks: tuple[Place, ...], colour: tuple[int, int, int] | None
) -> bytes:
    """A PNG of a box in EPSG:3857: opaque in a colour, or a layer of writing when it is None."""
    image = Image.new("RGBA", (SIZE, SIZE), (*colour, 255) if colour else (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    if colour:
        pen.rectangle((0, 0, SIZE - 1, SIZE - 1), outline=(90, 90, 90))
        pen.line((0, 128, 255, 128), fill=(250, 250, 250), width=3)  # a road of a light map
        west, north = degrees_of(box[0], box[3])
        words, top = f"{title}\n{west:.4f} E\n{north:.4f} N", 6
    else:
        words, top = title, 200
    pen.multiline_text((8, top), words, fill=(20, 20, 20), font=ImageFont.load_default(14))
    for x, y in _inside(box, landmarks):
        at = (x - RADIUS, y - RADIUS, x + RADIUS, y + RADIUS)
        pen.ellipse(at, fill=(*MAGENTA, 255))
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def _inside(box: Box, landmarks: Iterable[Place]) -> Iterable[Place]:
    """Where the landmarks lie on the picture, those at its edge too."""
    west, south, east, north = box
    for x, y in map(metres, landmarks):
        at = (x - west) / (east - west) * SIZE, (north - y) / (north - south) * SIZE
        if all(-RADIUS <= value <= SIZE + RADIUS for value in at):
            yield at
