"""One area: a node of 市 → 区 → 街道/镇 → 社区 → 网格 with its official code."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from shapely.geometry.base import BaseGeometry


class AreaLevel(StrEnum):
    """The five levels, widest first."""

    CITY = "city"
    DISTRICT = "district"
    STREET = "street"
    COMMUNITY = "community"
    GRID = "grid"


@dataclass(frozen=True)
class Area:
    """An area; `polygon` is WGS-84 lon/lat, `schematic` says that its border is generated (示意).

    `parent` is the code one level up ("" for the city), `official` the name on paper, which for a
    community carries its committee (社区居委会). `from_below` says that its border is that of its
    imported children, while its own level was not imported.
    """

    code: str
    name: str
    level: AreaLevel
    parent: str
    polygon: BaseGeometry = field(repr=False, compare=False)
    schematic: bool = False
    official: str = ""
    from_below: bool = False

    @property
    def scope(self) -> str:
        """The code prefix that every code below shares: "3204" for the city 320400."""
        return self.code[:4] if self.level is AreaLevel.CITY else self.code
