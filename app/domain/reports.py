"""Reports and hotline orders as the border hands them in."""

from __future__ import annotations

import msgspec


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody in the field tells us (网格事件上报); `id` makes it repeatable.

    `code` is a matter code of GB/T 47678.5-2026 (5 or 11 digits) or of the legacy standard; `at` is
    epoch ms; lon/lat WGS-84; `photos` are photo ids already stored.
    """

    id: str
    channel: str
    worker: str | None
    at: int
    code: str
    title: str
    description: str
    lon: float | None
    lat: float | None
    address: str = ""
    photos: tuple[str, ...] = ()


class HotlineOrder(msgspec.Struct, frozen=True, kw_only=True):
    """A 12345 order; caller_name, caller_phone and id_no are personal and stay in the ledger.

    `type` is one of 咨询 求助 投诉 举报 建议 表扬 其他, `urgency` 特急 紧急 一般.
    """

    order_no: str
    channel: str
    at: int
    type: str
    urgency: str
    category: str
    title: str
    content: str
    address: str
    lon: float | None
    lat: float | None
    caller_name: str | None = None
    caller_phone: str | None = None
    id_no: str | None = None
