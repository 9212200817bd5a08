"""The four alert levels 红橙黄蓝; NONE is the absence of an alert."""

from __future__ import annotations

from enum import IntEnum


class Level(IntEnum):
    """Higher is worse, so that the worst of several is their max()."""

    NONE = 0
    BLUE = 1
    YELLOW = 2
    ORANGE = 3
    RED = 4
