"""The packed points: one 24-byte record per device, the whole city in one Redis string.

A browser takes the string as it is; ingest writes bytes 0..21, watch bytes 22 and 23.
"""

from __future__ import annotations

import math
import struct

import numpy as np

POINT = np.dtype(
    [
        ("lon", "<i4"),  # 1e-7 degrees, WGS-84
        ("lat", "<i4"),
        ("at", "<u4"),  # epoch seconds of the newest event, 0 = never heard
        ("value", "<f4"),  # primary metric of the kind, NaN = none yet
        ("area", "<u4"),  # index of the grid in AreaTree.grids, OUTSIDE = none
        ("kind", "u1"),  # kinds.INDEX
        ("quality", "u1"),
        ("presence", "u1"),
        ("level", "u1"),
    ]
)
SIZE = POINT.itemsize
OUTSIDE = 0xFFFFFFFF
STATE_OFFSET = 22

_READING = struct.Struct("<iiIfIBB")
FLOAT_MAX = 3.4e38  # what four bytes hold


def pack(
    lon: float, lat: float, at_s: int, value: float | None, area: int, kind: int, quality: int
) -> bytes:
    """Bytes 0..21 of a record; no value, or one beyond four bytes, becomes NaN."""
    shown = value if value is not None and abs(value) < FLOAT_MAX else math.nan
    return _READING.pack(round(lon * 1e7), round(lat * 1e7), at_s, shown, area, kind, quality)


def unpack(record: bytes) -> np.ndarray:
    """The records of one or more devices as an array of POINT (a view, not a copy).

    A last one that is not whole yet is left out: a reading writes 22 bytes of a device that an
    emptied Redis does not know.
    """
    return np.frombuffer(record, dtype=POINT, count=len(record) // SIZE)
