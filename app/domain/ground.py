"""What the areas of the map may be coloured by: one figure of each, and how it is divided."""

from __future__ import annotations

import msgspec

from app.domain.classes import Classes, by_breaks, by_quantile


class Figure(msgspec.Struct, frozen=True):
    """A figure that each area has; without `breaks` its steps are quantiles."""

    code: str
    unit: str
    digits: int = 0
    breaks: tuple[float, ...] = ()

    def classes(self, values: list[float | None]) -> Classes:
        """Return the steps for the values of some areas."""
        return by_breaks(self.breaks) if self.breaks else by_quantile(values)


# breaks of rates: 95 % is the target of both (indicator tables); the others are *default*
FIGURES: tuple[Figure, ...] = (
    Figure("open", "件"),
    Figure("alerts", "起"),
    Figure("overdue", "件"),
    Figure("opened", "件"),
    Figure("closed", "件"),
    Figure("hotline", "件"),
    Figure("on_time", "%", 1, (60, 80, 90, 95)),
    Figure("online", "%", 1, (80, 90, 95, 98)),
    Figure("devices", "台"),
    Figure("density", "台/km²", 1),
    Figure("components", "件"),
    Figure("faulty", "件"),
)
BY_CODE = {figure.code: figure for figure in FIGURES}
FIRST = FIGURES[0].code
