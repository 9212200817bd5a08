"""Golden things of every feed, and how a test asks for the reason of a refusal."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from app.domain.readings import DeviceStatus, Telemetry, WorkerPosition
from app.domain.reports import HotlineOrder, Report
from app.errors import Rejected
from app.services.ingest import Filed
from streams.codecs import grid_report, hotline, position, status, telemetry
from streams.inbox import Reader

NOW = 1_795_302_515_123
FIELDS = {
    "district": "320404",
    "kind": "gas",
    "device": "G1",
    "worker": "W001",
    "order_no": "CZ2026112100001",
}
REPORT = Report(
    id="R-1",
    channel="mqtt",
    worker="W001",
    at=NOW,
    code="06",
    title="占道经营",
    description="早市占道",
    lon=119.95,
    lat=31.78,
    address="怀德桥",
)
ORDER = HotlineOrder(
    order_no="CZ2026112100001",
    channel="电话",
    at=NOW,
    type="投诉",
    urgency="紧急",
    category="城市管理/市容",
    title="渣土车夜间扰民",
    content="夜里两点还在施工",
    address="清潭路",
    lon=None,
    lat=None,
    caller_name="陈先生",
    caller_phone="13812345678",
)
GOLDEN: list[tuple[Any, Any]] = [
    (telemetry, Telemetry(device="G1", kind="gas", at=NOW, metrics={"ch4": 3.2, "h2s": 0.0})),
    (
        telemetry,
        Telemetry(
            device="G1",
            kind="gas",
            at=NOW,
            metrics={"ch4": 3.2},
            lon=119.95,
            lat=31.78,
            message_id="m-1",
            quality=1,
        ),
    ),
    (status, DeviceStatus(device="G1", kind="gas", at=NOW, online=False)),
    (status, DeviceStatus(device="P1", kind="publisher", at=NOW, online=True, sent=12_345)),
    (
        status,
        DeviceStatus(
            device="G1",
            kind="gas",
            at=NOW,
            online=True,
            name="燃气井 1",
            lon=119.95,
            lat=31.78,
            period_s=30,
            gateway="GW-1",
            unit="U01",
        ),
    ),
    (position, WorkerPosition(worker="W001", at=NOW, lon=119.95, lat=31.78)),
    (grid_report, Filed(REPORT, (b"\xff\xd8picture",))),
    (grid_report, Filed(msgspec.structs.replace(REPORT, lon=None, lat=None, address=""))),
    (hotline, ORDER),
    (hotline, msgspec.structs.replace(ORDER, lon=119.95, lat=31.78, id_no="320404199001011234")),
]


def golden(codec: Any) -> list[Any]:
    """The things of one codec."""
    return [thing for of, thing in GOLDEN if of is codec]


def reread(codec: Any, thing: Any) -> Any:
    """What is read of what was written, by the topic that was written."""
    topic, payload = codec.write(thing, "320404")
    return Reader().read(topic, payload, NOW)


def told(codec: Any, **body: Any) -> str:
    """The reason for which this body is refused."""
    with pytest.raises(Rejected) as why:
        codec.read(FIELDS, json.dumps(body).encode(), NOW)
    return why.value.reason
