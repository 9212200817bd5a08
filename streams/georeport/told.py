"""Public cases and the server itself in the words of GeoReport."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

from app.services.public_requests import Public

BEIJING = timezone(timedelta(hours=8))
SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
CHANGED = "2026-11-22T00:00:00+08:00"  # when this server last learnt something
NOTICE = "已受理；可凭 service_request_id 查询办理进度。"
# what the public hears of a status; reasons and names stay inside
NOTES = {
    "pending_register": "待立案",
    "pending_dispatch": "待派遣",
    "pending_handle": "待处置",
    "handling": "处置中",
    "pending_check": "待核查",
    "closed": "已结案",
    "returned": "重新派遣中",
    "void": "不予受理",
}


def request(of: Public) -> dict[str, Any]:
    """One service request; all times with the offset of Beijing."""
    return {
        "service_request_id": of.id,
        "status": "open" if of.open else "closed",
        "status_notes": NOTES.get(of.status, ""),
        "service_name": of.title,
        "service_code": of.code,
        "description": of.description,
        "agency_responsible": of.unit,
        "service_notice": None,
        "requested_datetime": _time(of.opened_at),
        "updated_datetime": _time(of.changed_at),
        "expected_datetime": _time(of.due_at),
        "address": of.address,
        "address_id": None,
        "zipcode": None,
        "lat": of.lat,
        "long": of.lon,
        "media_url": None,
    }


def accepted(request_id: str) -> dict[str, Any]:
    """The answer to a POST."""
    return {"service_request_id": request_id, "service_notice": NOTICE, "account_id": None}


def discovery(root: str, owner: str) -> dict[str, Any]:
    """The discovery document; `root` is the address of /open311/."""
    return {
        "changeset": CHANGED,
        "contact": owner,
        "key_service": f"{owner}：由系统管理员签发令牌（run.py feeds token issue）",
        "endpoints": [
            {
                "specification": SPECIFICATION,
                "url": f"{root}v2",
                "changeset": CHANGED,
                "type": "production",
                "formats": ["text/xml", "application/json"],
            }
        ],
    }


def _time(at: datetime) -> str:
    return at.astimezone(BEIJING).isoformat(timespec="seconds")
