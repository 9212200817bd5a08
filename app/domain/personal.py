"""What may be shown of a payload: its personal fields masked, numbers of citizens in texts too."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from app.domain import masking

MASK = "***"
SHOWN = 500  # characters of a preview
MARGIN = 50  # characters that are read beyond it; a personal value of a text is shorter
# fields of our own orders and reports, at any depth: who it was, where he lives, what he told
CITIZEN = tuple(
    f"**.{field}"
    for field in (
        *("caller_name", "caller_phone", "id_no", "address", "content", "description"),
        *("photos", "data", "first_name", "last_name", "email", "phone", "contact"),
    )
)
_ODD = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffd]")
_NUMBER = re.compile(r"\d{3}[\d -]{4}")  # what any phone or id number has
_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufffd]")
_decoder = msgspec.json.Decoder()


def masked(payload: bytes, paths: Sequence[str]) -> bytes:
    """The JSON payload with what stands at the paths replaced.

    In a path `*` is any key or each of a list, `**` any depth. A payload that is no JSON becomes
    empty: nobody can say where its personal fields are.
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


def preview(payload: bytes, paths: Sequence[str]) -> str:
    """The beginning of a payload as text, without what is personal in it; bytes are shown as hex.

    A personal value is masked wherever it stands: a caller is often named in the title too.
    """
    shown = masked(payload, paths)
    text = shown[: (SHOWN + MARGIN) * 4].decode("utf-8", "replace")[: SHOWN + MARGIN]
    if len(_ODD.findall(text[:-1])) > len(text) // 20:
        return f"0x{shown[: SHOWN // 4].hex()}"
    is_cut = len(text) == SHOWN + MARGIN
    for value in _values(payload, paths) if paths else ():
        text = text.replace(value, MASK)
    text = _BREAKS.sub(" ", text)
    if _NUMBER.search(text):
        text = masking.text(text)
    # at a cut there may be half a number, which no mask knows
    return (text[:-MARGIN] if is_cut else text)[:SHOWN]


def _values(payload: bytes, paths: Sequence[str]) -> list[str]:
    """The personal texts of a payload, the longest first."""
    try:
        said = _decoder.decode(payload)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return []
    found = {v for path in paths for v in _found(said, path.split(".")) if 1 < len(v) < MARGIN}
    return sorted(found, key=len, reverse=True)


def _found(said: Any, path: Sequence[str]) -> Iterator[str]:
    if not path:
        if isinstance(said, str):
            yield said
        return
    for key, value in _inner(said):
        if path[0] == "**":
            yield from _found(value, path)
            if len(path) > 1 and path[1] in ("*", key):
                yield from _found(value, path[2:])
        elif path[0] in ("*", key):
            yield from _found(value, path[1:])


def _mask(said: Any, path: Sequence[str]) -> Any:
    if not path:
        return MASK
    if isinstance(said, dict):
        return {key: _inside(str(key), value, path) for key, value in said.items()}
    if isinstance(said, list):
        return [_inside(str(i), value, path) for i, value in enumerate(said)]
    return said


def _inside(key: str, value: Any, path: Sequence[str]) -> Any:
    head, rest = path[0], path[1:]
    if head == "**":
        return MASK if rest and rest[0] in ("*", key) else _mask(value, path)
    return _mask(value, rest) if head in ("*", key) else value


def _inner(said: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(said, dict):
        yield from ((str(key), value) for key, value in said.items())
    elif isinstance(said, list):
        yield from ((str(i), value) for i, value in enumerate(said))
