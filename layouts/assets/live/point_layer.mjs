// The devices on the map: one frame request, only the dots that changed; a whole new picture of many is painted while the old one stands.
import { PADDING, PLACED, pageScale, sameFrame } from "./canvas.mjs";
import { PointPicture } from "./point_picture.mjs";
import { SHAPES, Sprites, colours } from "./sprites.mjs";

const SHAPES_FROM = 14; // zoom from which a dot shows its kind by its shape
const LIT_MS = 900; // a dot that has just reported is brighter for this long
const WAIT_MS = 150; // a dot that only grows dim waits for the next readings: each frame copies the canvas
const HEAL_MS = 20_000; // each part is painted anew so often: that heals overdraw and shows what has become stale
const HEAL_STEP_MS = 1_000;
const NEAR_RADIUS = 6.5;
const MANY = 3_000; // dots from which a new picture is painted in steps
const STEP_MS = 6; // of a frame for those steps

/** How far out a dot is drawn how large, CSS px. @param {number} zoom */
export const radiusAt = (zoom) => (zoom >= SHAPES_FROM ? NEAR_RADIUS : Math.max(1.6, 3.4 - 0.45 * Math.max(0, 13.5 - zoom)));

/**
 * Make the layer.
 * @param {any} L Leaflet
 * @param {import("./points.mjs").PointTable} table
 * @param {{pane: string, shapes: string[], nowS: () => number, calm?: boolean}} options shape name per kind
 */
export function createPointLayer(L, table, { pane, shapes, nowS, calm = false }) {
  const Layer = L.Renderer.extend({ ...PLACED, ...PAINTING, ...PROTOTYPE });
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
  picture: null, // what is on the screen
  next: null, // what will be there: {picture, steps, place}
  healed: 0, // strips, a fraction too
});

const PAINTING = {
  /** The view rests elsewhere: the picture of before is moved and scaled until the next one is done. */
  _update() {
    if (this._map._animatingZoom && this._bounds) return;
    const before = this._place();
    this.L.Renderer.prototype._update.call(this);
    const frame = this._measure();
    if (!this.next && this.frame && sameFrame(this.frame, frame)) this.L.DomUtil.setPosition(this._container, this._bounds.min);
    else this._start(before, frame);
  },

  /** Leaflet would move the picture to where it was painted for, but that may be another zoom. */
  _reset() {
    this._update();
  },

  /** Where the map was when Leaflet measured last. */
  _place() {
    const { _bounds, _center, _zoom } = this;
    return { _bounds, _center, _zoom };
  },

  _paint() {
    if (!this._container || !this._bounds) return;
    clearTimeout(this.waiting);
    this.waiting = 0;
    if (this.full) this._renew();
    else if (this.next) this._goOn();
    else if (this.picture) this._paintChanges();
  },

  /** A new picture of the same view. */
  _renew() {
    const before = this.next ? this.next.place : this._place();
    const shown = this._place();
    Object.assign(this, before);
    this._start(shown, this._measure());
  },

  /** Begin a new picture of where the map is now. @param {any} shown the place of the picture on the screen @param {import("./canvas.mjs").Frame} frame */
  _start(shown, frame) {
    this.next?.picture.strips.free();
    const zoom = this._map.getZoom();
    const near = zoom >= SHAPES_FROM;
    const sprites = new Sprites({ radius: radiusAt(zoom) * pageScale(), ratio: frame.ratio, palette: colours(), outlined: near });
    const picture = new PointPicture({ table: this.table, frame, sprites, shapeOf: near ? this.shapeOf : null, lit: this.lit });
    this.next = { picture, steps: picture.all(), place: this._place() };
    this.full = false;
    const atOnce = this.table.count <= MANY || !this.picture?.count;
    if (!atOnce) {
      Object.assign(this, shown);
      this._follow();
    }
    this._goOn(atOnce ? Infinity : STEP_MS);
  },

  /** Paint the next picture for a while. @param {number} [ms] */
  _goOn(ms = STEP_MS) {
    const end = performance.now() + ms;
    const { steps } = this.next;
    let done = false;
    while (!done && performance.now() < end) done = steps.next().done;
    if (done && !this._map._animatingZoom) this._turn();
    else this._ask();
  },

  /** The next picture takes the place of the one before. */
  _turn() {
    const { picture, place } = this.next;
    const before = this.picture;
    Object.assign(this, place, { picture, frame: picture.frame, next: null, healed: 0 });
    picture.count = this.table.count;
    this._container.replaceChildren(...picture.canvases);
    this._follow();
    before?.strips.free();
    if (this.dirty.length || this.fresh.length) this._paintChanges();
  },

  /** The picture stands where the map is, though it may have been painted for another zoom. */
  _follow() {
    const { _map: map } = this;
    if (this._zoom === map.getZoom()) this.L.DomUtil.setPosition(this._container, this._bounds.min);
    else this._updateTransform(map.getCenter(), map.getZoom());
  },

  _paintChanges() {
    const { picture } = this;
    picture.note(this.dirty, this.moved, this.fresh);
    this.dirty.length = this.fresh.length = 0;
    this.moved.clear();
    this._tell(picture.paint());
    if (picture.outgrown && !sameFrame(this.frame, this._measure())) this.full = true;
    picture.outgrown = false;
    if (this.full || picture.strips.waiting()) this._ask();
  },
};

const PROTOTYPE = {
  _begin() {
    this.healing = setInterval(() => this.heal(), HEAL_STEP_MS);
  },

  _end() {
    clearInterval(this.healing);
    clearTimeout(this.dimming);
    clearTimeout(this.waiting);
    this.dimming = this.waiting = 0;
    this.picture?.strips.free();
    this.picture = this.next = null;
  },

  /** Everything has changed: another filter. */
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
    this.full = true;
    this._paint(); // at once: clusters and points change in the same frame
  },

  _extent() {
    return this.table.extent();
  },

  /** Look at all ages again and paint some strips anew, so that each has its turn in time. */
  heal() {
    if (!this.table.count || !this.picture || this.next) return;
    this.table.refreshStale(this.nowS());
    const { all } = this.picture.strips;
    const before = this.healed;
    this.healed = before + (all.length * HEAL_STEP_MS) / HEAL_MS;
    for (let k = Math.ceil(before); k < this.healed; k++) all[k % all.length].anew = true;
    if (this.picture.strips.waiting()) this._askSoon();
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
    this._askSoon();
  },

  _askSoon() {
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

  /** @param {number[][]} drawn readings */
  _tell(drawn) {
    for (const listener of this.listeners) for (const [n, at, value] of drawn) listener(n, at, value);
  },

  /**
   * Devices near a place on the map's container, nearest first. Far out a dot without an alert is texture, not a
   * target: there a click means the area under it.
   * @param {{x: number, y: number}} at container px @param {number} radius @param {boolean} [any] also texture
   * @returns {{n: number, distance: number}[]}
   */
  hits(at, radius, any = false) {
    if (!this.picture || this.next) return [];
    const place = this._inFrame(at);
    const near = Boolean(this.picture.shapeOf);
    return this.picture.grid.near(place.x, place.y, radius)
      .filter(({ i }) => this.table.shown[i] && (any || near || this.table.level[i] > 0))
      .map(({ i, distance }) => ({ n: this.table.n[i], distance }));
  },
};

