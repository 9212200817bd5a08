"""What somebody has drawn on the map: a circle or a ring, read from its text and checked.

The text stands in addresses and in stores of a page: `circle:119.95,31.78,500` (degrees WGS-84,
metres) or `ring:119.9,31.7;119.95,31.7;119.95,31.75`. live/shapes.mjs writes and reads the same.
"""

from __future__ import annotations

from math import isfinite

import msgspec

from app.errors import Invalid

WIDEST_M = 50_000  # radius of a circle; default
MOST_POINTS = 200  # corners of a ring; default
Place = tuple[float, float]


class Drawn(msgspec.Struct, frozen=True):
    """A circle (one point and a radius in metres) or a ring (its corners, not closed)."""

    points: tuple[Place, ...]
    radius_m: float = 0.0

    @property
    def is_circle(self) -> bool:
        """Whether it is a circle."""
        return self.radius_m > 0

    @property
    def middle(self) -> Place:
        """The centre of a circle; of a ring the mean of its corners."""
        lons, lats = zip(*self.points, strict=True)
        return sum(lons) / len(lons), sum(lats) / len(lats)


def read(text: str) -> Drawn:
    """Read a text; Invalid says what is wrong with it."""
    kind, _, rest = text.partition(":")
    try:
        numbers = [tuple(float(word) for word in spot.split(",")) for spot in rest.split(";")]
    except ValueError:
        raise _bad("请在地图上重新绘制") from None
    if not all(isfinite(number) for spot in numbers for number in spot):
        raise _bad("请在地图上重新绘制")
    if kind == "circle" and len(numbers) == 1 and len(numbers[0]) == 3:
        lon, lat, radius = numbers[0]
        if not 0 < radius <= WIDEST_M:
            raise _bad(f"半径需在 1 到 {WIDEST_M // 1000} 千米之间")
        return Drawn((_place((lon, lat)),), radius)
    if kind == "ring" and 3 <= len(numbers) <= MOST_POINTS:
        return Drawn(tuple(_place(spot) for spot in numbers))
    raise _bad(f"多边形需要 3 到 {MOST_POINTS} 个点")


def _place(spot: tuple[float, ...]) -> Place:
    if len(spot) != 2 or abs(spot[0]) > 180 or abs(spot[1]) > 90:
        raise _bad("请在地图上重新绘制")
    return spot[0], spot[1]


def _bad(said: str) -> Invalid:
    return Invalid("圈选范围不正确。", fields={"shape": said})
