"""Personal fields of a payload, masked before anybody keeps or shows it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

MASK = "***"
_decoder = msgspec.json.Decoder()


def masked(payload: bytes, paths: Sequence[str]) -> bytes:
    """The JSON payload with what stands at the paths replaced; `*` is any key or each of a list.

    A payload that is no JSON becomes empty: nobody can say where its personal fields are.
    """
    if not paths:
        return payload
    try:
        said = _decoder.decode(payload)
        for path in paths:
            said = _mask(said, path.split("."))
        return msgspec.json.encode(said)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return b""


def _mask(said: Any, path: Sequence[str]) -> Any:
    if not path:
        return MASK
    head, rest = path[0], path[1:]
    if isinstance(said, dict):
        return {k: _mask(v, rest) if head in ("*", k) else v for k, v in said.items()}
    if isinstance(said, list):
        return [_mask(v, rest) if head in ("*", str(i)) else v for i, v in enumerate(said)]
    return said
