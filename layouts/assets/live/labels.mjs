// Where labels may stand so that no two of them touch: the more important one first, each at the first place that is free.

const GAP = 2; // px between two labels

/**
 * @typedef {{x: number, y: number, w: number, h: number}} Box  x, y of its middle
 * @typedef {{id: string, x: number, y: number, w: number, h: number, priority: number,
 *   shifts?: [number, number][], fits?: (x: number, y: number) => boolean}} Label
 *   shifts: other places for its middle, px from x, y, tried in turn; fits: whether its middle may be there
 */

/** @param {Box} a @param {Box} b @returns {boolean} whether they overlap or stand closer than the gap */
export const touch = (a, b) => Math.abs(a.x - b.x) * 2 < a.w + b.w + 2 * GAP && Math.abs(a.y - b.y) * 2 < a.h + b.h + 2 * GAP;

/** Of what stands on the screen, by cells: a label asks only its neighbours. */
class Taken {
  constructor(cell = 96) {
    this.cell = cell;
    this.cells = new Map();
  }

  *#around({ x, y, w, h }) {
    const of = (value) => Math.floor(value / this.cell);
    for (let cx = of(x - w / 2 - GAP); cx <= of(x + w / 2 + GAP); cx++)
      for (let cy = of(y - h / 2 - GAP); cy <= of(y + h / 2 + GAP); cy++) yield `${cx},${cy}`;
  }

  add(box) {
    for (const key of this.#around(box)) {
      if (!this.cells.has(key)) this.cells.set(key, []);
      this.cells.get(key).push(box);
    }
  }

  free(box) {
    for (const key of this.#around(box)) if (this.cells.get(key)?.some((one) => touch(one, box))) return false;
    return true;
  }
}

/**
 * Place labels, most important first; one for which there is no room is left out.
 * @param {Label[]} labels @param {Box[]} blocked what they must not cover
 * @param {{width: number, height: number}} frame their middles stay inside
 * @returns {Map<string, Box>} where each label that has room stands
 */
export function placeLabels(labels, blocked, frame) {
  const taken = new Taken();
  for (const box of blocked) taken.add(box);
  const placed = new Map();
  const order = [...labels].sort((a, b) => b.priority - a.priority || (a.id < b.id ? -1 : 1));
  for (const label of order) {
    const box = firstFree(label, taken, frame);
    if (!box) continue;
    taken.add(box);
    placed.set(label.id, box);
  }
  return placed;
}

function firstFree({ x, y, w, h, shifts = [], fits }, taken, { width, height }) {
  for (const [dx, dy] of [[0, 0], ...shifts]) {
    const box = { x: x + dx, y: y + dy, w, h };
    const inFrame = box.x >= 0 && box.y >= 0 && box.x <= width && box.y <= height;
    if (inFrame && (!fits || fits(box.x, box.y)) && taken.free(box)) return box;
  }
  return null;
}

/** Whether a place lies inside rings, by the even-odd rule: holes are outside. @param {[number, number][][]} rings */
export function insideRings(rings, x, y) {
  let inside = false;
  for (const ring of rings)
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
      const [[xi, yi], [xj, yj]] = [ring[i], ring[j]];
      if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
    }
  return inside;
}

/** Other places for a label of an area: above and below its middle, then to both sides. @returns {[number, number][]} */
export const around = (w, h) => [[0, -h], [0, h], [-w * 0.7, 0], [w * 0.7, 0], [0, -2 * h], [0, 2 * h]];

/** Places for the label of a mark: to its right, to its left, above, below. @param {number} r half of the mark @returns {[number, number][]} */
export const beside = (w, h, r) => [[r + w / 2, 0], [-r - w / 2, 0], [0, -r - h / 2], [0, r + h / 2]];
