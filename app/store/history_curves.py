"""The curve of one device's metric: the readings themselves, or least and greatest by stretch."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from app.store import history_tables as tables
from app.store.history_query import ask, read

CURVE = """
select epoch_ms("at") as ms, max(value) from {source}
where device = $device and metric = $metric and quality <> 2
  and "at" between to_timestamp($since) and to_timestamp($until)
group by ms order by ms
"""
ENVELOPE = """
select epoch_ms({stretch}) as ms, min(low), max(high) from ({sources})
where low is not null group by ms order by ms
"""
OF_ONE = """
select "at", {low} as low, {high} as high from {source}
where device = $device and metric = $metric {good}
  and "at" >= to_timestamp($since) and "at" <= to_timestamp($until)
"""


class Stretch(NamedTuple):
    """The least and the greatest value from the moment `at` (epoch ms) on."""

    at: int
    low: float
    high: float


class Curves:
    """Questions to the readings under `path`, for any thread."""

    path: Path

    def files(self, since_ms: int, until_ms: int, area: str = "") -> list[Path]:
        """The files whose day lies between two moments."""
        raise NotImplementedError

    def cleared_up_to(self) -> str:
        """The newest day of which anything may be deleted."""
        raise NotImplementedError

    def curve(
        self, device: str, metric: str, since_ms: int, until_ms: int, area: str = ""
    ) -> list[tuple[int, float]]:
        """The values of a device's metric in a time, oldest first, bad ones left out.

        Reads only the days it needs, and with the device's `area` only its district and what was
        nowhere then. A time without files gives an empty list. OSError when a file is unreadable.
        """
        asked = _asked(device, metric, since_ms, until_ms)

        def values() -> list[Any]:
            files = self.files(since_ms, until_ms, area)
            return ask(CURVE.format(source=read(files)), asked) if files else []

        return again(values)

    def envelope(
        self, device: str, metric: str, since_ms: int, until_ms: int, step_ms: int, area: str = ""
    ) -> list[Stretch]:
        """The least and greatest value in each stretch of `step_ms`, which begins as in Beijing.

        Comes from the coarsest table whose rows fit into a step, and from the readings where a
        file has no table yet. Stretches without a good reading are left out. Errors as in curve.
        """
        level = _level(step_ms)
        # a row of a table stands for all of its stretch
        asked = _asked(device, metric, begin_of(since_ms, step_ms), until_ms)

        def stretches() -> list[Any]:
            files = self.files(since_ms, until_ms, area)
            summed, plain = tables.chosen(self.path, level, files, self.cleared_up_to())
            parts = []
            if summed:
                parts.append(OF_ONE.format(source=read(summed), low="low", high="high", good=""))
            if plain:
                good = "and quality <> 2"
                parts.append(
                    OF_ONE.format(source=read(plain), low="value", high="value", good=good)
                )
            stretch = tables.stretch(step_ms)
            question = ENVELOPE.format(stretch=stretch, sources=" union all ".join(parts))
            return ask(question, asked) if parts else []

        return [Stretch(*row) for row in again(stretches)]


def again(question: Callable[[], list[Any]]) -> list[Any]:
    """Ask, and once more when a file was merged away since it was listed: another one has it."""
    try:
        return question()
    except OSError:
        return question()


def _asked(device: str, metric: str, since_ms: int, until_ms: int) -> dict[str, Any]:
    return {
        "device": device,
        "metric": metric,
        "since": since_ms / 1000,
        "until": until_ms / 1000,
    }


def _level(step_ms: int) -> str:
    return [level for level, width in tables.WIDTH_MS.items() if step_ms % width == 0][-1]


def begin_of(ms: int, step_ms: int) -> int:
    """When the stretch of a moment begins, in Beijing; epoch ms."""
    return (ms + tables.BEIJING_MS) // step_ms * step_ms - tables.BEIJING_MS
