"""Cells of tables that leave the city: a text that a spreadsheet would run is made harmless."""

from __future__ import annotations

import re
from typing import Any

# A spreadsheet runs a cell that begins with one of these, also behind white space, in their wide
# forms, or where an import splits the cell at a tab or line break (OWASP, CSV Injection).
_RUNS = re.compile(r"(?:\A|[\t\r\n])[\s\ufeff]*[=+\-@＝＋－＠|%]|\A[\t\r\n]")
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?", re.ASCII)


def harmless(value: Any) -> Any:
    """The value as a cell that no spreadsheet runs: such a text gets an apostrophe before it.

    Numbers, also those written as text (-3.5), moments and None stay as they are.
    """
    if not isinstance(value, str) or not _RUNS.search(value) or _NUMBER.fullmatch(value):
        return value
    return f"'{value}"
