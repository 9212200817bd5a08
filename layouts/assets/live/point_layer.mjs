// The devices on the map: one canvas, one frame request, only the dots that changed.
import { HitGrid } from "./hit.mjs";
import { LIT, NORMAL, SHAPES, STALE, Sprites, colours } from "./sprites.mjs";

const SHAPES_FROM = 14; // zoom from which a dot shows its kind by its shape
const LIT_MS = 900; // a dot that has just reported is brighter for this long
const HEAL_MS = 20_000; // a full repaint heals overdraw and shows what has become stale
const NEAR_RADIUS = 6.5;
const LEVELS = 5;

/**
 * @typedef {{scale: number, ox: number, oy: number, ratio: number, width: number, height: number}} Frame
 *   where the canvas lies: world × scale − origin = canvas px / ratio
 */

/** How far out a dot is drawn how large, CSS px. @param {number} zoom */
export const radiusAt = (zoom) => (zoom >= SHAPES_FROM ? NEAR_RADIUS : Math.max(1.6, 3.4 - 0.45 * Math.max(0, 13.5 - zoom)));

/** The page's scale: 1 at 1920 px, 2 at 3840 px. */
const pageScale = () => Math.max(0.8, parseFloat(getComputedStyle(document.documentElement).fontSize) / 16 || 1);

/**
 * Make the layer.
 * @param {any} L Leaflet
 * @param {import("./points.mjs").PointTable} table
 * @param {{pane: string, shapes: string[], nowS: () => number, calm?: boolean}} options shape name per kind
 */
export function createPointLayer(L, table, { pane, shapes, nowS, calm = false }) {
  const Layer = L.Renderer.extend(PROTOTYPE);
  const layer = new Layer({ pane, padding: 0.15 });
  const shapeOf = shapes.map((shape) => Math.max(0, SHAPES.indexOf(shape)));
  return Object.assign(layer, beginning(), { L, table, shapeOf, nowS, calm });
}

/** What a layer that has drawn nothing knows. */
const beginning = () => ({
  dirty: [], // rows to draw in the next frame
  fresh: [], // readings to report to onPainted once drawn
  lit: new Map(), // row -> performance.now() at which it goes back to normal
  full: true,
  listeners: new Set(),
  stats: { full: 0, part: 0, ms: 0 },
});

const PROTOTYPE = {
  _initContainer() {
    const canvas = (this._container = document.createElement("canvas"));
    canvas.style.pointerEvents = "none";
    this.g = canvas.getContext("2d");
    this.healing = setInterval(() => this.heal(), HEAL_MS);
  },

  _destroyContainer() {
    clearInterval(this.healing);
    cancelAnimationFrame(this.request);
    clearTimeout(this.dimming);
    this.request = this.dimming = 0;
    this._container.remove();
    delete this._container;
    delete this.g;
  },

  _updatePaths() {},

  /** Leaflet calls this when the view has come to rest: put the canvas there and paint everything. */
  _update() {
    if (this._map._animatingZoom && this._bounds) return;
    this.L.Renderer.prototype._update.call(this);
    this.frame = this._measure();
    this.sprites = null;
    this.grid = null;
    this.full = true;
    this._paint();
  },

  /** @returns {Frame} */
  _measure() {
    const size = this._bounds.getSize();
    const ratio = window.devicePixelRatio || 1;
    const canvas = this._container;
    this.L.DomUtil.setPosition(canvas, this._bounds.min);
    const [width, height] = [Math.round(size.x * ratio), Math.round(size.y * ratio)];
    if (canvas.width !== width || canvas.height !== height) {
      Object.assign(canvas, { width, height });
      Object.assign(canvas.style, { width: `${size.x}px`, height: `${size.y}px` });
    }
    const origin = this._map.getPixelOrigin().add(this._bounds.min);
    return { scale: 2 ** this._map.getZoom(), ox: origin.x, oy: origin.y, ratio, width, height };
  },

  /** Everything has changed: new points, another filter. */
  repaint() {
    this.full = true;
    this.grid = null;
    this._ask();
  },

  /** Look at all ages again and paint everything. */
  heal() {
    this.table.refreshStale(this.nowS());
    this.repaint();
  },

  /** New readings have come. @param {number[][]} rows @returns {number[]} devices that we do not know */
  readings(rows) {
    const { dirty, moved, unknown } = this.table.applyReadings(rows, this.nowS());
    if (moved) this.repaint();
    this._light(dirty);
    this._touch(dirty);
    if (this.listeners.size && !document.hidden) this.fresh.push(...rows);
    return unknown;
  },

  /** Presence or level has changed. @param {[number, number, number][]} rows */
  states(rows) {
    this._touch(this.table.applyStates(rows, this.nowS()));
  },

  /** Hear of each reading in the frame that drew it. @param {(n: number, atS: number, value: number) => void} listener */
  onPainted(listener) {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  },

  _touch(rows) {
    if (!rows.length) return;
    for (const i of rows) this.dirty.push(i);
    if (this.dirty.length > this.table.count) this._forgetDirty();
    this._ask();
  },

  /** A hidden page gets no frames: the dots that wait must not pile up for hours. */
  _forgetDirty() {
    this.dirty.length = 0;
    this.full = true;
  },

  _light(rows) {
    if (this.calm) return;
    const until = performance.now() + LIT_MS;
    for (const i of rows) {
      this.lit.delete(i); // so that the map stays in the order of `until`
      this.lit.set(i, until);
    }
    this.dimming ||= setTimeout(() => this._dim(), LIT_MS);
  },

  /** Dots whose second is over go back to normal. */
  _dim() {
    this.dimming = 0;
    const now = performance.now();
    const over = [];
    for (const [i, until] of this.lit) {
      if (until > now) break;
      this.lit.delete(i);
      over.push(i);
    }
    this._touch(over);
    if (this.lit.size) this.dimming = setTimeout(() => this._dim(), LIT_MS / 3);
  },

  _ask() {
    if (this.request || !this.g) return;
    this.request = requestAnimationFrame(() => {
      this.request = 0;
      this._paint();
    });
  },

  _paint() {
    if (!this.g || !this.frame) return;
    const began = performance.now();
    this.sprites ??= this._sprites();
    if (this.full || this.dirty.length > this.table.count / 3) this._paintAll();
    else this._paintDirty();
    this.full = false;
    this.dirty.length = 0;
    this.stats.ms = performance.now() - began;
    this._tell();
  },

  _sprites() {
    const zoom = this._map.getZoom();
    const radius = radiusAt(zoom) * pageScale();
    this.near = zoom >= SHAPES_FROM;
    return new Sprites({ radius, ratio: this.frame.ratio, palette: colours(), outlined: this.near });
  },

  /** Worse levels are drawn later, on top. */
  _paintAll() {
    const { table, frame } = this;
    this.g.clearRect(0, 0, frame.width, frame.height);
    for (let level = 0; level < LEVELS; level++)
      for (let i = 0; i < table.count; i++) if (table.level[i] === level) this._put(i);
    this.stats.full += 1;
  },

  _paintDirty() {
    for (const i of this.dirty) this._put(i);
    this.stats.part += 1;
  },

  _put(i) {
    const { table, frame, sprites } = this;
    if (!table.shown[i]) return;
    const half = sprites.size / 2;
    const x = (table.x[i] * frame.scale - frame.ox) * frame.ratio;
    const y = (table.y[i] * frame.scale - frame.oy) * frame.ratio;
    if (x < -half || y < -half || x > frame.width + half || y > frame.height + half) return;
    const state = table.stale[i] ? STALE : this.lit.has(i) ? LIT : NORMAL;
    const shape = this.near ? this.shapeOf[table.kind[i]] ?? 0 : 0;
    this.g.drawImage(sprites.get(table.level[i], state, shape), Math.round(x - half), Math.round(y - half));
  },

  _tell() {
    if (!this.fresh.length) return;
    const drawn = this.fresh;
    this.fresh = [];
    for (const listener of this.listeners) for (const [n, at, value] of drawn) listener(n, at, value);
  },

  /**
   * Devices near a place on the map's container, nearest first. Far out a dot without an alert is texture, not a
   * target: there a click means the area under it.
   * @param {{x: number, y: number}} at container px @param {number} radius
   * @returns {{n: number, distance: number}[]}
   */
  hits(at, radius) {
    if (!this.frame) return [];
    this.grid ??= this._hitGrid();
    const place = this._map.containerPointToLayerPoint([at.x, at.y]).subtract(this._bounds.min);
    return this.grid.near(place.x, place.y, radius)
      .filter(({ i }) => this.near || this.table.level[i] > 0)
      .map(({ i, distance }) => ({ n: this.table.n[i], distance }));
  },

  _hitGrid() {
    const { table, frame } = this;
    return new HitGrid(table.count, (i) => (table.shown[i]
      ? [table.x[i] * frame.scale - frame.ox, table.y[i] * frame.scale - frame.oy] : null));
  },
};
