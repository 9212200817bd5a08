"""The peer: a live map as most Dash pages do it, written with good will.

A paho callback keeps the newest reading of each device in a dict; a dcc.Interval of one second asks
for it; a callback answers with a GeoJSON of every device, and dl.GeoJSON draws it. Circle markers
on Leaflet's own canvas, no tiles, no clustering, orjson, threads: the fastest form of the usual.
It has no rules, no store, no sign-in and no history, which is to its advantage here.
"""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
from typing import Any

import dash_leaflet as dl
import paho.mqtt.client as paho
from dash import Dash, Input, Output, dcc, html
from paho.mqtt.enums import CallbackAPIVersion

INTERVAL_MS = 1000
PAGE = """<!DOCTYPE html>
<html><head>{%metas%}<title>usual</title>{%favicon%}{%css%}
<style>html, body, #react-entry-point, #_dash-app-content, #map {height: 100%; margin: 0}</style>
<script>
window.usual = {
  heard: () => {},
  dot: (feature, latlng) => {
    const { code, value } = feature.properties;
    if (code.startsWith("PX")) window.usual.heard(value);
    return L.circleMarker(latlng, { radius: 3, weight: 0, fillOpacity: 0.9, fillColor: "#39f" });
  },
};
</script></head>
<body>{%app_entry%}<footer>{%config%}{%scripts%}{%renderer%}</footer></body></html>"""


class Newest:
    """The newest value of each device, as the broker says it."""

    def __init__(self, devices: list[list[Any]]) -> None:
        self.places = {code: (lon, lat) for code, _, lon, lat in devices}
        self.values: dict[str, float] = {}
        self.client = client = paho.Client(CallbackAPIVersion.VERSION2)
        client.username_pw_set(
            os.environ["CHENGYUN_MQTT_USER"], os.environ["CHENGYUN_MQTT_PASSWORD"]
        )
        client.on_connect = lambda c, *_: c.subscribe("city/+/+/+/telemetry", qos=1)
        client.on_message = self._on_message
        client.connect(os.environ["CHENGYUN_MQTT_HOST"], int(os.environ["CHENGYUN_MQTT_PORT"]))
        client.loop_start()

    def _on_message(self, _: Any, __: Any, message: paho.MQTTMessage) -> None:
        said = json.loads(message.payload)
        self.values[message.topic.split("/")[3]] = next(iter(said["metrics"].values()))

    def geojson(self) -> dict[str, Any]:
        """Every device as a feature with its code and newest value."""
        return {
            "type": "FeatureCollection",
            "features": [
                {
                    "type": "Feature",
                    "geometry": {"type": "Point", "coordinates": place},
                    "properties": {"code": code, "value": self.values.get(code)},
                }
                for code, place in self.places.items()
            ],
        }


def build(newest: Newest) -> Dash:
    """The page."""
    page = Dash("usual", index_string=PAGE)
    lons, lats = zip(*newest.places.values(), strict=True)
    dots = dl.GeoJSON(id="dots", data=newest.geojson(), pointToLayer={"variable": "usual.dot"})
    page.layout = html.Div(
        [
            dl.MapContainer(
                dots,
                id="map",
                preferCanvas=True,
                bounds=[[min(lats), min(lons)], [max(lats), max(lons)]],
            ),
            dcc.Interval(id="tick", interval=INTERVAL_MS),
        ],
        style={"height": "100%"},
    )

    @page.callback(Output("dots", "data"), Input("tick", "n_intervals"))
    def refresh(_: int | None) -> dict[str, Any]:
        return newest.geojson()

    return page


def main() -> None:
    """Serve on a port, with the devices of a file: [[code, kind, lon, lat], …]."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--devices", type=Path, required=True)
    args = parser.parse_args()
    newest = Newest(json.loads(args.devices.read_text("utf-8")))
    build(newest).run(host="127.0.0.1", port=args.port, debug=False, threaded=True)


if __name__ == "__main__":
    main()
