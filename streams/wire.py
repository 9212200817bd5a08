"""What the payloads of all feeds share: JSON, time, place."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Literal, TypeVar

import msgspec

from app.errors import Rejected
from geodata.coordinates import to_wgs84

AHEAD_MS = 5 * 60 * 1000  # a clock further ahead is wrong
LIMIT_BYTES = 1 << 20  # of one payload
BOM = b"\xef\xbb\xbf"  # some systems begin every text with it

Crs = Literal["wgs84", "gcj02", "bd09"]
T = TypeVar("T")


def decode(decoder: msgspec.json.Decoder[T], payload: bytes) -> T:
    """The payload as its wire struct; Rejected with where and what is wrong."""
    if len(payload) > LIMIT_BYTES:
        raise Rejected("too_large", f"{len(payload)} bytes; at most {LIMIT_BYTES} are taken")
    try:
        return decoder.decode(payload)
    except msgspec.ValidationError as why:
        raise Rejected("wrong_field", str(why)) from why
    except (msgspec.DecodeError, UnicodeError) as why:
        if payload.startswith(BOM) and not payload.startswith(BOM * 2):
            return decode(decoder, payload[len(BOM) :])
        raise Rejected("not_json", str(why)) from why
    except RecursionError as why:
        raise Rejected("not_json", "nested too deeply") from why


def moment(ts: int | float | str, arrived: int) -> int:
    """Epoch ms of a timestamp (ms, or ISO-8601 with an offset); Rejected when wrong or ahead."""
    at = _iso(ts) if isinstance(ts, str) else _number(ts)
    if at > arrived + AHEAD_MS:
        ahead = (at - arrived) // 1000
        raise Rejected("clock_ahead", f"ts is {ahead} s ahead of our clock; set the device's clock")
    return at


def _number(ts: int | float) -> int:
    if not math.isfinite(ts) or ts <= 0:
        raise Rejected("bad_time", f"ts {ts!r} is no time; epoch milliseconds are expected")
    if ts < 10_000_000_000:
        raise Rejected("bad_time", f"ts {ts!r} looks like seconds; milliseconds are expected")
    return int(ts)


def _iso(ts: str) -> int:
    try:
        at = datetime.fromisoformat(ts)
        if at.tzinfo is None:
            raise Rejected("bad_time", f"ts {ts[:40]!r} has no offset; write +08:00 or Z")
        return int(at.timestamp() * 1000)
    except (ValueError, OverflowError) as why:
        raise Rejected("bad_time", f"ts {ts[:40]!r} is no ISO-8601 time") from why


def place(
    lon: float | None, lat: float | None, crs: Crs = "wgs84"
) -> tuple[float, float] | tuple[None, None]:
    """WGS-84 degrees of a declared place, or (None, None) without one; Rejected when impossible."""
    if lon is None and lat is None:
        return None, None
    if lon is None or lat is None:
        raise Rejected("bad_place", "lon and lat belong together; one is missing")
    if _swapped(lon, lat):
        raise Rejected("swapped_lonlat", f"lon {lon}, lat {lat} are swapped; exchange them")
    if not (abs(lon) <= 180 and abs(lat) <= 90) or (lon == 0 and lat == 0):
        raise Rejected("bad_place", f"lon {lon}, lat {lat} is no place")
    if crs == "wgs84":
        return float(lon), float(lat)
    x, y = to_wgs84(lon, lat, crs)
    return float(x), float(y)


def _swapped(lon: float, lat: float) -> bool:
    """Whether these are no place, or one in the Arctic Ocean, and would be in China if swapped.

    China lies at 73..135 east and 18..54 north, so its swapped places are north of 73.
    """
    if abs(lat) > 90:
        return abs(lon) <= 90
    return lat >= 73 and 18 <= lon <= 54
