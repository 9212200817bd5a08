"""Classes of a choropleth: the bounds of a few steps, and the step that a value belongs to."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

import msgspec

MOST = 5  # steps of one colour that people tell apart


class Classes(msgspec.Struct, frozen=True):
    """Steps from low to high; step k holds values from `lower[k]` up to the next step's."""

    lower: tuple[float, ...]

    def step_of(self, value: float | None) -> int | None:
        """Return the step of a value, from 0; None for no value."""
        if value is None:
            return None
        return max(0, bisect_right(self.lower, value) - 1)

    def counts(self, values: Sequence[float | None]) -> list[int]:
        """Return how many of the values belong to each step; what has no value to none."""
        found = [0] * len(self.lower)
        for value in values:
            step = self.step_of(value)
            if step is not None and found:
                found[step] += 1
        return found


def by_quantile(values: Sequence[float | None], most: int = MOST) -> Classes:
    """Return steps that hold about as many values each; nothing (0) is a step of its own.

    Equal values never lie in different steps, so there may be fewer steps than `most`.
    """
    told = sorted(value for value in values if value is not None)
    some = [value for value in told if value > 0]
    lower = {told[0]} if told and told[0] <= 0 else set[float]()
    room = most - len(lower)
    if some:
        lower |= {some[len(some) * k // room] for k in range(room)}
    return Classes(tuple(sorted(lower)))


def by_breaks(breaks: Sequence[float]) -> Classes:
    """Return steps between fixed breaks: below the first, between them, from the last on."""
    return Classes((float("-inf"), *sorted(breaks)))
