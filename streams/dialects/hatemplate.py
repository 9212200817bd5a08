"""The value templates of Home Assistant that are read: a path into the payload, no more.

`{{ value }}`, `{{ value_json.a.b }}`, `{{ value_json['a'].b[0] }}`, each with the filters float,
int, round and is_defined, which change nothing here. Anything else is refused: a template is a
program, and those of strangers are not run.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

from app.errors import Rejected
from streams import wire
from streams.dialects.gadgets import word

Path = tuple[str | int, ...] | None  # None: the payload as it is

LONGEST = 300
_WHOLE = re.compile(
    r"\{\{-?\s*(value_json|value)"
    r"((?:\.\w+|\[\s*'[^'\]]*'\s*\]|\[\s*\"[^\"\]]*\"\s*\]|\[\s*\d{1,6}\s*\])*)"
    r"((?:\s*\|\s*(?:float|int|round|is_defined)(?:\(\s*[\d.]*\s*\))?)*)\s*-?\}\}"
)
_STEP = re.compile(r"\.(\w+)|\[\s*'([^']*)'\s*\]|\[\s*\"([^\"]*)\"\s*\]|\[\s*(\d+)\s*\]")
_decoder = msgspec.json.Decoder()


def template(said: Any) -> Path:
    """The path of a value template; Rejected when it is more than a path."""
    if said is None or said == "":
        return None
    found = None
    if isinstance(said, str) and len(said) <= LONGEST:
        found = _WHOLE.fullmatch(said.strip())
    if not found or (found[1] == "value" and found[2]):
        raise Rejected(
            "template",
            f"{str(said)[:80]!r} is not read; only a path such as {{{{ value_json.a.b }}}} is",
        )
    if found[1] == "value":
        return None
    steps = (_STEP.finditer(found[2])) if found[2] else ()
    return tuple(
        int(step[4]) if step[4] is not None else next(s for s in step.groups() if s is not None)
        for step in steps
    )


def read_value(path: Path, payload: bytes) -> Any:
    """The value at the path, None where the message has none; raises Rejected."""
    if path is None:
        return word(payload)
    said: Any = wire.decode(_decoder, payload)
    for step in path:
        if isinstance(step, int) and isinstance(said, list):
            said = said[step] if step < len(said) else None
        elif isinstance(said, dict):
            said = said.get(str(step))
        else:
            return None
    return None if isinstance(said, dict | list) else said
