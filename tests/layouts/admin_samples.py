"""Made-up answers of the views of the administration."""

from __future__ import annotations

from typing import Any

from tests.layouts.samples import NOW_MS

EVIL = "<img src=x onerror=alert(1)>"


def source(name: str = "works", **more: Any) -> dict[str, Any]:
    """A row of views_feeds.feeds."""
    counts = ("received", "said", "stored", "late", "duplicates", "statuses", "known", "reports")
    row = dict.fromkeys((*counts, "asks", "refused", "missing"), 0) | {
        "name": name,
        "owner": "供水公司",
        "dialect": "profile",
        "crs": "gcj02",
        "by": "mqtt",
        "quiet_s": 60,
        "registered": True,
        "at": NOW_MS - 3_000,
        "silent": False,
        "rate": 12.0,
        "minutes": [None] * 30 + list(range(30)),
        "skew_ms": 180,
        "samples": 120,
        "score": 99.5,
        "complete": 0.97,
        "doubts": {"jump": 2},
        "flags": {},
        "reasons": [],
        "sent": None,
    }
    return row | more


def feeds(*rows: dict[str, Any]) -> dict[str, Any]:
    """views_feeds.feeds."""
    return {
        "at": NOW_MS,
        "rows": list(rows),
        "letters": totals(),
        "lanes": {"telemetry": (7_000, 12), "reports": (0, 0)},
    }


def totals() -> dict[str, Any]:
    """letters.totals."""
    return {
        "kept": 3,
        "bytes": 2_400_000,
        "trimmed": 5,
        "queued": 1,
        "last_hour": 2,
        "last_hour_by_source": {"works": 2},
        "by_source_reason": [
            {"source": "works", "reason": "not_json", "kept": 2, "bytes": 2},
            {"source": "city", "reason": "ufo", "kept": 1, "bytes": 1},
        ],
        "per_hour": [],
    }


def letter(**more: Any) -> dict[str, Any]:
    """A row of letters.search."""
    row = {
        "id": "L1",
        "at": NOW_MS,
        "source": "works",
        "topic": f"plant/{EVIL}/data",
        "reason": "not_json",
        "detail": EVIL,
        "tries": 0,
        "size": 31,
        "preview": EVIL,
        "replayable": True,
        "queued": False,
    }
    return row | more


def stranger(**more: Any) -> dict[str, Any]:
    """A row of strangers.waiting."""
    row = {
        "device": "UFO-7",
        "kind": "ufo",
        "kind_known": False,
        "name": EVIL,
        "source": "city",
        "lon": 119.95,
        "lat": 31.78,
        "area": "320404001001001",
        "place": "中意社区",
        "metrics": {"glow": 4.2},
        "count": 27,
        "first": NOW_MS - 3_600_000,
        "last": NOW_MS,
        "per_hour": 11821.2,
    }
    return row | more
