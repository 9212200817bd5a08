"""What came since the last frame: the latest of each device and worker. No I/O."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import Any

import msgspec

from app.domain.kinds import BY_CODE
from app.domain.readings import Quality, Readings
from app.store.live_entries import readings_in

_states = msgspec.msgpack.Decoder(list[tuple[int, int, int]]).decode
_positions = msgspec.msgpack.Decoder(list[tuple[str, float, float, int]]).decode

Row = list[Any]


class Frame:
    """Rows waiting to be sent.

    readings: {n: (area, [n, at_s, value, quality] or [n, at_s, value, quality, lon, lat])};
    states: {n: [n, presence, level]}; positions: {worker: (area, [worker, lon, lat, at_ms])}.
    `arrived` is when the oldest reading came in, epoch ms, None when there is none.
    """

    def __init__(self) -> None:
        self.readings: dict[int, tuple[str, Row]] = {}
        self.states: dict[int, Row] = {}
        self.positions: dict[str, tuple[str, Row]] = {}
        self.arrived: int | None = None

    def hear(self, bodies: Iterable[bytes]) -> None:
        """Take entries of a readings stream; late ones never reach the live picture."""
        for r in chain.from_iterable(map(readings_in, bodies)):
            if r.quality == Quality.LATE or r.n < 0:
                continue
            self.readings[r.n] = (r.area, _row(r, self.readings.get(r.n)))
            self.arrived = r.arrived if self.arrived is None else min(self.arrived, r.arrived)

    def judge(self, bodies: Iterable[bytes]) -> None:
        """Take entries of the states stream."""
        for body in bodies:
            for n, presence, level in _states(body):
                self.states[n] = [n, presence, level]

    def place(self, bodies: Iterable[bytes], grids: dict[str, str]) -> None:
        """Take entries of the positions stream; `grids` says whose worker each one is."""
        for body in bodies:
            for worker, lon, lat, at in _positions(body):
                if worker in grids:
                    self.positions[worker] = (grids[worker], [worker, lon, lat, at])

    def __bool__(self) -> bool:
        return bool(self.readings or self.states or self.positions)


def _row(r: Readings, before: tuple[str, Row] | None) -> Row:
    """The newest row of a device; a move inside the frame is not lost to a later reading."""
    kind = BY_CODE.get(r.kind)
    value = r.metrics.get(kind.primary.code) if kind else None
    row: Row = [r.n, r.at // 1000, value, r.quality]
    if r.moved is not None:
        return row + list(r.moved)
    return row + before[1][4:] if before else row
