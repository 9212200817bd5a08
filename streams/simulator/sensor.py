"""One simulated device: where it stands, what it is like, and what it remembers."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from streams.simulator.faults import Fault


@dataclass
class Sensor:
    """A device of the story; `x`/`y` are kilometres from the centre, `period` is in seconds.

    `seen` is the moment up to which `depth` was moved on, `said` counts its messages from 1 (0: it
    was away and must introduce itself again).

    `trait` (-1..1) makes it differ from its neighbours for good, `bowl` says how much water
    gathers at its place, `size` is a capacity (bays, persons).
    """

    code: str
    kind: str
    name: str
    lon: float
    lat: float
    area: str
    x: float
    y: float
    period: float
    trait: float
    bowl: float
    size: int
    rng: random.Random = field(repr=False)
    gateway: str | None = None
    fault: Fault | None = None
    clock_error_ms: int = 0
    depth: float = 0.0
    seen: float = 0.0
    said: int = 1

    @property
    def district(self) -> str:
        """The six digits of its topic."""
        return self.area[:6]
