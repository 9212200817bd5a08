"""Rules by which a device that nobody knows becomes one of ours, without anybody's click."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Annotated

import msgspec
from msgspec import Meta

from app.domain.kinds import BY_CODE


class Adopt(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Devices whose code fits the pattern (`*`, `?`, `[…]`) are taken as this kind.

    Without `kind` it is the one they say. `name` may hold {device} and {kind}. `places` gives
    (lon, lat) by device code for those that do not say where they are.
    """

    devices: Annotated[str, Meta(min_length=1)]
    kind: str = ""
    name: Annotated[str, Meta(max_length=100)] = ""
    places: dict[str, tuple[float, float]] = {}

    def kind_of(self, said: str) -> str:
        """The kind of a device that says this kind, "" when there is no such kind."""
        kind = self.kind or said
        return kind if kind in BY_CODE else ""

    def named(self, device: str, kind: str, said: str = "") -> str:
        """The name of a device: by the template, else what it says, else kind and code."""
        kind_name = BY_CODE[kind].name
        if self.name:
            return self.name.replace("{device}", device).replace("{kind}", kind_name)
        return said or f"{kind_name} {device}"


def rule_for(rules: Iterable[Adopt], device: str) -> Adopt | None:
    """The first rule that fits a device code."""
    return next((rule for rule in rules if fnmatchcase(device, rule.devices)), None)
