// The labels on the map: names and figures of areas, and near by what devices measure and what marks are called.
import { around, beside, insideRings, placeLabels } from "./labels.mjs";
import { isOn, watchLayers } from "./layers.mjs";
import { panelsOn } from "./open_room.mjs";
import { lonLatOf, worldOf } from "./points.mjs";
import { throttle } from "./throttle.mjs";

const PANE_Z = 655; // over cases and workers, under alerts
const VALUES_FROM = 16.5; // zoom from which a device shows its value
const MOST_VALUES = 250;
const REPLACE_MS = 1_000; // values change ten times a second: labels follow calmly
const WIDEST = 1.15; // times its area that a label may be wide
const MEASURES = ".drawn-size span"; // how large what is drawn is
const PANELS = ".layers, .card-slot, .things > *, .card.inside"; // what changes its size on the map
const PRIORITY = { area: 1000, mark: 500, value: 100 };

/** @typedef {{id: string, lon: number, lat: number, text: string, priority?: number, r?: number}} Offer  r: half of the mark, px */

/** @type {Set<(scene: any) => Offer[]>} */
const offers = new Set();

/** Let a layer have labels for its marks; it is asked when the map has come to rest. @param {(scene: any) => Offer[]} offer */
export function offerLabels(offer) {
  offers.add(offer);
}

/** The places of all labels; a part of the map's page. */
export class LabelLayer {
  /** @param {import("./page.mjs").Page} page */
  constructor(page) {
    this.page = page;
    this.shown = new Map(); // id -> element of a label that is not an area's
    this.place = throttle(() => requestAnimationFrame(() => this.#place()), 60);
    this.later = throttle(() => this.#place(), REPLACE_MS);
    for (const name of ["chengyun:labels", "chengyun:panels"]) document.addEventListener(name, () => this.place());
    watchLayers(() => this.place());
  }

  /** @param {import("./scene.mjs").Scene} scene */
  onMap(scene) {
    this.map = scene.map;
    this.shown.clear();
    this.pane = this.map.getPane("names") ?? this.map.createPane("names");
    Object.assign(this.pane.style, { zIndex: String(PANE_Z), pointerEvents: "none" });
    this.map.on("zoomend moveend resize", () => this.place());
    this.pen = document.createElement("canvas").getContext("2d");
    this.sizes?.disconnect(); // of the map before this one
    this.sizes = new window.ResizeObserver(() => this.place());
    for (const panel of document.querySelectorAll(PANELS)) this.sizes.observe(panel);
    this.place();
  }

  look() {
    this.place();
  }

  show() {
    if (this.map) this.later();
  }

  #place() {
    if (!this.map?._loaded) return;
    const { x: width, y: height } = this.map.getSize();
    const areas = this.#areas();
    const others = this.#offers();
    const placed = placeLabels([...areas.map((one) => one.label), ...others], [...this.#panels(), ...this.#alerts()], { width, height });
    for (const { label, element } of areas) showArea(element, label, placed.get(label.id));
    this.#showOthers(others, placed);
  }

  /** Labels that Leaflet keeps as tooltips (boot.js). */
  #areas() {
    const found = [...(window.chengyun.areaLabels ?? new Map())];
    return found.map(([code, { layer }]) => this.#area(code, layer)).filter(Boolean);
  }

  #area(code, layer) {
    const tip = layer.getTooltip?.();
    const element = layer._map === this.map && tip?.getElement?.();
    if (!element || !tip.getLatLng()) return null;
    const { x, y } = this.map.latLngToContainerPoint(tip.getLatLng());
    const [w, h] = [element.offsetWidth, element.offsetHeight];
    const bounds = layer.getBounds();
    const wide = this.map.latLngToContainerPoint(bounds.getNorthEast()).x - this.map.latLngToContainerPoint(bounds.getSouthWest()).x;
    if (w > wide * WIDEST) {
      element.style.visibility = "hidden";
      return null;
    }
    const rings = ringsOf(layer.getLatLngs()).map((ring) => ring.map((at) => this.#at(at)));
    const fits = (px, py) => (px === x && py === y) || insideRings(rings, px, py);
    return { element, label: { id: `area ${code}`, x, y, w, h, shifts: around(w, h), fits, priority: PRIORITY.area + Math.min(99, wide / 20) } };
  }

  #at(latLng) {
    const { x, y } = this.map.latLngToContainerPoint(latLng);
    return /** @type {[number, number]} */ ([x, y]);
  }

  #panels() {
    return [...panelsOn(this.map), ...panelsOn(this.map, MEASURES)].map(({ left, top, right, bottom }) => ({ x: (left + right) / 2, y: (top + bottom) / 2, w: right - left, h: bottom - top }));
  }

  #alerts() {
    const marks = [...(this.page.scene?.alerts?.kept?.values() ?? [])];
    return marks.map(({ mark, marker }) => ({ ...this.map.latLngToContainerPoint(marker.getLatLng()), w: mark.size, h: mark.size }));
  }

  #offers() {
    const unit = parseFloat(getComputedStyle(document.documentElement).fontSize);
    this.pen.font = `500 ${unit * 0.8125}px sans-serif`;
    const all = [...[...offers].flatMap((offer) => offer(this.page.scene)), ...this.#values()];
    return all.map((one) => {
      const { x, y } = this.map.latLngToContainerPoint([one.lat, one.lon]);
      const [w, h] = [this.pen.measureText(one.text).width + 0.35 * unit, unit * 1.05];
      const shifts = beside(w, h, one.r ?? unit * 0.5);
      return { ...one, x: x + shifts[0][0], y, w, h, priority: one.priority ?? PRIORITY.mark, shifts: shifts.slice(1).map(([dx, dy]) => [dx - shifts[0][0], dy]) };
    });
  }

  /** What the devices of the view measure, the worst first. @returns {Offer[]} */
  #values() {
    const table = this.page.scene?.points;
    if (!table || this.map.getZoom() < VALUES_FROM || !isOn("devices")) return [];
    const found = near(table, this.map.getBounds());
    return found.sort((a, b) => table.level[b] - table.level[a]).slice(0, MOST_VALUES).map((i) => {
      const [lon, lat] = lonLatOf(table.x[i], table.y[i]);
      return { id: `device ${table.n[i]}`, lon, lat, text: valueText(table.value[i], this.page.config.kinds[table.kind[i]]),
        priority: PRIORITY.value + table.level[i] };
    });
  }

  #showOthers(labels, placed) {
    const wanted = new Set();
    for (const label of labels) {
      const box = placed.get(label.id);
      if (!box) continue;
      wanted.add(label.id);
      const element = this.shown.get(label.id) ?? this.#made(label.id);
      if (element.textContent !== label.text) element.textContent = label.text;
      window.L.DomUtil.setPosition(element, this.map.containerPointToLayerPoint([box.x - box.w / 2, box.y - box.h / 2]));
    }
    for (const [id, element] of this.shown)
      if (!wanted.has(id)) {
        element.remove();
        this.shown.delete(id);
      }
  }

  #made(id) {
    const element = document.createElement("span");
    element.className = "mark-label live-number leaflet-zoom-hide";
    element.setAttribute("aria-hidden", "true"); // the cards and lists say it
    this.pane.append(element);
    this.shown.set(id, element);
    return element;
  }
}

/** Put an area's label aside, or away where there is no room. */
function showArea(element, label, box) {
  element.style.visibility = box ? "" : "hidden";
  if (box) element.style.translate = `${Math.round(box.x - label.x)}px ${Math.round(box.y - label.y)}px`;
}

/** The rings of a polygon or of several. @param {any[]} latLngs @returns {any[][]} */
function ringsOf(latLngs) {
  return Array.isArray(latLngs[0]) ? latLngs.flatMap(ringsOf) : [latLngs];
}

/** Rows of the shown devices that have a value and stand in the view. @param {import("./points.mjs").PointTable} table @returns {number[]} */
export function near(table, bounds) {
  const [west, north] = worldOf(bounds.getWest(), bounds.getNorth());
  const [east, south] = worldOf(bounds.getEast(), bounds.getSouth());
  const found = [];
  for (let i = 0; i < table.count; i++) {
    if (!table.shown[i] || table.stale[i] || Number.isNaN(table.value[i])) continue;
    if (table.x[i] >= west && table.x[i] <= east && table.y[i] >= north && table.y[i] <= south) found.push(i);
  }
  return found;
}

/** @param {number} value @param {import("./config.mjs").KindRow|undefined} kind @returns {string} */
export function valueText(value, kind) {
  const text = value.toFixed(kind?.digits ?? 1);
  return kind?.unit ? `${text} ${kind.unit}` : text;
}
