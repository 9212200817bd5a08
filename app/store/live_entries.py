"""How readings and devices are laid out for the scripts of the live store."""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import NamedTuple

import msgspec

from app.domain.kinds import INDEX
from app.domain.readings import Device, Readings
from app.store import keys, points

SEEN_BUCKET_MS = 4 * 3600 * 1000  # about 500 numbers per set at one message in 30 s: an intset
KIND_UNKNOWN = 0xFF
SPAN_BYTES = 1_000  # of the points per message: to copy so many costs less than a call

_pack = msgspec.msgpack.Encoder().encode
_head = struct.Struct("<dIHBBI").pack
_length = struct.Struct("<I").pack
_curve = struct.Struct("<IB").pack  # the curve's length, and an array of two
_point = struct.Struct("<iiIfIBB").pack
_number = struct.Struct("<q").unpack
_BYTE = [bytes([n]) for n in range(256)]
_NIL = _pack(None)

# a device is encoded with this number and cut there, so that the script can put the real one
_NO_NUMBER = 0xFFFFFFFF
_NUMBER_BYTES = b"\xa1n\xce\xff\xff\xff\xff"


_MANY = b"\xdc"  # a msgpack array with two bytes of length: how the script begins an entry
_reading = msgspec.msgpack.Decoder(Readings).decode
_readings = msgspec.msgpack.Decoder(list[Readings]).decode


def readings_in(body: bytes) -> list[Readings]:
    """The readings of a stream entry: of a batch, or the one of an entry by an older version.

    Raises msgspec.DecodeError.
    """
    return _readings(body) if body[:1] == _MANY else [_reading(body)]


def count_in(body: bytes) -> int:
    """How many readings a stream entry holds, without reading them."""
    return int.from_bytes(body[1:3]) if body[:1] == _MANY else 1


class Observed(NamedTuple):
    """One reading ready to be written; `grid` is its grid's index, `value` the primary metric."""

    reading: Readings
    lon: float
    lat: float
    grid: int
    value: float | None
    message_id: str | None = None
    feed: str = "telemetry"


class Mould(NamedTuple):
    """The bytes that are the same in all messages of a device while it stands where it is."""

    n: int
    partition: int
    name: bytes  # the code and the offset of its point as text with its length, none: empty
    length: int  # of the code
    start: bytes  # of the entry, up to the time
    lon: int
    lat: int
    grid: int
    kind: int


def mould(
    n: int, device: str, kind: str, area: str, lon: float, lat: float, grid: int, partition: int
) -> Mould:
    """The mould of a device that is on the map at `n`, or not at -1."""
    offset = b"%d" % (n * points.SIZE) if n >= 0 else b""
    code = device.encode()
    return Mould(
        n,
        partition,
        code + _BYTE[len(offset)] + offset,
        len(code),
        b"\x9a" + b"".join(map(_pack, (n, device, kind, area))),  # an array of ten
        round(lon * 1e7),
        round(lat * 1e7),
        grid,
        INDEX.get(kind, KIND_UNKNOWN),
    )


def message_number(device_at: int, metrics: dict[str, float], message_id: str | None) -> bytes:
    """The 64-bit number of a message within its device, as decimal text.

    It comes from the message's own id, else from event time and metric set; never from a sequence
    number, which a rebooted device starts again.
    """
    key = f"#{message_id}" if message_id else f"{device_at}|{'|'.join(sorted(metrics))}"
    return b"%d" % _number(blake2b(key.encode(), digest_size=8).digest())[0]


class Bundle:
    """Readings of one partition on their way into scripts.WRITE, in order.

    `places` are where they stand in the batch they belong to.
    """

    def __init__(self) -> None:
        self.places: list[int] = []
        self._arrived = b""
        self._feeds: dict[str, int] = {}
        self._numbers: list[int] = []
        self._bytes: list[bytes] = []

    def arrives(self, arrived: int) -> None:
        """Those that are added from here on have arrived then (epoch ms)."""
        self._arrived = _pack(arrived)

    def add(
        self,
        of: Mould,
        feed: str,
        at: int,
        metrics: dict[str, float],
        value: float | None,
        quality: int,
        doubts: int,
        message_id: str | None,
        moved: tuple[float, float] | None = None,
    ) -> None:
        """Take in a reading; no value, or one beyond four bytes, is NaN in the point."""
        when, what = _pack(at), _pack(metrics)
        # the script may replace the tail: quality, moved (nil or two doubles), doubts (0..127)
        where = _NIL if moved is None else _pack(moved)
        parts = (of.start, when, self._arrived, what, _BYTE[quality], where, _BYTE[doubts])
        entry = b"".join(parts)
        number = message_number(at, metrics, message_id)
        which = self._feeds.setdefault(feed, len(self._feeds) + 1)
        shown = value if value is not None and abs(value) < points.FLOAT_MAX else math.nan
        if of.n >= 0:
            self._numbers.append(of.n)
        self._bytes += (
            _head(at, at // SEEN_BUCKET_MS, which, len(where) + 2, value is not None, of.length),
            of.name,
            _BYTE[len(number)],
            number,
            _length(len(entry)),
            entry,
            _curve(len(when) + len(what) + 1, 0x92),
            when,
            what,
            _point(of.lon, of.lat, at // 1000, shown, of.grid, of.kind, quality),
        )

    def packed(
        self, heard: Mapping[str, int], counts: Mapping[str, int], samples: Mapping[str, int]
    ) -> tuple[bytes, bytes]:
        """What scripts.WRITE reads after the prefixes: what the batch is, and its messages.

        `heard`: feed → arrival, `counts`: what else is counted in the same step, `samples`: list →
        lag.
        """
        about = _pack((heard, list(self._feeds), counts, samples, *self._span()))
        return about, b"".join(self._bytes)

    def _span(self) -> tuple[int, int] | tuple[()]:
        """First and last byte of all points, when one look at them is cheaper than many."""
        numbers = self._numbers
        if not numbers:
            return ()
        first, end = min(numbers) * points.SIZE, (max(numbers) + 1) * points.SIZE
        return (first, end - 1) if end - first <= SPAN_BYTES * len(numbers) else ()


def bundled(batch: Sequence[Observed], partitions: int) -> dict[int, Bundle]:
    """A batch by partition."""
    bundles: dict[int, Bundle] = {}
    for i, o in enumerate(batch):
        r = o.reading
        partition = keys.partition_of(r.device, partitions) if partitions > 1 else 0
        bundle = bundles.get(partition)
        if bundle is None:
            bundle = bundles[partition] = Bundle()
        bundle.arrives(r.arrived)
        of = mould(r.n, r.device, r.kind, r.area, o.lon, o.lat, o.grid, partition)
        said = (o.feed, r.at, r.metrics, o.value, r.quality, r.doubts, o.message_id, r.moved)
        bundle.places.append(i)
        bundle.add(of, *said)
    return bundles


def device_batch(devices: Sequence[Device], grids: Sequence[int]) -> tuple[bytes, bytes]:
    """The description and the bytes of devices as scripts.REGISTER reads them."""
    entries: list[tuple[str, int, int]] = []
    parts: list[bytes] = []
    for device, grid in zip(devices, grids, strict=True):
        body = _pack(msgspec.structs.replace(device, n=_NO_NUMBER))
        head, _, tail = body.partition(_NUMBER_BYTES)
        kind = INDEX.get(device.kind, KIND_UNKNOWN)
        record = points.pack(device.lon, device.lat, 0, None, grid, kind, 0) + b"\0\0"
        parts += (head, b"\xa1n", tail, record)
        entries.append((device.code, len(head) + 2, len(tail)))
    return _pack(entries), b"".join(parts)
