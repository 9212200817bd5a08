"""What came since the last frame: latest per device, split by who may see it. No I/O."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from app.domain.kinds import BY_CODE
from app.domain.people import covers
from app.domain.readings import Quality, Readings

_readings = msgspec.msgpack.Decoder(Readings).decode
_states = msgspec.msgpack.Decoder(list[tuple[int, int, int]]).decode
_positions = msgspec.msgpack.Decoder(list[tuple[str, float, float, int]]).decode

Row = list[Any]
EVENTS = ("readings", "states", "positions")


class Frame:
    """Rows waiting to be sent, each with the area that decides who gets it.

    readings: [n, at_s, value, quality] or [n, at_s, value, quality, lon, lat]; states: [n,
    presence, level]; positions: [worker, lon, lat, at_ms]. `arrived` is when the oldest reading
    of the frame came in, epoch ms, None when there is none.
    """

    def __init__(self) -> None:
        self.rows: dict[str, dict[Any, tuple[str, Row]]] = {event: {} for event in EVENTS}
        self.grids: dict[int, str] = {}  # n -> area: states say only the number
        self.arrived: int | None = None

    def readings(self, bodies: Iterable[bytes]) -> None:
        """Take entries of a readings stream; late ones never reach the live picture."""
        rows = self.rows["readings"]
        for body in bodies:
            r = _readings(body)
            if r.quality == Quality.LATE or r.n < 0:
                continue
            self.grids[r.n] = r.area
            rows[r.n] = (r.area, _row(r, rows.get(r.n)))
            self.arrived = r.arrived if self.arrived is None else min(self.arrived, r.arrived)

    def states(self, bodies: Iterable[bytes]) -> set[int]:
        """Take entries of the states stream; return the numbers whose area is not known."""
        unknown: set[int] = set()
        for body in bodies:
            for n, presence, level in _states(body):
                self.rows["states"][n] = (self.grids.get(n, "?"), [n, presence, level])
                if n not in self.grids:
                    unknown.add(n)
        return unknown

    def place(self, areas: dict[int, str]) -> None:
        """Learn where devices are; states that were waiting for it get their area."""
        self.grids |= areas
        waiting = self.rows["states"]
        for n in areas.keys() & waiting.keys():
            waiting[n] = (areas[n], waiting[n][1])

    def positions(self, bodies: Iterable[bytes], grids: dict[str, str]) -> None:
        """Take entries of the positions stream; `grids` says whose worker each one is."""
        for body in bodies:
            for worker, lon, lat, at in _positions(body):
                if worker in grids:
                    self.rows["positions"][worker] = (grids[worker], [worker, lon, lat, at])

    def take(self, scopes: Iterable[str]) -> dict[str, list[tuple[str, list[Row]]]]:
        """Return event → [(scope, rows)] for the given scopes, and start the next frame."""
        wanted = sorted(scopes)
        out = {event: [(s, _inside(s, rows)) for s in wanted] for event, rows in self.rows.items()}
        self.rows = {event: {} for event in EVENTS}
        self.arrived = None
        return {event: [pair for pair in pairs if pair[1]] for event, pairs in out.items()}

    def __bool__(self) -> bool:
        return any(self.rows.values())


def _row(r: Readings, before: tuple[str, Row] | None) -> Row:
    """The newest row of a device; a move inside the frame is not lost to a later reading."""
    kind = BY_CODE.get(r.kind)
    value = r.metrics.get(kind.primary.code) if kind else None
    row: Row = [r.n, r.at // 1000, value, r.quality]
    if r.moved is not None:
        return row + list(r.moved)
    return row + before[1][4:] if before else row


def _inside(scope: str, rows: dict[Any, tuple[str, Row]]) -> list[Row]:
    """Rows whose area the scope covers; "?" (not known yet) is nobody's."""
    return [row for area, row in rows.values() if area != "?" and covers(scope, area)]
