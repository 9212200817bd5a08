// The pictures of devices: drawn once per (level, state, shape, size) and then copied.
import { stampOf } from "./stamps.mjs";

export const SHAPES = ["circle", "square", "triangle", "diamond", "hexagon", "drop", "cross", "star"];
export const NORMAL = 0;
export const STALE = 1;
export const LIT = 2; // has reported within the last second
export const UNHEARD = 3; // has not spoken yet: an empty shape
const STATES = 4;

const TURN = Math.PI * 2;
const FALLBACK = { none: "#2f9fb0", lit: "#7fe9f5", stale: "#7d8da1", ground: "#06101d",
  blue: "#4da3ff", yellow: "#ffd24a", orange: "#ff8a3d", red: "#ff5a5f" };

/** Corner points of the polygonal shapes on the unit circle, y downwards. */
const CORNERS = {
  square: polygon(4, Math.PI / 4),
  triangle: polygon(3, -Math.PI / 2),
  diamond: polygon(4, 0),
  hexagon: polygon(6, 0),
  star: star(5, 0.45),
  cross: [[-0.35, -1], [0.35, -1], [0.35, -0.35], [1, -0.35], [1, 0.35], [0.35, 0.35],
    [0.35, 1], [-0.35, 1], [-0.35, 0.35], [-1, 0.35], [-1, -0.35], [-0.35, -0.35]],
};

function polygon(corners, turned) {
  return Array.from({ length: corners }, (_, k) => {
    const angle = turned + (k * TURN) / corners;
    return [Math.cos(angle), Math.sin(angle)];
  });
}

function star(rays, inner) {
  return Array.from({ length: rays * 2 }, (_, k) => {
    const angle = -Math.PI / 2 + (k * Math.PI) / rays;
    const r = k % 2 ? inner : 1;
    return [r * Math.cos(angle), r * Math.sin(angle)];
  });
}

/** Trace a shape's outline. @param {CanvasRenderingContext2D} g @param {string} shape @param {number} c centre @param {number} r */
export function trace(g, shape, c, r) {
  g.beginPath();
  const corners = CORNERS[shape];
  if (corners) for (const [x, y] of corners) g.lineTo(c + x * r, c + y * r);
  else if (shape === "drop") {
    g.arc(c, c + r * 0.25, r * 0.75, Math.PI * 0.0, Math.PI);
    g.lineTo(c, c - r);
  } else g.arc(c, c, r, 0, TURN);
  g.closePath();
}

/** The colours of levels and states from the page's tokens. @returns {string[]} index is the level; [5] stale, [6] lit, [7] ground */
export function colours(read = (name) => getComputedStyle(document.documentElement).getPropertyValue(name)) {
  const token = (name, fallback) => read(name).trim() || fallback;
  return [token("--dot", FALLBACK.none), token("--blue", FALLBACK.blue), token("--yellow", FALLBACK.yellow),
    token("--orange", FALLBACK.orange), token("--red", FALLBACK.red), token("--stale", FALLBACK.stale),
    token("--dot-lit", FALLBACK.lit), token("--ground", FALLBACK.ground)];
}

/** A set of sprites of one size. */
export class Sprites {
  /** @param {{radius: number, ratio: number, palette: string[], outlined: boolean}} look radius in CSS px, ratio = device pixels per px */
  constructor({ radius, ratio, palette, outlined }) {
    this.radius = radius * ratio;
    this.size = Math.ceil(this.radius * 2 + 4 * ratio);
    this.ratio = ratio;
    this.palette = palette;
    this.outlined = outlined;
    this.drawn = [];
    this.stamps = [];
  }

  #key(level, state, shape) {
    return (level * STATES + state) * SHAPES.length + shape;
  }

  /** The same picture as pixels. @param {number} level @param {number} state @param {number} shape @returns {import("./stamps.mjs").Stamp} */
  stamp(level, state, shape) {
    const key = this.#key(level, state, shape);
    return (this.stamps[key] ??= this.#stamp(this.get(level, state, shape)));
  }

  #stamp(canvas) {
    this.reader ??= this.#readable();
    this.reader.clearRect(0, 0, this.size, this.size);
    this.reader.drawImage(canvas, 0, 0);
    return stampOf(new Uint32Array(this.reader.getImageData(0, 0, this.size, this.size).data.buffer), this.size);
  }

  #readable() {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = this.size;
    return canvas.getContext("2d", { willReadFrequently: true });
  }

  /** @param {number} level @param {number} state @param {number} shape index into SHAPES @returns {HTMLCanvasElement} */
  get(level, state, shape) {
    const key = this.#key(level, state, shape);
    return (this.drawn[key] ??= this.#draw(level, state, SHAPES[shape]));
  }

  #draw(level, state, shape) {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = this.size;
    const g = canvas.getContext("2d");
    const colour = this.#colour(level, state);
    trace(g, shape, this.size / 2, this.radius);
    const hollow = state === STALE || state === UNHEARD;
    g.fillStyle = hollow ? this.palette[7] : colour;
    g.fill();
    if (state === STALE) this.#hatch(g, colour);
    g.lineWidth = (this.outlined ? 1.5 : 1) * this.ratio;
    g.strokeStyle = hollow ? colour : this.palette[7];
    trace(g, shape, this.size / 2, this.radius);
    if (hollow || this.outlined) g.stroke();
    return canvas;
  }

  #colour(level, state) {
    if (level > 0) return this.palette[level];
    return this.palette[[0, 5, 6, 0][state]];
  }

  /** Diagonal lines inside the shape: hatched means "do not trust". */
  #hatch(g, colour) {
    g.save();
    g.clip();
    g.strokeStyle = colour;
    g.lineWidth = this.ratio;
    g.beginPath();
    for (let x = -this.size; x < this.size; x += 3 * this.ratio) {
      g.moveTo(x, this.size);
      g.lineTo(x + this.size, 0);
    }
    g.stroke();
    g.restore();
  }
}
