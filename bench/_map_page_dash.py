"""The peers dl.GeoJSON, with `data` replaced and with `cluster=True`, written with good will.

The browser keeps the features; a push of a hundred changes reaches it as an event with those rows
alone, is written into them, and `set_props` replaces `data` by a clientside call: no server makes
or sends the whole collection again. Pushes that come while it draws are merged into its next one.
Circle markers on Leaflet's own canvas, no tiles, no sign-in, no store.
"""

from __future__ import annotations

import argparse
import queue
from typing import Any

import dash_leaflet as dl
import orjson
from dash import Dash, html
from flask import Response, request

PAGE = """<!DOCTYPE html>
<html><head>{%metas%}<title>usual</title>{%favicon%}{%css%}
<style>html, body, #react-entry-point, #_dash-app-content, #map {height: 100%; margin: 0}</style>
<script>
const COLOURS = ["#2f9fb0", "#4da3ff", "#ffd24a", "#ff8a3d", "#ff5a5f"];
const usual = (window.usual = {
  features: [], drawn: () => {}, waiting: false, dirty: false,
  dot: (feature, latlng) => L.circleMarker(latlng, {
    radius: 3, weight: 0, fillOpacity: 0.9, fillColor: COLOURS[feature.properties.level],
  }),
  take: (rows) => {
    for (const [i, lon, lat, value, level] of rows) usual.features[i] = {
      type: "Feature", geometry: { type: "Point", coordinates: [lon, lat] },
      properties: { i, value, level },
    };
    usual.dirty = true;
    if (!usual.waiting) usual.draw();
  },
  draw: () => {
    usual.waiting = true;
    usual.dirty = false;
    const data = { type: "FeatureCollection", features: usual.features };
    window.dash_clientside.set_props("dots", { data });
    requestAnimationFrame(() => setTimeout(() => {
      usual.waiting = false;
      usual.drawn();
      if (usual.dirty) usual.draw();
    }));
  },
  start: async () => {
    usual.take(await (await fetch("/points")).json());
    new EventSource("/changes").onmessage = (event) => usual.take(JSON.parse(event.data));
  },
});
const begin = () => {
  const there = window.dash_clientside?.set_props && document.querySelector("#map .leaflet-pane");
  return there ? usual.start() : setTimeout(begin, 20);
};
begin();
</script></head>
<body>{%app_entry%}<footer>{%config%}{%scripts%}{%renderer%}</footer></body></html>"""


class Town:
    """The devices as rows [i, lon, lat, value, level], and who listens to their changes."""

    def __init__(self) -> None:
        self.rows: list[list[Any]] = []
        self.listeners: list[queue.SimpleQueue[bytes]] = []

    def replace(self, rows: list[list[Any]]) -> None:
        """All devices anew."""
        self.rows = rows

    def change(self, rows: list[list[Any]]) -> None:
        """Some are different now."""
        for row in rows:
            self.rows[row[0]] = row
        event = b"data: " + orjson.dumps(rows) + b"\n\n"
        for listener in self.listeners:
            listener.put(event)

    def hear(self) -> Any:
        """Every change from now on, as events."""
        mine: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self.listeners.append(mine)
        try:
            while True:
                yield mine.get()
        finally:
            self.listeners.remove(mine)


def build(town: Town, bounds: list[list[float]], cluster: bool) -> Dash:
    """The page and its three addresses."""
    page = Dash("usual", index_string=PAGE, compress=True, update_title=None)
    dots = dl.GeoJSON(id="dots", data=None, cluster=cluster, pointToLayer={"variable": "usual.dot"})
    page.layout = html.Div(
        dl.MapContainer(dots, id="map", preferCanvas=True, bounds=bounds),
        style={"height": "100%"},
    )
    server = page.server

    @server.get("/points")
    def points() -> Response:
        return Response(orjson.dumps(town.rows), mimetype="application/json")

    @server.get("/changes")
    def changes() -> Response:
        return Response(town.hear(), mimetype="text/event-stream")

    @server.post("/feed")
    def feed() -> str:
        rows = orjson.loads(request.data)
        (town.replace if request.args.get("all") else town.change)(rows)
        return ""

    return page


def main() -> None:
    """Serve on a port: --bounds south west north east."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--bounds", type=float, nargs=4, required=True)
    parser.add_argument("--cluster", action="store_true")
    args = parser.parse_args()
    south, west, north, east = args.bounds
    page = build(Town(), [[south, west], [north, east]], args.cluster)
    page.run(host="127.0.0.1", port=args.port, debug=False, threaded=True)


if __name__ == "__main__":
    main()
