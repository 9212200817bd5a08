"""What Redis answers about streams, in one shape whichever protocol the client speaks."""

from __future__ import annotations

from typing import Any, cast

RawEntry = tuple[bytes, dict[bytes, bytes]]


def by_stream(answer: Any) -> dict[bytes, list[RawEntry]]:
    """Stream name → its entries in order, of an XREAD or XREADGROUP; empty when nothing came."""
    pairs = answer.items() if isinstance(answer, dict) else answer or []
    return {name: cast(list[RawEntry], _flat(entries)) for name, entries in pairs}


def entries(answer: Any) -> list[RawEntry]:
    """The entries of the one stream that was asked for."""
    return [entry for found in by_stream(answer).values() for entry in found]


def _flat(found: list[Any]) -> list[Any]:
    """Undo the extra list that some protocol versions put around a stream's entries."""
    return found[0] if found and isinstance(found[0], list) else found
