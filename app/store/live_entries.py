"""How readings and devices are laid out for the scripts of the live store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any, NamedTuple

import msgspec

from app.domain.kinds import INDEX
from app.domain.readings import Device, Readings
from app.store import points

SEEN_BUCKET_MS = 4 * 3600 * 1000  # about 500 numbers per set at one message in 30 s: an intset
KIND_UNKNOWN = 0xFF

_pack = msgspec.msgpack.Encoder().encode

# a device is encoded with this number and cut there, so that the script can put the real one
_NO_NUMBER = 0xFFFFFFFF
_NUMBER_BYTES = b"\xa1n\xce\xff\xff\xff\xff"


class Observed(NamedTuple):
    """One reading ready to be written; `grid` is its grid's index, `value` the primary metric."""

    reading: Readings
    lon: float
    lat: float
    grid: int
    value: float | None
    message_id: str | None = None
    feed: str = "telemetry"


def message_number(device_at: int, metrics: dict[str, float], message_id: str | None) -> str:
    """The 64-bit number of a message within its device, as decimal text.

    It comes from the message's own id, else from event time and metric set; never from a sequence
    number, which a rebooted device starts again.
    """
    key = f"#{message_id}" if message_id else f"{device_at}|{'|'.join(sorted(metrics))}"
    digest = blake2b(key.encode(), digest_size=8).digest()
    return str(int.from_bytes(digest, "little", signed=True))


def write_batch(
    batch: Sequence[Observed],
    heard: Mapping[str, int],
    counts: Mapping[str, int],
    samples: Mapping[str, int],
) -> tuple[bytes, bytes]:
    """The description and the bytes of a batch as scripts.WRITE reads them.

    `heard`: feed → arrival, `counts`: what else is counted in the same step, `samples`: list → lag.
    """
    feeds: dict[str, int] = {}
    entries: list[tuple[Any, ...]] = []
    parts: list[bytes] = []
    for o in batch:
        r = o.reading
        body, recent = _pack(r), _pack((r.at, r.metrics))
        # the script may replace the tail: quality, moved (nil or two doubles), doubts (0..127)
        tail = 3 if r.moved is None else 21
        kind = INDEX.get(r.kind, KIND_UNKNOWN)
        record = points.pack(o.lon, o.lat, r.at // 1000, o.value, o.grid, kind, r.quality)
        parts += (body, record, recent)
        entries.append(
            (
                message_number(r.at, r.metrics, o.message_id),
                r.at // SEEN_BUCKET_MS,
                r.device,
                r.at,
                r.n,
                o.value is not None,
                len(body) - tail,
                tail,
                len(recent),
                feeds.setdefault(o.feed, len(feeds) + 1),
            )
        )
    return _pack((entries, heard, list(feeds), counts, samples)), b"".join(parts)


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
