"""Made-up answers of the views for the alert of a warning."""

from __future__ import annotations

from typing import Any

from tests.layouts.samples import NOW_MS, alert_card


def warning_card(**more: Any) -> dict[str, Any]:
    """views.alert_card of a warning for a district, which no device has raised."""
    said = {
        "id": "c0ffee",
        "issuer": "常州市气象台",
        "headline": "常州市气象台发布雷暴大风黄色预警信号",
        "description": "预计未来6小时将出现雷暴大风，\n阵风8级以上。",
        "instruction": "户外人员到安全处躲避。",
        "language": "zh-CN",
        "event": "雷暴大风",
        "status": "in_force",
        "sent": NOW_MS,
        "onset": "2026-11-21T10:00:00+00:00",
        "expires": "2026-11-21T14:00:00+00:00",
    }
    plain = {
        "rule": "warning",
        "title": "雷暴大风黄色预警",
        "device": "c0ffee@320404",
        "device_name": "常州市气象台",
        "kind": "warning",
        "area": "320404",
        "place": "钟楼区",
        "level": 2,
        "warning": said,
        "now": None,
        "curve": [],
        "worker": None,
        "thresholds": [],
        "hold_s": None,
        "quality": None,
    }
    return alert_card(**plain | more)
