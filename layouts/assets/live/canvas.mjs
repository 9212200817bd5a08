// A canvas over the map that Leaflet scales while zooming and moves while dragging; what is on it is drawn by others.

export const PADDING = 0.15; // of the view on each side, drawn already for a short drag

const MARGIN = 32; // px around what is drawn: marks reach out of their places
const STEP = 64; // px: a thing that moves a little asks for no other canvas

/** An extent of nothing: a canvas of one pixel. @type {[number, number, number, number]} */
export const NOWHERE = [0, 0, 0, 0];

/**
 * @typedef {{scale: number, ox: number, oy: number, left: number, top: number, ratio: number, width: number, height: number}} Frame
 *   where the canvas lies: world × scale − origin = canvas px / ratio; left and top are its place in the padded view, CSS px
 */

/** The page's scale: 1 at 1920 px, 2 at 3840 px. */
export const pageScale = () => Math.max(0.8, parseFloat(getComputedStyle(document.documentElement).fontSize) / 16 || 1);

/**
 * The part of the padded view that a canvas needs: every pixel of it is copied at every change.
 * @param {[number, number, number, number]|null} extent of what is drawn, on the zoom-0 world; null is everywhere
 * @param {number} scale @param {{x: number, y: number}} origin of the view @param {{x: number, y: number}} size of the view, CSS px
 * @returns {{left: number, top: number, width: number, height: number}} CSS px
 */
export function partOf(extent, scale, origin, size) {
  if (!extent) return { left: 0, top: 0, width: size.x, height: size.y };
  const low = (world, from, most) => Math.min(most, Math.max(0, Math.floor((world * scale - from - MARGIN) / STEP) * STEP));
  const high = (world, from, most) => Math.max(0, Math.min(most, Math.ceil((world * scale - from + MARGIN) / STEP) * STEP));
  const [left, top] = [low(extent[0], origin.x, size.x), low(extent[1], origin.y, size.y)];
  const [right, bottom] = [high(extent[2], origin.x, size.x), high(extent[3], origin.y, size.y)];
  return { left, top, width: Math.max(1, right - left), height: Math.max(1, bottom - top) };
}

/**
 * The methods of a layer that lies over the map, for L.Renderer.extend.
 * `_begin()`: its box is there; `_end()`: it goes; `_fit(frame)`: it lies elsewhere; `_placed()`: the view rests and `frame` says where.
 * `_extent()`, optional: where on the world something is drawn. `_paint()`: draw.
 */
export const PLACED = {
  _initContainer() {
    const box = (this._container = document.createElement("div")); // what Leaflet moves and scales
    Object.assign(box.style, { position: "absolute", left: 0, top: 0, pointerEvents: "none" });
    this._begin?.();
  },

  _destroyContainer() {
    this._end?.();
    cancelAnimationFrame(this.request);
    this.request = 0;
    this._container.remove();
    delete this._container;
    delete this.frame;
  },

  _updatePaths() {},

  /** Leaflet calls this when the view has come to rest, after a zoom twice: what stands where it stood is not drawn again. */
  _update() {
    if (this._map._animatingZoom && this._bounds) return;
    this.L.Renderer.prototype._update.call(this);
    this.L.DomUtil.setPosition(this._container, this._bounds.min);
    if (this._refit()) this._placed();
  },

  /** Measure again. @returns {boolean} whether the layer lies elsewhere or shows another place now */
  _refit() {
    if (!this._container || !this._bounds) return false;
    const before = this.frame;
    this.frame = this._measure();
    if (before && sameFrame(before, this.frame)) return false;
    this._fit(this.frame);
    return true;
  },

  /** @returns {Frame} */
  _measure() {
    const ratio = window.devicePixelRatio || 1;
    const scale = 2 ** this._map.getZoom();
    const origin = this._map.getPixelOrigin().add(this._bounds.min);
    const { left, top, width, height } = partOf(this._extent?.() ?? null, scale, origin, this._bounds.getSize());
    return { scale, ox: origin.x + left, oy: origin.y + top, left, top, ratio, width: Math.round(width * ratio), height: Math.round(height * ratio) };
  },

  /** Draw in the next frame, once. */
  _ask() {
    if (this.request || !this._container) return;
    this.request = requestAnimationFrame(() => {
      this.request = 0;
      this._paint();
    });
  },

  /** A place of the map's container on the layer, CSS px. @param {{x: number, y: number}} at */
  _inFrame(at) {
    return this._map.containerPointToLayerPoint([at.x, at.y]).subtract(this._bounds.min).subtract([this.frame.left, this.frame.top]);
  },
};

/** @param {Frame} a @param {Frame} b */
export const sameFrame = (a, b) => Object.keys(a).every((name) => a[name] === b[name]);

/** The methods of a layer with one canvas of its own. */
export const CANVAS = {
  ...PLACED,

  _begin() {
    const canvas = (this.canvas = document.createElement("canvas"));
    Object.assign(canvas.style, { position: "absolute", pointerEvents: "none" });
    this._container.append(canvas);
    this.g = canvas.getContext("2d");
  },

  _end() {
    delete this.canvas;
    delete this.g;
  },

  /** @param {Frame} frame */
  _fit({ left, top, width, height, ratio }) {
    const { canvas } = this;
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    Object.assign(canvas.style, { left: `${left}px`, top: `${top}px`, width: `${width / ratio}px`, height: `${height / ratio}px` });
  },
};
