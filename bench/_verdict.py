"""The end of a benchmark with targets: which are met, which missed, which nobody has measured."""

from __future__ import annotations

from collections.abc import Mapping

MISSED, UNMEASURED = 1, 3  # exit codes; 2 is that of a wrong option
WORDS = {True: "met", False: "MISSED", None: "NOT MEASURED"}


def verdict(targets: Mapping[str, bool | None]) -> int:
    """Tell each target; 0 when all are met, 1 when one is missed, 3 when one is not measured."""
    for name, met in targets.items():
        print(f"target {name}: {WORDS[met]}")
    unmeasured = [name for name, met in targets.items() if met is None]
    if unmeasured:
        print(f"Not measured, so nothing is said of: {', '.join(unmeasured)}.")
    if False in targets.values():
        return MISSED
    return UNMEASURED if unmeasured else 0
