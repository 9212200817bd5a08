// Clusters as the server counts them: cells of a level with counts by level of alert, and where on the screen each one stands.

const CELL_WORLD = 64; // px of the level
const WORST = [4, 3, 2, 1];
const LEAST_SHARE = 0.07; // of the ring: one red among a thousand must be seen
const TURN = Math.PI * 2;
const FINEST = 120; // parts of the ring: 3° is a pixel or two, and rings that look alike are one picture

/** @typedef {{x: number, y: number, lon: number, lat: number, counts: number[], offline: number, size: number}} Cluster counts by level 0..4 */

/** The clusters of one level. */
export class ClusterTable {
  level = 0;
  cells = new Map();

  /** Take all anew. @param {{level: number, rows: number[][]}} answer */
  load({ level, rows }) {
    this.level = level;
    this.cells.clear();
    this.apply(rows);
  }

  /** Take cells as they are now; an empty one goes. @param {number[][]} rows [x, y, lon, lat, n0, n1, n2, n3, n4, offline] */
  apply(rows) {
    for (const [x, y, lon, lat, ...counts] of rows) {
      const offline = counts.pop();
      const size = counts.reduce((sum, n) => sum + n, 0);
      const key = `${x},${y}`;
      if (size) this.cells.set(key, { x, y, lon, lat, counts, offline, size });
      else this.cells.delete(key);
    }
  }

  clear() {
    this.cells.clear();
  }

  /** Around all cells, on the zoom-0 world. @returns {[number, number, number, number]} left, top, right, bottom */
  extent() {
    const width = CELL_WORLD / 2 ** this.level;
    const [xs, ys] = [[...this.cells.values()].map((cell) => cell.x), [...this.cells.values()].map((cell) => cell.y)];
    if (!xs.length) return [0, 0, 0, 0];
    return [Math.min(...xs) * width, Math.min(...ys) * width, (Math.max(...xs) + 1) * width, (Math.max(...ys) + 1) * width];
  }

  /** How many devices are in all of them. */
  get size() {
    let sum = 0;
    for (const cell of this.cells.values()) sum += cell.size;
    return sum;
  }
}

/** The worst level inside. @param {Cluster} cluster @returns {number} 0..4 */
export const worstOf = ({ counts }) => WORST.find((level) => counts[level] > 0) ?? 0;

/** How large a cluster is drawn, px at a page scale of 1. @param {number} size how many devices */
export const radiusOf = (size) => (size === 1 ? 6 : 10 + 4 * Math.ceil(Math.log10(size + 1)));

/** Its number in few letters: 999, 1,234, 1.2万 or 12k. @param {number} size @param {string} locale */
export function shortCount(size, locale) {
  if (size < 1_000) return String(size);
  if (size < 10_000) return `${Math.floor(size / 1_000)},${String(size % 1_000).padStart(3, "0")}`;
  return locale.startsWith("en") ? `${Math.round(size / 1000)}k` : `${(size / 10_000).toFixed(1)}万`;
}

/**
 * The parts of the ring: worst level first, then the offline ones, the rest last.
 * @param {Cluster} cluster
 * @returns {{level: number, from: number, to: number}[]} level 5 is offline; angles from the top, clockwise
 */
export function ringOf({ counts, offline, size }) {
  const quiet = Math.max(0, counts[0] - offline); // an offline device with an alert is counted by its alert
  const parts = [...WORST.map((level) => [level, counts[level]]), [5, counts[0] - quiet], [0, quiet]].filter(([, n]) => n > 0);
  const raised = parts.map(([level, n]) => [level, level === 0 ? n / size : Math.max(n / size, LEAST_SHARE)]);
  const whole = raised.reduce((all, [, share]) => all + share, 0);
  const angle = (shares) => Math.round((shares / whole) * FINEST) * (TURN / FINEST) - TURN / 4;
  let sum = 0;
  return raised.map(([level, share]) => ({ level, from: angle(sum), to: angle((sum += share)) }));
}

/**
 * Where a cluster is drawn: at the middle of its devices, but whole inside its cell, so that no two overlap.
 * @param {Cluster} cluster @param {number} level @param {[number, number]} middle on the zoom-0 world of 256 px @param {number} scale of the screen @param {number} radius px
 * @returns {[number, number]} px of the world at this scale
 */
export function placeOf(cluster, level, middle, scale, radius) {
  const width = (CELL_WORLD / 2 ** level) * scale;
  const inside = (at, cell) => {
    const [low, high] = [cell * width + radius, (cell + 1) * width - radius];
    return low > high ? (low + high) / 2 : Math.min(high, Math.max(low, at * scale));
  };
  return [inside(middle[0], cluster.x), inside(middle[1], cluster.y)];
}
