"""What every device had said up to a moment: arrays by number, made from readings that came then.

A reading counts from its arrival on, since that is when the wall showed it; a late one never does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Times = NDArray[np.int64]

# one device's readings of one step, merged: its newest, as a browser takes it
HEARD = np.dtype(
    [
        ("n", "<u4"),
        ("shown", "<u4"),  # epoch seconds: when the wall showed it
        ("at", "<u4"),  # epoch seconds of the event
        ("value", "<f4"),  # NaN: this one does not say it, the one before stands
        ("quality", "u1"),
    ]
)


@dataclass(frozen=True)
class Said:
    """Readings in columns, one row per device and step: number, step and times in epoch ms."""

    n: Times
    step: Times
    heard: Times
    at: Times
    value: NDArray[np.float32]
    quality: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.n)

    def within(self, since: int, until: int, width: int) -> Said:
        """Those that came after `since` up to `until`, merged by steps of so many ms."""
        new = (self.heard > since) & (self.heard <= until)
        step = (self.heard[new] - since - 1) // width
        rest = self.at[new], self.value[new], self.quality[new]
        return together([Said(self.n[new], step, self.heard[new], *rest)])

    def of(self, numbers: Times) -> Said:
        """Those of some devices."""
        mine = np.isin(self.n, numbers)
        return Said(**{name: getattr(self, name)[mine] for name in NAMES})


NAMES = ("n", "step", "heard", "at", "value", "quality")


def nothing() -> Said:
    """No readings."""
    none = np.zeros(0, np.int64)
    return Said(none, none, none, none, np.zeros(0, np.float32), np.zeros(0, np.uint8))


def together(parts: list[Said]) -> Said:
    """Several lots of readings as one: one row per device and step, its newest event.

    A value that the newest one does not say is that of the one before it in the step.
    """
    columns = {name: np.concatenate([getattr(part, name) for part in parts]) for name in NAMES}
    order = np.lexsort(tuple(columns[name] for name in ("heard", "at", "step", "n")))
    rows = Said(**{name: column[order] for name, column in columns.items()})
    if not len(rows):
        return rows
    new = np.r_[True, (np.diff(rows.n) != 0) | (np.diff(rows.step) != 0)]
    first, last = np.flatnonzero(new), np.r_[np.flatnonzero(new)[1:], len(rows)] - 1
    told = np.maximum.accumulate(np.where(np.isnan(rows.value), -1, np.arange(len(rows))))[last]
    value = np.where(told >= first, rows.value[told], np.float32(np.nan))
    heard = np.maximum.reduceat(rows.heard, first)
    return Said(rows.n[last], rows.step[last], heard, rows.at[last], value, rows.quality[last])


@dataclass(frozen=True)
class Past:
    """By device number, as of `moment` (epoch ms): newest arrival and event, value, quality.

    `heard` is 0 and `value` NaN where nothing is known.
    """

    moment: int
    heard: Times
    at: Times
    value: NDArray[np.float32]
    quality: NDArray[np.uint8]

    @classmethod
    def blank(cls, moment: int, count: int) -> Past:
        """Nobody has said anything."""
        none = np.zeros(count, np.int64)
        value = np.full(count, np.nan, np.float32)
        return cls(moment, none, none.copy(), value, np.zeros(count, np.uint8))

    def __len__(self) -> int:
        return len(self.heard)

    def grown(self, count: int) -> Past:
        """The same with room for devices that came later."""
        more = count - len(self)
        if more <= 0:
            return self
        rest = Past.blank(self.moment, more)
        joined = {n: np.concatenate([getattr(self, n), getattr(rest, n)]) for n in COLUMNS}
        return Past(self.moment, **joined)

    def after(self, said: Said, moment: int) -> Past:
        """The state at a later moment, by the readings that came in between, in any order."""
        new = Past(moment, **{name: getattr(self, name).copy() for name in COLUMNS})
        n = said.n
        np.maximum.at(new.heard, n, said.heard)
        np.maximum.at(new.at, n, said.at)
        order = np.lexsort((said.heard, said.at))  # of several of one device the newest is last
        newest = order[said.at[order] >= self.at[n[order]]]
        new.quality[n[newest]] = said.quality[newest]
        told = newest[~np.isnan(said.value[newest])]
        new.value[n[told]] = said.value[told]
        return new


COLUMNS = ("heard", "at", "value", "quality")


def records(said: Said) -> NDArray[Any]:
    """Readings as a browser takes them, in the order in which they were shown."""
    out = np.empty(len(said), HEARD)
    out["n"], out["shown"], out["at"] = said.n, said.heard // 1000, said.at // 1000
    out["value"], out["quality"] = said.value, said.quality
    return out[np.argsort(out["shown"], kind="stable")]
