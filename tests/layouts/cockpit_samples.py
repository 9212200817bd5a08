"""Made-up answers of views.cockpit and views.rows (docs/views.md)."""

from __future__ import annotations

from typing import Any

from tests.layouts.samples import ISO, case


def cockpit() -> dict[str, Any]:
    """views.cockpit."""
    rows = {"what": "cases", "area": "320404", "status": "open", "overdue": True}

    def figure(key: str, value: float | None, unit: str, **more: Any) -> dict[str, Any]:
        plain = {"key": key, "value": value, "unit": unit, "digits": 0, "target": None}
        return plain | {"before": None, "why": None, "rows": rows} | more

    return {
        "at": ISO,
        "area": {"code": "320404", "name": "钟楼区"},
        "figures": [
            figure("opened", 247, "件", before=231),
            figure("closed", 198, "件", before=205),
            figure("open", 63, "件"),
            figure("overdue", 4, "件"),
            figure("on_time", 91.3, "%", digits=1, target=95.0),
            figure("red_orange", 7, "起"),
            figure("hotline", 326, "件"),
            figure("satisfaction", None, "%", why="no_survey", rows=None),
        ],
        "domains": [
            {"domain": d, "opened": 60, "closed": 41, "open": 19, "overdue": 1, "alerts": 12}
            for d in ("governance", "social", "safety", "economy")
        ],
        "streets": [
            {
                "code": f"32040400{n}",
                "name": name,
                "rest": False,
                "opened": 30 + n,
                "closed": 24,
                "open": 8,
                "overdue": n % 3,
                "on_time": 98.1 - n if n < 5 else None,
                "solved": 93.0 - n if n < 5 else None,
                "score": 95.5 - n if n < 5 else None,
            }
            for n, name in enumerate(
                ("荷花池街道", "南大街街道", "永红街道", "西林街道", "新闸街道", "五星街道"),
                start=1,
            )
        ],
        "exceptions": [
            {
                "kind": "overdue_cases",
                "level": 3,
                "name": "永红街道",
                "value": 4,
                "limit": None,
                "rows": rows,
            },
            {
                "kind": "on_time_low",
                "level": 2,
                "name": "",
                "value": 91.3,
                "limit": 95,
                "rows": rows,
            },
            {
                "kind": "feed_silent",
                "level": 4,
                "name": "telemetry",
                "value": 42,
                "limit": None,
                "rows": None,
            },
        ],
    }


def rows(count: int = 3) -> dict[str, Any]:
    """views.rows of cases."""
    return {"what": "cases", "total": count, "rows": [case(n) for n in range(min(count, 500))]}
