// The heat map: where open cases, alerts and alerting devices are dense. Drawn anew when the view rests or the data change.
import { CANVAS, NOWHERE, PADDING, pageScale } from "./canvas.mjs";
import { CELL, heatOf, paint, palette, weightOf } from "./heat.mjs";
import { isOn, watchLayers } from "./layers.mjs";
import { inside } from "./marks.mjs";
import { worldOf } from "./points.mjs";
import { throttle } from "./throttle.mjs";

const PANE_Z = 440; // over the areas, under the dots
const AGAIN_MS = 2_000; // facts and readings come all the time

/** @typedef {{lon: number, lat: number, weight: number}} Source */

const placed = (one) => Number.isFinite(one.lon) && Number.isFinite(one.lat);
const ofView = (view) => (one) => placed(one) && inside(one.area, view.area) && (view.tab === "all" || one.domain === view.tab);

/**
 * What is hot: by the layers that are on.
 * @param {{snapshot: any, view: import("./config.mjs").View, devices: Source[]}} now @param {(name: string) => boolean} on
 * @returns {Source[]}
 */
export function sourcesOf({ snapshot, view, devices }, on) {
  const found = [];
  if (on("heat:cases")) for (const one of snapshot.cases.filter(ofView(view))) found.push({ lon: one.lon, lat: one.lat, weight: one.overdue ? 2 : 1 });
  if (on("heat:alerts")) for (const one of snapshot.alerts.filter(ofView(view))) found.push({ lon: one.lon, lat: one.lat, weight: weightOf(one.level) });
  if (on("heat:devices")) found.push(...devices);
  return found;
}

/** Devices with an alert: points near, clusters by their counts far out. @param {any} scene @returns {Source[]} */
export function hotDevices(scene) {
  const found = [];
  const { points, clusters } = scene;
  for (let i = 0; i < points.count; i++)
    if (points.shown[i] && points.level[i]) found.push({ x: points.x[i], y: points.y[i], weight: weightOf(points.level[i]) });
  for (const { lon, lat, counts } of clusters?.table.cells.values() ?? []) {
    const weight = counts.reduce((sum, n, level) => sum + n * weightOf(level), 0);
    if (weight) found.push({ lon, lat, weight });
  }
  return found;
}

const PROTOTYPE = {
  _placed() {
    this._paint();
  },

  /** Nothing hot, no canvas: with each frame of the page every canvas is copied, empty or not. */
  _extent() {
    return this.sources.length ? null : NOWHERE;
  },

  /** @param {Source[]} sources */
  load(sources) {
    if (!sources.length && !this.sources.length) return;
    this.sources = sources;
    this._ask();
  },

  _paint() {
    if (!this.g || !this.frame) return;
    this._refit();
    const { g, frame, sources } = this;
    g.clearRect(0, 0, frame.width, frame.height);
    if (!sources.length) return;
    const began = performance.now();
    const size = { width: frame.width / frame.ratio, height: frame.height / frame.ratio, scale: pageScale() };
    const field = heatOf(sources.map((one) => this._spot(one)), size);
    const picture = new ImageData(field.columns, field.rows);
    paint(field, (this.colours ??= palette()), picture.data);
    this.small ??= document.createElement("canvas");
    Object.assign(this.small, { width: field.columns, height: field.rows });
    this.small.getContext("2d").putImageData(picture, 0, 0);
    g.imageSmoothingQuality = "high";
    g.drawImage(this.small, 0, 0, field.columns * CELL * frame.ratio, field.rows * CELL * frame.ratio);
    this.ms = performance.now() - began;
  },

  _spot({ lon, lat, x, y, weight }) {
    const [wx, wy] = x === undefined ? worldOf(lon, lat) : [x, y];
    return { x: wx * this.frame.scale - this.frame.ox, y: wy * this.frame.scale - this.frame.oy, weight };
  },
};

/** The heat map; a part of the map's page. */
export class HeatLayer {
  /** @param {import("./page.mjs").Page} page */
  constructor(page) {
    this.page = page;
    this.later = throttle(() => this.#draw(), AGAIN_MS);
    watchLayers(() => this.#draw());
  }

  /** @param {import("./scene.mjs").Scene} scene */
  onMap(scene) {
    const { map } = scene;
    const pane = map.getPane("heat") ?? map.createPane("heat");
    Object.assign(pane.style, { zIndex: String(PANE_Z), pointerEvents: "none" });
    const Layer = window.L.Renderer.extend({ ...CANVAS, ...PROTOTYPE });
    this.layer = Object.assign(new Layer({ pane: "heat", padding: PADDING }), { L: window.L, sources: [] }).addTo(map);
    map.on("moveend", () => isOn("heat:devices") && this.later());
    this.#draw();
  }

  look() {
    this.#draw();
  }

  show() {
    if (isOn("heat")) this.later();
  }

  #draw() {
    const { scene, live, view } = this.page;
    if (!this.layer || !scene) return;
    if (!isOn("heat")) return void this.layer.load([]);
    const snapshot = scene.snapshot ?? live.snapshot; // while the map shows another time, the heat is of then
    this.layer.load(sourcesOf({ snapshot, view, devices: isOn("heat:devices") ? hotDevices(scene) : [] }, isOn));
  }
}
