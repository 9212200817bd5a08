// Lines of longitude and latitude, where there is no base map: scale and north without a network.

const STEPS = [10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001];
const LINES = 5; // as many as fit in a view, about

/** The distance of the lines for a view so many degrees wide. @param {number} span @returns {number} degrees */
export const stepOf = (span) => STEPS.find((step) => span / step >= LINES) ?? STEPS.at(-1);

/** The multiples of a step from west to east. @returns {number[]} */
export function linesOf(from, to, step) {
  const found = [];
  for (let n = Math.ceil(from / step); n * step <= to; n++) found.push(Number((n * step).toFixed(6)));
  return found;
}

/** A degree as it stands at the edge of a map. @param {number} value @param {"EW"|"NS"} sides @param {number} step */
export function degreeText(value, sides, step) {
  const digits = Math.max(0, Math.ceil(-Math.log10(step)));
  return `${Math.abs(value).toFixed(digits)}°${value < 0 ? sides[1] : sides[0]}`;
}

/** The lines of one map. */
export class Graticule {
  constructor(L, map) {
    Object.assign(this, { L, map, on: false });
    const pane = map.getPane("graticule") ?? map.createPane("graticule");
    Object.assign(pane.style, { zIndex: "250", pointerEvents: "none" });
    this.group = L.layerGroup();
    map.on("moveend", () => this.#draw());
  }

  /** @param {boolean} on */
  show(on) {
    this.on = on;
    if (on) this.group.addTo(this.map);
    else this.group.remove();
    this.#draw();
  }

  #draw() {
    this.group.clearLayers();
    if (!this.on) return;
    const bounds = this.map.getBounds().pad(0.1);
    const [west, east, south, north] = [bounds.getWest(), bounds.getEast(), bounds.getSouth(), bounds.getNorth()];
    const step = stepOf(Math.min(east - west, 360));
    const seen = this.map.getBounds();
    for (const lon of linesOf(west, east, step)) this.#line([[south, lon], [north, lon]], degreeText(lon, "EW", step), [seen.getSouth(), lon], "south");
    for (const lat of linesOf(south, north, step)) this.#line([[lat, west], [lat, east]], degreeText(lat, "NS", step), [lat, seen.getEast()], "east");
  }

  #line(path, text, at, side) {
    const { L } = this;
    L.polyline(path, { pane: "graticule", className: "graticule", weight: 1, interactive: false }).addTo(this.group);
    const icon = L.divIcon({ className: `graticule-text ${side}`, html: text, iconSize: null });
    L.marker(at, { pane: "graticule", icon, interactive: false, keyboard: false }).addTo(this.group);
  }
}
