"""Waiting for a condition instead of for time to pass."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def until(predicate: Callable[[], T], timeout: float = 20.0, every: float = 0.01) -> T:
    """Return the predicate's first true value; AssertionError with its last one after timeout s."""
    pause = threading.Event()
    end = time.monotonic() + timeout
    while True:
        value = predicate()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"not within {timeout} s; last seen: {value!r}")
        pause.wait(every)
