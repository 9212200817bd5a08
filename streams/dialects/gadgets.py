"""What the dialects of small devices share: who is alive, what things are called, plain words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from app.errors import Rejected
from streams import wire
from streams.dialects import Known, Thing
from streams.sources import Introductions, Source

Said = tuple[str, Any, str]  # their name, the value, their unit or ""

_decoder = msgspec.json.Decoder()


class Gadgets:
    """Readings and presence of one source's devices; remembers whom it has introduced."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._births = Introductions()

    def reading(
        self, code: str, kind: str, at: int, said: Iterable[Said], arrived: int, **about: Any
    ) -> list[Thing]:
        """The device, when that is news, and its values; `about` are name and gateway."""
        bad: list[Thing] = []
        metrics = self.source.measured(kind, said, bad)
        reading: Thing = Known("unmapped")
        if metrics:
            reading = self.source.telemetry(code, kind, at, metrics, arrived)
        return [*self._births.news(self.source.birth(code, kind, at, **about)), reading, *bad]

    def presence(
        self, code: str, kind: str, arrived: int, online: bool, **about: Any
    ) -> list[Thing]:
        """The device is there, or gone: always told, since a farewell may lie between."""
        return [self.source.birth(code, kind, arrived, online=online, **about)]

    def named(self, said: Iterable[Said], names: Mapping[str, str]) -> list[Said]:
        """Numbers under our usual names, unless the source maps them or two share the name."""
        given = list(said)
        if self.source.metrics:
            return given
        ours = Counter(names.get(name, name) for name, _, _ in given)
        return [
            (names[name] if name in names and ours[names[name]] == 1 else name, value, unit)
            for name, value, unit in given
        ]


def json_object(payload: bytes) -> dict[str, Any]:
    """The payload as a JSON object; raises Rejected."""
    said = wire.decode(_decoder, payload)
    if not isinstance(said, dict):
        raise Rejected("wrong_field", "the payload is no JSON object")
    return said


def word(payload: bytes) -> str:
    """A payload that is one word or number; raises Rejected."""
    try:
        said = payload.decode().strip()
    except UnicodeDecodeError as why:
        raise Rejected("not_text", "the payload is no UTF-8 text") from why
    if len(said) > 256:
        raise Rejected("too_large", f"{len(said)} characters where one word is expected")
    return said


def is_online(payload: bytes) -> bool:
    """Whether a payload says online: the plain word, true/false, or {"state": "online"}."""
    said: Any = word(payload)
    if said.startswith("{"):
        said = json_object(payload).get("state")
    answer = {"online": True, "true": True, "offline": False, "false": False}
    if not isinstance(said, str) or said.lower() not in answer:
        raise Rejected("wrong_value", f"{str(said)[:40]!r} says neither online nor offline")
    return answer[said.lower()]
