// The clusters on the map: a disc with its number, a ring of shares by level, and the worst level as a word.
import { CANVAS, PADDING, pageScale } from "./canvas.mjs";
import { ClusterTable, placeOf, radiusOf, ringOf, shortCount, worstOf } from "./clusters.mjs";
import { worldOf } from "./points.mjs";
import { colours } from "./sprites.mjs";

const RING = 4; // px
const TEXT = 14; // px: the smallest on the wall
const TURN = Math.PI * 2;
const OFFLINE = 5;

/**
 * @param {any} L Leaflet
 * @param {{pane: string, words: typeof import("./words.mjs").wordsOf extends (l: any) => infer W ? W : never, locale: string}} options
 */
export function createClusterLayer(L, { pane, words, locale }) {
  const Layer = L.Renderer.extend({ ...CANVAS, ...PROTOTYPE });
  const layer = new Layer({ pane, padding: PADDING });
  return Object.assign(layer, { L, table: new ClusterTable(), words, locale, drawn: [], hover: null });
}

const PROTOTYPE = {
  _placed() {
    this.palette = null;
    this._paint();
  },

  /** @param {{level: number, rows: number[][]}} answer */
  load(answer) {
    this.table.load(answer);
    this._paint();
  },

  /** @param {number[][]} rows */
  apply(rows) {
    this.table.apply(rows);
    this._ask();
  },

  clear() {
    if (!this.table.cells.size && !this.drawn.length) return;
    this.table.clear();
    this._paint();
  },

  _extent() {
    return this.table.extent();
  },

  /** Worst on top. */
  _paint() {
    if (!this.g || !this.frame) return;
    this._refit();
    const { g, frame } = this;
    g.clearRect(0, 0, frame.width, frame.height);
    this.palette ??= colours();
    this.unit = pageScale();
    this.drawn = [...this.table.cells.values()].map((cluster) => this._stand(cluster))
      .sort((a, b) => worstOf(a.cluster) - worstOf(b.cluster));
    g.save();
    g.scale(frame.ratio, frame.ratio);
    for (const one of this.drawn) this._put(one);
    g.restore();
    this.onDrawn?.();
  },

  _stand(cluster) {
    const { frame } = this;
    const radius = radiusOf(cluster.size) * this.unit;
    const [x, y] = placeOf(cluster, this.table.level, worldOf(cluster.lon, cluster.lat), frame.scale, radius);
    return { cluster, x: x - frame.ox, y: y - frame.oy, radius };
  },

  _put(one) {
    const { g, frame } = this;
    const reach = one.radius + TEXT * this.unit;
    if (one.x < -reach || one.y < -reach || one.x > frame.width / frame.ratio + reach || one.y > frame.height / frame.ratio + reach) return;
    g.textAlign = "center";
    g.textBaseline = "middle";
    if (one.cluster.size === 1) this._single(one);
    else this._disc(one);
    if (worstOf(one.cluster)) this._word(one);
  },

  _single({ cluster, x, y, radius }) {
    const { g } = this;
    const worst = worstOf(cluster);
    g.beginPath();
    g.arc(x, y, radius - 1, 0, TURN);
    g.fillStyle = cluster.offline && !worst ? this._hatching() : this.palette[worst];
    g.fill();
    g.lineWidth = 1.5 * this.unit;
    g.strokeStyle = cluster.offline ? this.palette[OFFLINE] : this.palette[7];
    g.stroke();
  },

  _disc({ cluster, x, y, radius }) {
    const { g, unit } = this;
    const worst = worstOf(cluster);
    const ring = RING * unit;
    g.beginPath();
    g.arc(x, y, radius, 0, TURN);
    g.fillStyle = this.palette[7];
    g.fill();
    if (worst) {
      g.globalAlpha = 0.28;
      g.fillStyle = this.palette[worst];
      g.fill();
      g.globalAlpha = 1;
    }
    g.lineWidth = ring;
    for (const { level, from, to } of ringOf(cluster)) {
      g.beginPath();
      g.arc(x, y, radius - ring / 2, from, to);
      g.strokeStyle = level === OFFLINE ? this._hatching() : this.palette[level];
      g.stroke();
    }
    g.fillStyle = getComputedStyle(document.documentElement).getPropertyValue("--text").trim() || "#e8f1fb";
    g.font = `700 ${TEXT * unit}px Inter, "Noto Sans CJK SC", sans-serif`;
    g.fillText(shortCount(cluster.size, this.locale), x, y + unit);
  },

  /** Level = colour + word + number, for those who do not see the colour. */
  _word({ cluster, x, y, radius }) {
    const { g, unit } = this;
    const worst = worstOf(cluster);
    const text = `${this.words.levels[worst]} ${cluster.counts[worst]}`;
    g.font = `700 ${TEXT * unit}px Inter, "Noto Sans CJK SC", sans-serif`;
    const [width, height] = [g.measureText(text).width + 10 * unit, 18 * unit];
    const top = y - radius - height + (cluster.size === 1 ? -1 : 5) * unit;
    g.beginPath();
    g.roundRect(x - width / 2, top, width, height, height / 2);
    g.fillStyle = this.palette[worst];
    g.fill();
    g.lineWidth = 1.5 * unit;
    g.strokeStyle = this.palette[7];
    g.stroke();
    g.fillStyle = worst === 4 ? "#fff" : this.palette[7];
    g.fillText(text, x, top + height / 2 + unit);
  },

  /** Offline is hatched, as the dots are. */
  _hatching() {
    if (this.hatch?.ratio === this.frame.ratio) return this.hatch.pattern;
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
    this.hatch = { ratio: this.frame.ratio, pattern: this.g.createPattern(tile, "repeat") };
    return this.hatch.pattern;
  },

  /** The clusters under a place of the map's container, nearest first. @param {{x: number, y: number}} at */
  hits(at) {
    if (!this.frame || !this.drawn.length) return [];
    const place = this._inFrame(at);
    return this.drawn
      .map(({ cluster, x, y, radius }) => ({ cluster, radius, distance: Math.hypot(x - place.x, y - place.y) }))
      .filter(({ distance, radius }) => distance <= radius + 2)
      .sort((a, b) => a.distance - b.distance);
  },
};
