// Which things lie near a place on the screen: a coarse grid of linked lists in typed arrays, cheap to make and to change.

const CELL = 16; // px; larger than the hit radius, so that a look at 3 × 3 cells is enough

/** Things by their row number in cells of 16 px; a thing outside the frame counts to its border. */
export class HitGrid {
  /** @param {number} count rows @param {number} width px of the frame @param {number} height */
  constructor(count, width, height) {
    this.across = Math.max(1, Math.ceil(width / CELL));
    this.down = Math.max(1, Math.ceil(height / CELL));
    this.heads = new Int32Array(this.across * this.down).fill(-1);
    this.next = new Int32Array(count).fill(-1);
    this.cell = new Int32Array(count).fill(-1);
    this.x = new Float32Array(count);
    this.y = new Float32Array(count);
  }

  #column(x) {
    return Math.min(this.across - 1, Math.max(0, Math.floor(x / CELL)));
  }

  #line(y) {
    return Math.min(this.down - 1, Math.max(0, Math.floor(y / CELL)));
  }

  /** Put a thing at a place, or move it there. @param {number} i @param {number} x px @param {number} y px */
  put(i, x, y) {
    this.x[i] = x;
    this.y[i] = y;
    const cell = this.#line(y) * this.across + this.#column(x);
    if (this.cell[i] === cell) return;
    this.take(i);
    this.cell[i] = cell;
    this.next[i] = this.heads[cell];
    this.heads[cell] = i;
  }

  /** Take a thing away; harmless when it is not there. @param {number} i */
  take(i) {
    const cell = this.cell[i];
    if (cell < 0) return;
    this.cell[i] = -1;
    if (this.heads[cell] === i) {
      this.heads[cell] = this.next[i];
      return;
    }
    let before = this.heads[cell];
    while (this.next[before] !== i) before = this.next[before];
    this.next[before] = this.next[i];
  }

  /** @param {number} i */
  has(i) {
    return this.cell[i] >= 0;
  }

  /** Call back with every thing whose cell touches a rectangle. @param {(i: number) => void} tell */
  each(x0, y0, x1, y1, tell) {
    const [left, right] = [this.#column(x0), this.#column(x1)];
    for (let line = this.#line(y0); line <= this.#line(y1); line++)
      for (let column = left; column <= right; column++)
        for (let i = this.heads[line * this.across + column]; i >= 0; i = this.next[i]) tell(i);
  }

  /**
   * Things within `radius` px, nearest first.
   * @param {number} x @param {number} y @param {number} radius
   * @returns {{i: number, distance: number}[]}
   */
  near(x, y, radius) {
    const found = [];
    this.each(x - radius, y - radius, x + radius, y + radius, (i) => {
      const distance = Math.hypot(this.x[i] - x, this.y[i] - y);
      if (distance <= radius) found.push({ i, distance });
    });
    return found.sort((a, b) => a.distance - b.distance || a.i - b.i);
  }
}
