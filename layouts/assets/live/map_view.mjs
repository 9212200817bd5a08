// Where the map stands, in the address: "lon,lat,zoom". Python reads it at load and when somebody goes back (layouts/address.py).
import { setOurs, watchOurs } from "./view_url.mjs";

const DIGITS = 5; // about a metre
const SETTLED_MS = 300; // a flight is many moves

/** @param {{lng: number, lat: number}} centre @param {number} zoom @returns {string} */
export function writeView({ lng, lat }, zoom) {
  return [lng.toFixed(DIGITS), lat.toFixed(DIGITS), zoom.toFixed(2)].map(Number).join(",");
}

/** @param {string|null} text @returns {{lon: number, lat: number, zoom: number}|null} null for what is not a view */
export function readMapView(text) {
  const parts = (text ?? "").split(",");
  const [lon, lat, zoom] = parts.map(Number);
  const known = parts.length === 3 && parts.every((part) => part.trim() !== "");
  return known && Math.abs(lon) <= 180 && Math.abs(lat) <= 90 && zoom >= 0 && zoom <= 24 ? { lon, lat, zoom } : null;
}

/** The part of the page that keeps the address true. */
export class MapViewPart {
  constructor() {
    this.timer = 0;
    watchOurs("view", (text) => this.#go(readMapView(text)));
  }

  onMap(scene) {
    this.map = scene.map;
    this.map.on("moveend", () => this.#later());
  }

  #later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => setOurs("view", writeView(this.map.getCenter(), this.map.getZoom())), SETTLED_MS);
  }

  /** Back and forward: the place of that time. */
  #go(view) {
    if (view && this.map) this.map.setView([view.lat, view.lon], view.zoom, { animate: false });
  }
}
