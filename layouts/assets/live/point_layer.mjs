// The devices on the map: one canvas, one frame request, only the dots that changed.
import { CANVAS, PADDING, pageScale } from "./canvas.mjs";
import { HitGrid } from "./hit.mjs";
import { LIT, NORMAL, SHAPES, STALE, Sprites, colours } from "./sprites.mjs";
import { Sheet, press } from "./stamps.mjs";

const SHAPES_FROM = 14; // zoom from which a dot shows its kind by its shape
const LIT_MS = 900; // a dot that has just reported is brighter for this long
const WAIT_MS = 150; // a dot that only grows dim waits for the next readings: each frame copies the canvas
const HEAL_MS = 20_000; // a full repaint heals overdraw and shows what has become stale
const NEAR_RADIUS = 6.5;
const LEVELS = 5;
const MANY = 3_000; // dots from which a full repaint is written as pixels

/** How far out a dot is drawn how large, CSS px. @param {number} zoom */
export const radiusAt = (zoom) => (zoom >= SHAPES_FROM ? NEAR_RADIUS : Math.max(1.6, 3.4 - 0.45 * Math.max(0, 13.5 - zoom)));

/**
 * Make the layer.
 * @param {any} L Leaflet
 * @param {import("./points.mjs").PointTable} table
 * @param {{pane: string, shapes: string[], nowS: () => number, calm?: boolean}} options shape name per kind
 */
export function createPointLayer(L, table, { pane, shapes, nowS, calm = false }) {
  const Layer = L.Renderer.extend({ ...CANVAS, ...PROTOTYPE, ...PAINTING });
  const layer = new Layer({ pane, padding: PADDING });
  const shapeOf = shapes.map((shape) => Math.max(0, SHAPES.indexOf(shape)));
  return Object.assign(layer, beginning(), { L, table, shapeOf, nowS, calm });
}

/** What a layer that has drawn nothing knows. */
const beginning = () => ({
  dirty: [], // rows to draw in the next frame
  moved: new Set(), // rows to wipe away where they are drawn
  fresh: [], // readings to report to onPainted once drawn
  lit: new Map(), // row -> performance.now() at which it goes back to normal
  full: true,
  listeners: new Set(),
  sheet: new Sheet(),
  stats: { full: 0, part: 0, ms: 0, fullMs: 0 },
});

const PROTOTYPE = {
  _begin() {
    this.healing = setInterval(() => this.heal(), HEAL_MS);
  },

  _end() {
    clearInterval(this.healing);
    clearTimeout(this.dimming);
    clearTimeout(this.waiting);
    this.dimming = this.waiting = 0;
  },

  _placed() {
    this.sprites = null;
    this.full = true;
    this._paint();
  },

  /** Everything has changed: new points, another filter. */
  repaint() {
    this.full = true;
    this._ask();
  },

  /** Other points stand in the table: rows of before mean nothing now. */
  anew() {
    this.dirty.length = 0;
    this.moved.clear();
    this.lit.clear();
    this.table.refreshStale(this.nowS());
    this._refit();
    this.full = true;
    this._paint(); // at once: clusters and points change in the same frame
  },

  _extent() {
    return this.table.extent();
  },

  /** Look at all ages again and paint everything. */
  heal() {
    if (!this.table.count) return;
    this.table.refreshStale(this.nowS());
    this.repaint();
  },

  /** New readings have come. @param {number[][]} rows */
  readings(rows) {
    const { dirty, moved } = this.table.applyReadings(rows, this.nowS());
    for (const i of moved) this.moved.add(i);
    this._light(dirty);
    this._touch(dirty);
    if (this.listeners.size && !document.hidden) this.fresh.push(...rows.filter(([n]) => this.table.index.has(n)));
  },

  /** Presence or level has changed. @param {[number, number, number][]} rows */
  states(rows) {
    this._touch(this.table.applyStates(rows, this.nowS()));
  },

  /** Devices have come into view. @param {number[][]} rows */
  enter(rows) {
    const before = this.table.room;
    const entered = this.table.enter(rows, this.nowS());
    for (const i of entered) this.moved.add(i);
    if (before !== this.table.room) this.repaint();
    this._touch(entered);
  },

  /** Devices have left the view. @param {number[]} numbers */
  leave(numbers) {
    const gone = this.table.leave(numbers);
    for (const i of gone) this.moved.add(i);
    this._touch(gone);
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

  /** As `_touch`, with the next frame that is drawn for another reason. */
  _touchSoon(rows) {
    if (!rows.length) return;
    for (const i of rows) this.dirty.push(i);
    if (this.dirty.length > this.table.count) this._forgetDirty();
    this.waiting ||= setTimeout(() => this._ask(), WAIT_MS);
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
    this._touchSoon(over);
    if (this.lit.size) this.dimming = setTimeout(() => this._dim(), LIT_MS / 3);
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
   * @param {{x: number, y: number}} at container px @param {number} radius @param {boolean} [any] also texture
   * @returns {{n: number, distance: number}[]}
   */
  hits(at, radius, any = false) {
    if (!this.grid) return [];
    const place = this._inFrame(at);
    return this.grid.near(place.x, place.y, radius)
      .filter(({ i }) => this.table.shown[i] && (any || this.near || this.table.level[i] > 0))
      .map(({ i, distance }) => ({ n: this.table.n[i], distance }));
  },
};

const PAINTING = {
  _paint() {
    if (!this.g || !this.frame) return;
    const began = performance.now();
    this.sprites ??= this._sprites();
    if (this.full || this.dirty.length > this.table.count / 3) this._paintAll();
    else this._paintDirty();
    if (this.outgrown && this._refit()) this._paintAll();
    this.outgrown = false;
    this.stats.ms = performance.now() - began;
    if (this.full) this.stats.fullMs = this.stats.ms;
    this.full = false;
    this.dirty.length = 0;
    this.moved.clear();
    clearTimeout(this.waiting);
    this.waiting = 0;
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
    const many = table.count > MANY;
    this.grid = new HitGrid(table.room, frame.width / frame.ratio, frame.height / frame.ratio);
    if (many) this.sheet.begin(this.g, frame.width, frame.height);
    else {
      this.sheet = new Sheet(); // its pixels are megabytes
      this.g.clearRect(0, 0, frame.width, frame.height);
    }
    const worse = Array.from({ length: LEVELS }, () => []);
    for (let i = 0; i < table.count; i++) {
      if (!this._stand(i)) continue;
      if (table.level[i]) worse[Math.min(table.level[i], LEVELS - 1)].push(i);
      else this._draw(i, many);
    }
    for (const rows of worse) for (const i of rows) this._draw(i, many);
    if (many) this.sheet.end(this.g);
    this.stats.full += 1;
  },

  _paintDirty() {
    this._wipe();
    for (const i of this.dirty) if (this.grid.has(i) && this.table.shown[i]) this._draw(i, false);
    this.stats.part += 1;
  },

  /** Wipe away what stood elsewhere, and draw again what it touched. */
  _wipe() {
    if (!this.moved.size) return;
    const { grid } = this;
    const left = [];
    for (const i of this.moved) {
      if (grid.has(i)) left.push([grid.x[i], grid.y[i]]);
      if (!this._stand(i)) grid.take(i);
    }
    for (const [x, y] of left) this._wipeAt(x, y);
    for (const i of this.moved) if (grid.has(i)) this._draw(i, false);
  },

  /** Wipe one place of the canvas: a clip of one whole rectangle is cheap, one of many is not. */
  _wipeAt(x, y) {
    const { g, grid, frame, sprites, table } = this;
    const side = sprites.size + 2;
    const [left, top] = [Math.floor(x * frame.ratio - side / 2), Math.floor(y * frame.ratio - side / 2)];
    const reach = (sprites.size + side) / 2 / frame.ratio;
    const again = [];
    grid.each(x - reach, y - reach, x + reach, y + reach, (i) => {
      if (Math.abs(grid.x[i] - x) <= reach && Math.abs(grid.y[i] - y) <= reach && table.shown[i] && !this.moved.has(i)) again.push(i);
    });
    again.sort((a, b) => table.level[a] - table.level[b]);
    g.save();
    g.beginPath();
    g.rect(left, top, side, side);
    g.clip();
    g.clearRect(left, top, side, side);
    for (const i of again) this._draw(i, false);
    g.restore();
  },

  /** Note where a device stands. @returns {boolean} whether it is seen */
  _stand(i) {
    const { table, frame, grid } = this;
    if (!table.shown[i]) return false;
    const [x, y] = [table.x[i] * frame.scale - frame.ox, table.y[i] * frame.scale - frame.oy];
    const margin = this.sprites.size / frame.ratio;
    const inside = x >= -margin && y >= -margin && x <= frame.width / frame.ratio + margin && y <= frame.height / frame.ratio + margin;
    if (inside) grid.put(i, x, y);
    else this.outgrown = true; // or it is out of the view: then the canvas stays as it is
    return inside;
  },

  _draw(i, many) {
    const { table, frame, sprites, grid } = this;
    const state = table.stale[i] ? STALE : this.lit.has(i) ? LIT : NORMAL;
    const shape = this.near ? this.shapeOf[table.kind[i]] ?? 0 : 0;
    const level = Math.min(table.level[i], LEVELS - 1);
    const [left, top] = [Math.round(grid.x[i] * frame.ratio - sprites.size / 2), Math.round(grid.y[i] * frame.ratio - sprites.size / 2)];
    if (many) press(this.sheet.pixels, frame.width, frame.height, sprites.stamp(level, state, shape), left, top);
    else this.g.drawImage(sprites.get(level, state, shape), left, top);
  },
};
