"""The peers of bench.map as servers that take the feed: two Dash pages and Node-RED's worldmap."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Protocol

import orjson
import requests

from app.store import embedded
from bench import _node_red
from bench._map_feed import Change, Field, Spot
from bench._stack import ROOT, until
from geodata.area import Area

WORLDMAP = "node-red-contrib-web-worldmap"
COLOURS = ("#2f9fb0", "#4da3ff", "#ffd24a", "#ff8a3d", "#ff5a5f")
EMPTY_TILE = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=="
JSON = {"Content-Type": "application/json"}
GEOJSON_HOOKS = """
window.addEventListener("DOMContentLoaded", () => {
  const { dot } = usual;
  let made = 0;
  usual.dot = (...given) => { made += 1; return dot(...given); };
  usual.drawn = () => {
    meter.updates += 1;
    const seen = CLUSTER ? document.querySelector(".leaflet-marker-icon") : made >= DEVICES;
    if (seen) meter.first();
  };
  if (!CLUSTER) return;
  const there = () => document.querySelector(".leaflet-marker-icon");
  const look = () => (there() ? meter.first() : setTimeout(look, 20));
  look();
});
"""
WORLDMAP_HOOKS = """
window.addEventListener("DOMContentLoaded", () => {
  const handle = window.handleData;
  window.handleData = (rows) => {
    handle(rows);
    if (!Array.isArray(rows) || !rows.length) return;
    meter.updates += 1;
    if (Object.keys(window.markers).length >= DEVICES) meter.first();
  };
});
"""


class Peer(Protocol):
    """One that is measured beside us."""

    name: str
    hooks: str
    url: str

    def start(self, field: Field) -> None:
        """Serve the devices of the field as they are now."""

    def send(self, changes: list[Change]) -> None:
        """Tell the open page."""

    def stop(self) -> None:
        """End its processes."""


class _Served:
    """A process of its own that takes rows by POST /feed."""

    process: subprocess.Popen[bytes] | None = None

    def __init__(self, folder: Path, district: Area) -> None:
        self.folder, self.district = folder, district
        self.http = requests.Session()
        self.root = ""

    def _spawn(self, command: list[str], port: int, name: str) -> None:
        self.root = f"http://127.0.0.1:{port}"
        with (self.folder / f"{name}.log").open("ab") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
        until(self._answers, 60, f"{name} answers; see {self.folder}/{name}.log")

    def _answers(self) -> bool:
        try:
            return requests.get(self.root, timeout=2).status_code < 500
        except requests.RequestException:
            return False

    def _post(self, rows: list[Any], query: str = "") -> None:
        answer = self.http.post(
            f"{self.root}/feed{query}", orjson.dumps(rows), headers=JSON, timeout=30
        )
        answer.raise_for_status()

    def stop(self) -> None:
        """End it."""
        if self.process:
            self.process.kill()
            self.process.wait()


class GeoJson(_Served):
    """dl.GeoJSON, its data replaced at each update."""

    def __init__(self, folder: Path, district: Area, cluster: bool) -> None:
        super().__init__(folder, district)
        self.cluster = cluster
        self.name = "dl-geojson-cluster" if cluster else "dl-geojson"
        self.hooks = GEOJSON_HOOKS.replace("CLUSTER", "true" if cluster else "false")
        self.url = ""

    def start(self, field: Field) -> None:
        """The page with the whole district in view."""
        port = embedded.free_port()
        west, south, east, north = map(str, self.district.polygon.bounds)
        command = [sys.executable, "-m", "bench._map_page_dash", f"--port={port}"]
        command += ["--bounds", south, west, north, east]
        self._spawn([*command, *(["--cluster"] if self.cluster else [])], port, self.name)
        self.url = f"{self.root}/"
        self._post([list(spot) for spot in field.now()], "?all=1")

    def send(self, changes: list[Change]) -> None:
        """The rows that changed."""
        self._post([list(change.spot) for change in changes])


class WorldMap(_Served):
    """Node-RED's worldmap, clustering on, no menu; a small flow keeps the devices for newcomers."""

    name, hooks, url = "worldmap", WORLDMAP_HOOKS, ""

    def __init__(self, folder: Path, district: Area) -> None:
        """Install it; RuntimeError with npm's words when that fails."""
        super().__init__(folder, district)
        self.home = folder / "node-red"
        self._node = _node_red.install(self.home, WORLDMAP)
        self.version = _node_red.version(self.home, WORLDMAP)

    def start(self, field: Field) -> None:
        """Node-RED without its editor, the flow, and all devices."""
        port = embedded.free_port()
        words = {"console": {"level": "warn", "metrics": False, "audit": False}}
        settings = {"httpAdminRoot": False, "uiHost": "127.0.0.1", "uiPort": port}
        settings |= {"logging": words, "apiMaxLength": "50mb"}
        (self.home / "settings.js").write_text(f"module.exports = {json.dumps(settings)}", "utf-8")
        flows = self.home / "flows.json"
        flows.write_text(json.dumps(self._flows()), "utf-8")
        red = str(self.home / "node_modules/node-red/red.js")
        self._spawn([self._node, red, "--userDir", str(self.home), str(flows)], port, self.name)
        self.url = f"{self.root}/worldmap/"
        until(lambda: requests.get(self.url, timeout=5).ok, 30, "worldmap serves its page")
        self._post([_marker(spot) for spot in field.now()])

    def _flows(self) -> list[dict[str, object]]:
        """POST /feed → keep and show; a browser that comes gets all that is kept."""
        keep = (
            "const all = flow.get('all') || {};\n"
            "for (const one of msg.payload) all[one.name] = one;\n"
            "flow.set('all', all);\n"
            "return [{payload: msg.payload}, {...msg, payload: ''}];"
        )
        greet = (
            "if (msg.payload.action !== 'connected') return null;\n"
            "return {payload: Object.values(flow.get('all') || {}), _sessionid: msg._sessionid};"
        )
        west, south, east, north = self.district.polygon.bounds
        where = {"lat": str((south + north) / 2), "lon": str((west + east) / 2), "zoom": "11"}
        plain = {"layer": "Custom", "mapname": "plain", "mapurl": EMPTY_TILE, "maplist": ""}
        plain |= {"mapopt": '{"maxZoom": 20}', "overlist": "", "path": "/worldmap"}
        quiet = {"usermenu": "hide", "layers": "hide", "maxage": "100000", "cluster": "19"}
        return [
            {"id": "t", "type": "tab", "label": "map"},
            {**_node("in", "http in", "k"), "url": "/feed", "method": "post"},
            {**_node("k", "function", "w", "a"), "func": keep, "outputs": 2},
            {**_node("a", "http response"), "statusCode": "200", "headers": {}},
            {**_node("i", "worldmap in", "g"), "path": "/worldmap", "events": "connect"},
            {**_node("g", "function", "w"), "func": greet, "outputs": 1},
            {**_node("w", "worldmap"), **where, **plain, **quiet},
        ]

    def send(self, changes: list[Change]) -> None:
        """The markers that changed."""
        self._post([_marker(change.spot) for change in changes])


def _node(name: str, kind: str, *wires: str) -> dict[str, object]:
    return {"id": name, "type": kind, "z": "t", "wires": [[wire] for wire in wires]}


def _marker(spot: Spot) -> dict[str, Any]:
    look = {"icon": "unknown", "iconColor": COLOURS[spot.level], "layer": "devices"}
    return {
        "name": f"M-{spot.i:05d}",
        "lat": spot.lat,
        "lon": spot.lon,
        "value": spot.value,
        **look,
    }
