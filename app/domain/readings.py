"""What a device says: telemetry as it came, readings as they were taken, the device itself."""

from __future__ import annotations

from enum import IntEnum

import msgspec


class Quality(IntEnum):
    """How far a reading can be trusted; anything but GOOD raises no red alert alone."""

    GOOD = 0
    SUSPECT = 1
    BAD = 2
    LATE = 3


class Presence(IntEnum):
    """Whether we hear a device; the value is the state byte of the packed point."""

    UNKNOWN = 0
    ONLINE = 1
    OFFLINE = 2


class Telemetry(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One message of one device, translated but not yet placed or judged.

    Times are epoch milliseconds, lon/lat are WGS-84 degrees (converted at the border).
    """

    device: str
    kind: str
    at: int
    metrics: dict[str, float]
    lon: float | None = None
    lat: float | None = None
    message_id: str | None = None
    quality: int = Quality.GOOD
    feed: str = "telemetry"


class DeviceStatus(msgspec.Struct, frozen=True, kw_only=True):
    """A birth, a will or a leave: what a device or gateway says about itself."""

    device: str
    kind: str
    at: int
    online: bool
    name: str | None = None
    lon: float | None = None
    lat: float | None = None
    period_s: int | None = None
    gateway: str | None = None
    unit: str | None = None
    feed: str = "telemetry"
    sent: int | None = None  # messages it has published since its start, by its own count


class WorkerPosition(msgspec.Struct, frozen=True, kw_only=True):
    """Where a grid worker on duty is; at in epoch milliseconds, WGS-84 degrees."""

    worker: str
    at: int
    lon: float
    lat: float


class Readings(msgspec.Struct, frozen=True, array_like=True):
    """All readings of one device at one moment, numbered, placed and graded: a stream entry.

    `n` is the device's number in the packed points, `area` its grid code (15 digits) or the finest
    area known ("" when it lies outside the city), `at` and `arrived` are epoch milliseconds.
    `moved` carries (lon, lat) only when the device is new or has moved. `doubts` are why it is not
    trusted, as a sum of quality.Doubt; it is last, since the scripts of the live store rewrite the
    end of an entry, and entries from before it was there have none.
    """

    n: int
    device: str
    kind: str
    area: str
    at: int
    arrived: int
    metrics: dict[str, float]
    quality: int = 0
    moved: tuple[float, float] | None = None
    doubts: int = 0


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """A thing in the field; `period_s` is the time within which it should report again."""

    code: str
    n: int
    kind: str
    name: str
    lon: float
    lat: float
    area: str
    period_s: int
    gateway: str | None = None
    unit: str | None = None
