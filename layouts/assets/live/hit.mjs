// Which devices lie under the mouse: a coarse grid over the screen, built at the first click after a repaint.

const CELL = 16; // px; larger than the hit radius, so that a look at 3 × 3 cells is enough

/** Points on the screen in cells of 16 px. */
export class HitGrid {
  /**
   * @param {number} count
   * @param {(i: number) => [number, number]|null} place screen px of point i, null when it is not drawn
   */
  constructor(count, place) {
    this.cells = new Map();
    this.place = place;
    for (let i = 0; i < count; i++) {
      const at = place(i);
      if (at) this.#put(keyOf(at[0], at[1]), i);
    }
  }

  #put(key, i) {
    const cell = this.cells.get(key);
    if (cell) cell.push(i);
    else this.cells.set(key, [i]);
  }

  /**
   * Points within `radius` px, nearest first.
   * @param {number} x @param {number} y @param {number} radius
   * @returns {{i: number, distance: number}[]}
   */
  near(x, y, radius) {
    const found = [];
    const reach = Math.ceil(radius / CELL);
    for (let dx = -reach; dx <= reach; dx++)
      for (let dy = -reach; dy <= reach; dy++)
        for (const i of this.cells.get(keyOf(x + dx * CELL, y + dy * CELL)) ?? []) {
          const [px, py] = this.place(i);
          const distance = Math.hypot(px - x, py - y);
          if (distance <= radius) found.push({ i, distance });
        }
    return found.sort((a, b) => a.distance - b.distance);
  }
}

/** One number per cell; screens are far smaller than 65,536 cells across. */
function keyOf(x, y) {
  return (Math.floor(x / CELL) + 32768) * 65536 + Math.floor(y / CELL) + 32768;
}
