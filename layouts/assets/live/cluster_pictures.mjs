// The pictures of clusters: discs with their rings and the words above them, drawn once for each look and then copied.
import { ringOf, worstOf } from "./clusters.mjs";

const RING = 4; // px
const TEXT = 14; // px: the smallest on the wall
const MOST = 500; // looks: the rings of a city's clusters are some dozens, their words some hundreds
const TURN = Math.PI * 2;
const OFFLINE = 5; // in the palette
const GROUND = 7;
const TINT = 0.28; // of the worst level inside

/** @typedef {{image: HTMLCanvasElement, wide: number, high: number}} Picture device px */

/** Pictures of one size and one set of colours. */
export class ClusterPictures {
  /** @param {{unit: number, ratio: number, palette: string[], ink: string, words: any}} look unit: the page's scale; ratio: device pixels per px; palette: of sprites.colours */
  constructor({ unit, ratio, palette, ink, words }) {
    Object.assign(this, { unit: unit * ratio, palette, ink, words, kept: new Map() });
    this.font = `700 ${TEXT * this.unit}px Inter, "Noto Sans CJK SC", sans-serif`;
  }

  /** The disc of a cluster, in the middle of its picture. @param {import("./clusters.mjs").Cluster} cluster @param {number} radius device px @returns {Picture} */
  disc(cluster, radius) {
    const worst = worstOf(cluster);
    const single = cluster.size === 1;
    const ring = single ? [] : ringOf(cluster);
    const key = single ? `1 ${worst} ${cluster.offline}` : `${radius} ${worst} ${ring.map(({ level, to }) => `${level}:${to.toFixed(2)}`)}`;
    const side = 2 * Math.ceil(radius + this.unit);
    return this.#kept(key, side, side, (g) => {
      g.translate(side / 2, side / 2);
      if (single) this.#single(g, radius, worst, cluster.offline);
      else this.#many(g, radius, worst, ring);
    });
  }

  /** The worst level as colour, word and number, for those who do not see the colour; null where nothing is wrong. @returns {Picture|null} */
  word(cluster) {
    const worst = worstOf(cluster);
    if (!worst) return null;
    const text = `${this.words.levels[worst]} ${cluster.counts[worst]}`;
    const found = this.kept.get(text);
    if (found) return found;
    const [wide, high] = [this.#width(text) + 10 * this.unit, 18 * this.unit];
    const edge = Math.ceil(2 * this.unit);
    return this.#kept(text, Math.ceil(wide) + edge, Math.ceil(high) + edge, (g) => this.#pill(g, { text, worst, wide, high, edge: edge / 2 }));
  }

  /** A number on its disc: text is dear to draw, and a cluster's number changes seldom. @param {string} text @returns {Picture} */
  number(text) {
    const key = `n ${text}`;
    const found = this.kept.get(key);
    if (found) return found;
    const [wide, high] = [2 * Math.ceil(this.#width(text) / 2 + this.unit), 2 * Math.ceil(TEXT * this.unit)];
    return this.#kept(key, wide, high, (g) => this.#write(g, text, this.ink, wide / 2, high / 2 + this.unit));
  }

  #write(g, text, colour, x, y) {
    Object.assign(g, { font: this.font, textAlign: "center", textBaseline: "middle", fillStyle: colour });
    g.fillText(text, x, y);
  }

  #kept(key, wide, high, draw) {
    const found = this.kept.get(key);
    if (found) return found;
    if (this.kept.size >= MOST) this.kept.clear();
    const image = document.createElement("canvas");
    Object.assign(image, { width: wide, height: high });
    draw(image.getContext("2d"));
    const picture = { image, wide, high };
    this.kept.set(key, picture);
    return picture;
  }

  #width(text) {
    this.ruler ??= document.createElement("canvas").getContext("2d");
    this.ruler.font = this.font;
    return this.ruler.measureText(text).width;
  }

  #single(g, radius, worst, offline) {
    g.beginPath();
    g.arc(0, 0, radius - this.unit, 0, TURN);
    g.fillStyle = offline && !worst ? this.#hatching() : this.palette[worst];
    g.fill();
    g.lineWidth = 1.5 * this.unit;
    g.strokeStyle = this.palette[offline ? OFFLINE : GROUND];
    g.stroke();
  }

  #many(g, radius, worst, ring) {
    const wide = RING * this.unit;
    g.beginPath();
    g.arc(0, 0, radius, 0, TURN);
    g.fillStyle = this.palette[GROUND];
    g.fill();
    if (worst) {
      g.globalAlpha = TINT;
      g.fillStyle = this.palette[worst];
      g.fill();
      g.globalAlpha = 1;
    }
    g.lineWidth = wide;
    for (const { level, from, to } of ring) {
      g.beginPath();
      g.arc(0, 0, radius - wide / 2, from, to);
      g.strokeStyle = level === OFFLINE ? this.#hatching() : this.palette[level];
      g.stroke();
    }
  }

  #pill(g, { text, worst, wide, high, edge }) {
    g.translate(edge, edge);
    g.beginPath();
    g.roundRect(0, 0, wide, high, high / 2);
    g.fillStyle = this.palette[worst];
    g.fill();
    g.lineWidth = 1.5 * this.unit;
    g.strokeStyle = this.palette[GROUND];
    g.stroke();
    this.#write(g, text, worst === 4 ? "#fff" : this.palette[GROUND], wide / 2, high / 2 + this.unit);
  }

  /** Offline is hatched, as the dots are. */
  #hatching() {
    if (this.hatch) return this.hatch;
    const tile = document.createElement("canvas");
    tile.width = tile.height = 4;
    const g = tile.getContext("2d");
    g.strokeStyle = this.palette[OFFLINE];
    g.lineWidth = 1.5;
    for (const shift of [-4, 0, 4]) {
      g.moveTo(shift - 1, 5);
      g.lineTo(shift + 5, -1);
    }
    g.stroke();
    return (this.hatch = g.createPattern(tile, "repeat"));
  }
}
