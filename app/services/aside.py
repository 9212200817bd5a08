"""Slow work aside: what would stop the other greenlets of the web role runs in a real thread."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def aside(work: Callable[[], T]) -> T:
    """Run a blocking call in gevent's thread pool; plainly in a role without greenlets.

    It must not ask Redis: those connections belong to the greenlets of the one main thread.
    """
    gevent = sys.modules.get("gevent")
    monkey = sys.modules.get("gevent.monkey")
    if gevent is None or monkey is None or not monkey.is_module_patched("socket"):
        return work()
    return gevent.get_hub().threadpool.apply(work)
