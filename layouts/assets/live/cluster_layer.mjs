// The clusters on the map: a disc with its number, a ring of shares by level, and the worst level as a word.
import { CANVAS, PADDING, pageScale } from "./canvas.mjs";
import { ClusterPictures } from "./cluster_pictures.mjs";
import { ClusterTable, placeOf, radiusOf, shortCount, worstOf } from "./clusters.mjs";
import { worldOf } from "./points.mjs";
import { colours } from "./sprites.mjs";

/**
 * A cluster where it is drawn: its middle and radius in CSS px of the canvas; in device px its pictures with their left upper corners.
 * @typedef {{cluster: import("./clusters.mjs").Cluster, x: number, y: number, radius: number, worst: number,
 *   pictures: [import("./cluster_pictures.mjs").Picture, number, number][]}} Drawn
 */

const WORD_OVER = 5; // px that the word covers of its disc

/**
 * @param {any} L Leaflet
 * @param {{pane: string, words: typeof import("./words.mjs").wordsOf extends (l: any) => infer W ? W : never, locale: string}} options
 */
export function createClusterLayer(L, { pane, words, locale }) {
  const Layer = L.Renderer.extend({ ...CANVAS, ...PROTOTYPE });
  const layer = new Layer({ pane, padding: PADDING });
  return Object.assign(layer, { L, table: new ClusterTable(), words, locale, drawn: new Map() });
}

const PROTOTYPE = {
  /** Numbers are pictures of the font that was there: another one draws them anew, as long as the map stands. */
  _begin() {
    CANVAS._begin.call(this);
    this.fonts = () => this._placed();
    document.fonts?.addEventListener("loadingdone", this.fonts);
  },

  _end() {
    document.fonts?.removeEventListener("loadingdone", this.fonts);
    CANVAS._end.call(this);
  },

  _placed() {
    this.pictures = null;
    this._repaint();
  },

  /** @param {{level: number, rows: number[][]}} answer */
  load(answer) {
    this.table.load(answer);
    this._repaint();
  },

  /** @param {number[][]} rows */
  apply(rows) {
    this.table.apply(rows);
    this._ask();
  },

  clear() {
    if (!this.table.cells.size && !this.drawn.size) return;
    this.table.clear();
    this._repaint();
  },

  _extent() {
    return this.table.extent();
  },

  _repaint() {
    this.drawn.clear();
    this._paint();
  },

  /** All of them, worst on top: copies of some hundred pictures cost less than to find out which of them touch a changed one. */
  _paint() {
    if (!this.g || !this.frame) return;
    if (this._refit()) this.drawn.clear();
    this.pictures ??= this._pictures();
    const { g, frame } = this;
    g.clearRect(0, 0, frame.width, frame.height);
    for (const one of this._standing()) for (const [{ image }, left, top] of one.pictures) g.drawImage(image, left, top);
    this.onDrawn?.();
  },

  _pictures() {
    const style = getComputedStyle(document.documentElement);
    const ink = style.getPropertyValue("--text").trim() || "#e8f1fb";
    return new ClusterPictures({ unit: pageScale(), ratio: this.frame.ratio, palette: colours(), ink, words: this.words });
  },

  /** What has not changed stands where it stood. @returns {Drawn[]} */
  _standing() {
    const { cells } = this.table;
    for (const [key, { cluster }] of this.drawn) if (cells.get(key) !== cluster) this.drawn.delete(key);
    for (const [key, cluster] of cells) if (!this.drawn.has(key)) this.drawn.set(key, this._stand(cluster));
    return [...this.drawn.values()].sort((a, b) => a.worst - b.worst);
  },

  /** @returns {Drawn} */
  _stand(cluster) {
    const { frame, pictures } = this;
    const radius = radiusOf(cluster.size) * pictures.unit;
    const place = placeOf(cluster, this.table.level, worldOf(cluster.lon, cluster.lat), frame.scale, radius / frame.ratio);
    const [x, y] = [Math.round((place[0] - frame.ox) * frame.ratio), Math.round((place[1] - frame.oy) * frame.ratio)];
    const over = cluster.size === 1 ? -1 : WORD_OVER;
    const [disc, word] = [pictures.disc(cluster, radius), pictures.word(cluster)];
    const put = [[disc, x - disc.wide / 2, y - disc.high / 2]];
    if (cluster.size > 1) {
      const number = pictures.number(shortCount(cluster.size, this.locale));
      put.push([number, x - number.wide / 2, y - number.high / 2]);
    }
    if (word) put.push([word, Math.round(x - word.wide / 2), Math.round(y - radius - word.high + (over + 1) * pictures.unit)]);
    return { cluster, x: x / frame.ratio, y: y / frame.ratio, radius: radius / frame.ratio, worst: worstOf(cluster), pictures: put };
  },

  /** The clusters under a place of the map's container, nearest first. @param {{x: number, y: number}} at */
  hits(at) {
    if (!this.frame || !this.drawn.size) return [];
    const place = this._inFrame(at);
    return [...this.drawn.values()]
      .map(({ cluster, x, y, radius }) => ({ cluster, radius, distance: Math.hypot(x - place.x, y - place.y) }))
      .filter(({ distance, radius }) => distance <= radius + 2)
      .sort((a, b) => a.distance - b.distance);
  },
};
