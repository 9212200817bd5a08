"""Functional zones (功能区: 经开区, 高新区 …): they lie over the areas and are none."""

from __future__ import annotations

from datetime import datetime

import msgspec


class Zone(msgspec.Struct, frozen=True, kw_only=True):
    """A zone with a code of its own; `shape` is WGS-84 WKB, `schematic` says 示意.

    `kind` is a word of the city (经开区, 高新区, 景区 …), `source` where the outline came from.
    """

    code: str
    name: str
    kind: str
    shape: bytes
    source: str
    taken_at: datetime
    schematic: bool = False
