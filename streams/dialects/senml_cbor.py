"""SenML in CBOR (RFC 8428, 6): labels and values as in JSON, whatever else CBOR may hold."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import cbor2

from app.errors import Rejected
from streams import wire

# RFC 8428, table 4
LABELS = {
    **{-1: "bver", -2: "bn", -3: "bt", -4: "bu", -5: "bv", -6: "bs"},
    **{0: "n", 1: "u", 2: "v", 3: "vs", 4: "vb", 5: "s", 6: "t", 7: "ut", 8: "vd"},
}
NUMBERS = {name: label for label, name in LABELS.items()}
DEPTH = 8  # a pack has three levels
LARGEST = 2**64
ARRAYS = range(0x80, 0xA0)  # first bytes of an array; JSON never begins so
SELF_DESCRIBED = b"\xd9\xd9\xf7"
# tags whose decoders do work for the sender: texts into times, patterns, mails, addresses, sets
IDLE_TAGS = (0, 1, 25, 28, 29, 30, 35, 36, 37, 52, 54, 100, 256, 258, 260, 261, 1004, 43000)


def is_cbor(payload: bytes) -> bool:
    """Whether the payload is a pack in CBOR: it is an array, tagged as CBOR or not."""
    return payload.startswith(SELF_DESCRIBED) or payload[:1] != b"" and payload[0] in ARRAYS


def decode(payload: bytes) -> list[dict[str, Any]]:
    """The pack as JSON has it; raises Rejected."""
    if len(payload) > wire.LIMIT_BYTES:
        raise Rejected("too_large", f"{len(payload)} bytes; at most {wire.LIMIT_BYTES} are taken")
    try:
        bare = payload.removeprefix(SELF_DESCRIBED)
        pack = cbor2.loads(
            bare, max_depth=DEPTH, semantic_decoders=dict.fromkeys(IDLE_TAGS, _refuse)
        )
    except (cbor2.CBORError, ValueError, TypeError, OverflowError, MemoryError) as why:
        raise Rejected("not_cbor", str(why)[:200]) from why
    if not isinstance(pack, list) or not all(isinstance(record, dict) for record in pack):
        raise Rejected("wrong_field", "a pack is an array of maps")
    return [_record(record) for record in pack]


def _refuse(*_: Any) -> Any:
    raise ValueError("a tag that SenML has no use for")


def _record(said: dict[Any, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for label, value in said.items():
        name = LABELS.get(label) if isinstance(label, int) else label
        if isinstance(name, str):
            found[name] = _plain(name, value)
    return found


def _plain(name: str, value: Any) -> Any:
    if isinstance(value, Decimal | Fraction):
        try:
            return float(value)
        except (OverflowError, ValueError) as why:
            raise Rejected("wrong_field", f"{name[:40]!r} is beyond all numbers") from why
    if isinstance(value, int) and abs(value) > LARGEST:
        raise Rejected("wrong_field", f"{name[:40]!r} is beyond all numbers")
    if value is None or isinstance(value, bool | int | float | str | bytes):
        return value
    raise Rejected("wrong_field", f"{name[:40]!r} is neither number, text, truth nor bytes")


def encode(records: list[dict[str, Any]]) -> bytes:
    """A pack with the short labels."""
    short = [{NUMBERS.get(name, name): value for name, value in r.items()} for r in records]
    return cbor2.dumps(short)
