"""Whom a replay is about: every device by its number, kept for some minutes."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.city import City
from app.domain.attendance import NOBODY, OFFLINE_AFTER
from app.domain.kinds import KINDS
from app.domain.readings import Device
from app.domain.rulebook import GATEWAY
from app.services.aside import aside
from app.store import replay_tail
from app.store.history_at import table
from app.store.past import Times
from app.store.points import POINT, unpack

KEPT_S = 300.0  # default: a device's period or gateway hardly ever changes
PAGE = 1000
PRIMARY = {kind.code: kind.primary.code for kind in KINDS}


@dataclass(frozen=True)
class Roster:
    """Devices in arrays by number: silence allowed (ms), gateway's number or NOBODY.

    `numbers` says the number of a code; `table` is the same for history (code, n, metric).
    """

    numbers: dict[str, int]
    allowed: Times
    gateway: Times
    is_gateway: NDArray[np.bool_]
    table: Any
    made_at: float

    def __len__(self) -> int:
        return len(self.allowed)

    def of(self, numbers: Times) -> Any:
        """The part of `table` for these devices."""
        import pyarrow as pa

        wanted = np.zeros(len(self), np.bool_)
        wanted[numbers] = True
        return self.table.filter(pa.array(wanted[self.table["n"].to_numpy()]))


def call(city: City, before: Roster | None) -> Roster:
    """The roster as it is; `before` when that is fresh and nobody has come since."""
    size = replay_tail.point_count(city.live.redis)
    now = time.monotonic()
    if before is not None and len(before) >= size and now - before.made_at < KEPT_S:
        return before
    found = [device for page in replay_tail.devices(city.live.redis, PAGE) for device in page]
    return aside(partial(make, city, [d for d in found if 0 <= d.n < size], size, now))


def make(city: City, devices: list[Device], size: int, now: float = 0.0) -> Roster:
    """The roster of these devices."""
    numbers = {d.code: d.n for d in devices}
    allowed = np.full(size, round(60_000 * OFFLINE_AFTER), np.int64)
    gateway, is_gateway = np.full(size, NOBODY, np.int64), np.zeros(size, np.bool_)
    patience = {kind: _patience(city, kind) for kind in {d.kind for d in devices}}
    for d in devices:
        allowed[d.n] = round(patience[d.kind] * d.period_s * 1000)
        parent = numbers.get(d.gateway or "", NOBODY)
        gateway[d.n] = NOBODY if parent == d.n else parent
        is_gateway[d.n] = d.kind == GATEWAY
    is_gateway[gateway[gateway != NOBODY]] = True
    metrics = [PRIMARY.get(d.kind, "") for d in devices]
    told = table([d.code for d in devices], [d.n for d in devices], metrics)
    return Roster(numbers, allowed, gateway, is_gateway, told, now)


def _patience(city: City, kind: str) -> float:
    rule = city.rules.silence(kind)
    return rule.quiet if rule else OFFLINE_AFTER


def standing(city: City, size: int) -> NDArray[Any]:
    """The packed points as they are now, for so many devices at least."""
    found = unpack(city.live.points())
    if len(found) >= size:
        return found
    return np.concatenate([found, np.zeros(size - len(found), POINT)])
