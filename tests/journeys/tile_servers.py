"""A stand-in for map servers that speaks their protocols strictly: 天地图 WMTS, WMS, XYZ, TMS.

What the protocols say: OGC 07-057r7 (WMTS, key-value GetTile), OGC 01-068r3 (WMS 1.1.1) and 06-042
(WMS 1.3.0); that a 天地图 tile without a known tk is refused is the behaviour of its service.
"""

from __future__ import annotations

import re
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.journeys.tile_pictures import EDGE, SIZE, Box, Place, box_of, picture

TK = "0123456789abcdef0123456789abcdef"
PAPER = {"vec": (235, 232, 222), "img": (40, 70, 50)}  # opaque; cva and cia are writing
GROUND = (226, 236, 226)
Answer = tuple[int, str, bytes]


class Refused(Exception):
    """A request that a strict server refuses: its status, and why."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


@dataclass
class MapServer:
    """What it was asked, and how it is today: "well", "forbids", "lost", "html", or slow."""

    landmarks: tuple[Place, ...] = ()
    wms_version: str = "1.1.1"
    deepest: int = 18
    mood: str = "well"
    slow: threading.Event = field(default_factory=threading.Event)  # set: answers come
    asked: list[tuple[str, int]] = field(default_factory=list)  # path with query, status
    referrers: set[str] = field(default_factory=set)
    url: str = ""

    def __post_init__(self) -> None:
        self.slow.set()

    def answer(self, host: str, address: str) -> Answer:
        """Answer a request as today's mood and the protocol of its path want it."""
        self.slow.wait(20)
        try:
            return self._moody() or self._tile(host, address)
        except Refused as why:
            return why.status, "text/xml; charset=utf-8", f"<Refused>{why}</Refused>".encode()

    def _moody(self) -> Answer | None:
        moods = {
            "forbids": (403, "application/json", b'{"msg":"no right"}'),
            "lost": (404, "text/plain", b"no such tile"),
            "html": (200, "text/html", b"<html><body>Gateway: please sign in</body></html>"),
        }
        return moods.get(self.mood)

    def _tile(self, host: str, address: str) -> Answer:
        parts = urlsplit(address)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        if found := re.fullmatch(r"/(vec|cva|img|cia)_w/wmts", parts.path):
            return self._wmts(host, found[1], query)
        if parts.path == "/wms":
            return self._wms({name.upper(): value for name, value in query.items()})
        if found := re.fullmatch(r"/(xyz|tms)/(\d+)/(\d+)/(\d+)\.png", parts.path):
            z, x, y = map(int, found.groups()[1:])
            row = y if found[1] == "xyz" else 2**z - 1 - y
            return self._png(f"{found[1]} {z}/{x}/{y}", self._box(z, x, row), GROUND)
        raise Refused(404, parts.path)

    def _wmts(self, host: str, layer: str, query: dict[str, str]) -> Answer:
        if not re.fullmatch(r"t[0-7]\.tianditu\.gov\.cn(:\d+)?", host):
            raise Refused(400, f"no such host {host}")
        if query.pop("tk", "") != TK:
            raise Refused(403, "a tk is needed")
        z, y, x = (_whole(query.pop(f"TILE{name}", "")) for name in ("MATRIX", "ROW", "COL"))
        fixed = {"SERVICE": "WMTS", "REQUEST": "GetTile", "VERSION": "1.0.0", "LAYER": layer}
        if query != {**fixed, "STYLE": "default", "TILEMATRIXSET": "w", "FORMAT": "tiles"}:
            raise Refused(400, f"InvalidParameterValue {query}")
        return self._png(f"{layer} {z}/{x}/{y}", self._box(z, x, y), PAPER.get(layer))

    def _wms(self, query: dict[str, str]) -> Answer:
        system = "CRS" if self.wms_version == "1.3.0" else "SRS"
        wanted = {"SERVICE": "WMS", "REQUEST": "GetMap", "VERSION": self.wms_version}
        wanted |= {"FORMAT": "image/png", "STYLES": "", "WIDTH": "256", "HEIGHT": "256"}
        wanted |= {"LAYERS": "road,water", "TRANSPARENT": "true", system: "EPSG:3857"}
        box = _box(query.pop("BBOX", ""))
        for name, value in wanted.items():  # a WMS tells its refusals with status 200
            if query.pop(name, None) != value:
                raise Refused(200, f"ServiceException: {name} must be {value}")
        if query and set(query) - {"MAP"}:
            raise Refused(200, f"ServiceException: {sorted(query)} not understood")
        return self._png("wms", box, GROUND)

    def _box(self, z: int, x: int, y: int) -> Box:
        if not (1 <= z <= self.deepest and 0 <= x < 2**z and 0 <= y < 2**z):
            raise Refused(404, f"TileOutOfRange {z}/{x}/{y}")
        return box_of(z, x, y)

    def _png(self, title: str, box: Box, colour: tuple[int, int, int] | None) -> Answer:
        marks = self.landmarks if colour else ()
        return 200, "image/png", picture(title, box, marks, colour)


def _whole(text: str) -> int:
    if not text.isdecimal():
        raise Refused(400, f"not a number: {text!r}")
    return int(text)


def _box(text: str) -> Box:
    """A BBOX of EPSG:3857: easting before northing in both versions, inside the world, square."""
    try:
        west, south, east, north = map(float, text.split(","))
    except ValueError as why:
        raise Refused(200, "ServiceException: BBOX") from why
    size = east - west
    inside = max(map(abs, (west, south, east, north))) <= EDGE + 1
    if not inside or size <= 0 or abs(north - south - size) > size / SIZE:
        raise Refused(200, f"ServiceException: BBOX {text}")
    return west, south, east, north


@contextmanager
def serving(server: MapServer, certificate: Path | None = None) -> Iterator[MapServer]:
    """Serve on a free port of this machine, with TLS where a folder for a certificate is given."""

    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, form, body = server.answer(self.headers.get("Host", ""), self.path)
            server.asked.append((self.path, status))
            server.referrers.add(self.headers.get("Referer", ""))
            self.send_response(status)
            self.send_header("Content-Type", form)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *args: Any) -> None:
            """A browser that goes away before the answer is no error."""

    house = Quiet(("127.0.0.1", 0), Door)
    if certificate:
        house.socket = _sealed(certificate).wrap_socket(house.socket, server_side=True)
    server.url = f"{'https' if certificate else 'http'}://127.0.0.1:{house.server_port}"
    threading.Thread(target=house.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield server
    finally:
        server.slow.set()
        house.shutdown()
        house.server_close()


def _sealed(folder: Path) -> ssl.SSLContext:
    """A certificate that nobody trusts; the journey's browser is told not to ask."""
    key, paper = folder / "tls.key", folder / "tls.crt"
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=t0.tianditu.gov.cn"
    where = ["-keyout", str(key), "-out", str(paper)]
    subprocess.run([*command.split(), *where], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(paper, key)
    return context
