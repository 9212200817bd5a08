"""Other systems that come by webhook, for the tests of the doors."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

import callbacks
from app.services import tokens
from app.web.server import build
from streams import doors

SOURCES = """\
sources:
  - {name: hotline, dialect: orders, owner: 热线, crs: wgs84, by: webhook, personal: [caller_phone]}
  - {name: bulk, dialect: orders, owner: 热线, crs: wgs84, by: webhook, personal: [caller_phone],
     options: {records: list}}
  - name: lora
    dialect: chirpstack
    owner: 市政
    crs: wgs84
    by: webhook
    clock: arrival
    kind: {EM310-UDL: waterlogging}
    metrics: {distance: {metric: depth, unit: mm, scale: -1, offset: 1500}}
  - {name: field, dialect: chirpstack, owner: 市政, crs: wgs84, kind: river, metrics: {l: level}}
"""


class Sender:
    """Another system: it has a token of one source."""

    def __init__(self, city, source: str = "hotline", **more: Any) -> None:
        self.city, self.source = city, source
        asked = {"source": source, "scopes": (f"webhook:{source}",)} | more
        self.token, self.secret = tokens.issue(city, None, **asked)
        front = replace(callbacks.screens(), doors=doors.DOORS)
        self.http = build(city, front)[0].test_client()

    def bearer(self, body: Any, path: str = "", **headers: str) -> Any:
        """POST with the secret."""
        return self.post(body, path, Authorization=f"Bearer {self.secret}", **headers)

    def signed(self, body: Any, at: int | None = None, path: str = "", **headers: str) -> Any:
        """POST with a signature."""
        stamp = int(self.city.now().timestamp()) if at is None else at
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        more = unquote(path.removeprefix("/").removeprefix("?event="))
        said = tokens.sign(self.city, self.token, stamp, raw, more).decode()
        proof = {"X-Chengyun-Timestamp": str(stamp), "X-Chengyun-Signature": said}
        return self.post(raw, path, **(proof | headers))

    def post(self, body: Any, path: str = "", **headers: str) -> Any:
        """POST as it is."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        said = {"Content-Type": "application/json"} | {
            k.replace("_", "-"): v for k, v in headers.items()
        }
        return self.http.post(f"/in/{self.source}{path}", data=raw, headers=said)


def an_order(city, no: str = "A1", **more: Any) -> dict[str, Any]:
    at = int(city.now().timestamp() * 1000)
    return {"order_no": no, "ts": at, "title": "路灯不亮", "caller_phone": "13812345678"} | more


def code_of(answer: Any) -> str:
    assert set(answer.json["error"]) == {"code", "message", "fields"}
    return answer.json["error"]["code"]
