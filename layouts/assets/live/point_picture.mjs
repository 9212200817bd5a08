// A picture of the devices at one place of the map: painted whole in steps, or where something has changed.
import { HitGrid } from "./hit.mjs";
import { LIT, NORMAL, STALE, UNHEARD } from "./sprites.mjs";
import { Sheet, press } from "./stamps.mjs";
import { Strips } from "./strips.mjs";

const LEVELS = 5;
const MANY = 1_000; // dots from which a strip is written as pixels
const AT_ONCE = 5_000; // dots that are put in their places in one step
const FRAME_PX = 1_500_000; // of a frame: what the browser copies and shows of it in time

const sheet = new Sheet(); // of the strip that is painted just now

/** One picture; its rows are those of the table. */
export class PointPicture {
  /** @param {{table: import("./points.mjs").PointTable, frame: import("./canvas.mjs").Frame, sprites: import("./sprites.mjs").Sprites, shapeOf: number[]|null, lit: Map<number, number>}} look shapeOf: the shape of each kind, null far out */
  constructor({ table, frame, sprites, shapeOf, lit }) {
    Object.assign(this, { table, frame, sprites, shapeOf, lit, outgrown: false });
    this.strips = new Strips(frame);
    this.grid = new HitGrid(table.room, frame.width / frame.ratio, frame.height / frame.ratio);
  }

  /** Paint everything, a little with each step. */
  *all() {
    for (let i = 0; i < this.table.count; i++) {
      this.stand(i);
      if (i % AT_ONCE === AT_ONCE - 1) yield;
    }
    for (const strip of this.strips.all) {
      this.#fill(strip);
      yield;
    }
  }

  /** Note where a device stands. @param {number} i @returns {boolean} whether it is seen */
  stand(i) {
    const { table, frame, grid } = this;
    if (!table.shown[i]) return false;
    const [x, y] = [table.x[i] * frame.scale - frame.ox, table.y[i] * frame.scale - frame.oy];
    const margin = this.sprites.size / frame.ratio;
    const inside = x >= -margin && y >= -margin && x <= frame.width / frame.ratio + margin && y <= frame.height / frame.ratio + margin;
    if (inside) grid.put(i, x, y);
    else this.outgrown = true; // or it is out of the view: then the canvas stays as it is
    return inside;
  }

  /**
   * Something has changed; it is drawn by `paint`.
   * @param {Iterable<number>} dirty rows to draw @param {Iterable<number>} moved those of them that stand elsewhere now, or nowhere
   * @param {number[][]} fresh readings to be told of when they are drawn
   */
  note(dirty, moved, fresh) {
    const { grid, strips, frame, sprites } = this;
    for (const i of moved) {
      const [x, y] = [grid.x[i], grid.y[i]];
      if (grid.has(i)) strips.each(y * frame.ratio, sprites.size, (strip) => strip.wipes.push([x, y]));
      if (!this.stand(i)) grid.take(i);
    }
    for (const i of dirty) if (grid.has(i)) strips.each(grid.y[i] * frame.ratio, sprites.size / 2, (strip) => strip.rows.add(i));
    for (const reading of fresh) this.#stripOf(this.table.indexOf(reading[0])).told.push(reading);
  }

  /** Where a reading is told: one that is out of sight with the first strip. */
  #stripOf(i) {
    const { all, tall } = this.strips;
    const k = i >= 0 && this.grid.has(i) ? Math.floor((this.grid.y[i] * this.frame.ratio) / tall) : 0;
    return all[Math.min(all.length - 1, Math.max(0, k))];
  }

  /** Paint what has changed, as much as one frame bears. @returns {number[][]} the readings that are drawn now */
  paint() {
    const due = this.strips.due(FRAME_PX);
    for (const strip of due) {
      if (strip.anew || strip.rows.size > MANY) this.#fill(strip);
      else this.#change(strip);
      Object.assign(strip, { anew: false, wipes: [], rows: new Set() });
    }
    const told = this.strips.all.filter((strip) => strip.told.length && (due.includes(strip) || !strip.rows.size));
    return told.flatMap((strip) => strip.told.splice(0));
  }

  #change(strip) {
    for (const [x, y] of strip.wipes) this.#wipe(strip, x, y);
    for (const i of strip.rows) if (this.grid.has(i) && this.table.shown[i]) this.#draw(strip, i);
  }

  /** Wipe one place and draw again what it touched: a clip of one whole rectangle is cheap, one of many is not. */
  #wipe(strip, x, y) {
    const { frame, sprites } = this;
    const { g } = strip;
    const side = sprites.size + 2;
    const [left, top] = [Math.floor(x * frame.ratio - side / 2), Math.floor(y * frame.ratio - side / 2) - strip.top];
    const reach = (sprites.size + side) / 2 / frame.ratio;
    g.save();
    g.beginPath();
    g.rect(left, top, side, side);
    g.clip();
    g.clearRect(left, top, side, side);
    for (const i of this.#within(x - reach, y - reach, x + reach, y + reach)) this.#draw(strip, i);
    g.restore();
  }

  /** Rows in a box of CSS px, the worst last. @returns {number[]} */
  #within(left, top, right, bottom) {
    const { grid, table } = this;
    const rows = Array.from({ length: LEVELS }, () => []);
    grid.each(left, top, right, bottom, (i) => {
      if (table.shown[i] && grid.x[i] >= left && grid.x[i] <= right && grid.y[i] >= top && grid.y[i] <= bottom) rows[this.#level(i)].push(i);
    });
    return rows.flat();
  }

  #level(i) {
    return Math.min(this.table.level[i], LEVELS - 1);
  }

  /** A strip anew: the worst levels on top. */
  #fill(strip) {
    const { frame, sprites } = this;
    const { g, canvas: { width, height } } = strip;
    const reach = sprites.size / frame.ratio;
    const rows = this.#within(-reach, strip.top / frame.ratio - reach, width / frame.ratio + reach, (strip.top + height) / frame.ratio + reach);
    if (rows.length > MANY) {
      sheet.begin(g, width, height);
      for (const i of rows) this.#press(strip, i);
      sheet.end(g);
    } else {
      g.clearRect(0, 0, width, height);
      for (const i of rows) this.#draw(strip, i);
    }
  }

  #press(strip, i) {
    const [level, state, shape] = this.#look(i);
    const [left, top] = this.#corner(strip, i);
    press(sheet.pixels, strip.canvas.width, strip.height, this.sprites.stamp(level, state, shape), left, top);
  }

  #draw(strip, i) {
    const [level, state, shape] = this.#look(i);
    const [left, top] = this.#corner(strip, i);
    strip.g.drawImage(this.sprites.get(level, state, shape), left, top);
  }

  #look(i) {
    return [this.#level(i), this.#state(i), this.shapeOf?.[this.table.kind[i]] ?? 0];
  }

  #state(i) {
    if (this.table.stale[i]) return STALE;
    if (this.table.isUnheard(i)) return UNHEARD;
    return this.lit.has(i) ? LIT : NORMAL;
  }

  #corner(strip, i) {
    const { frame, sprites, grid } = this;
    return [Math.round(grid.x[i] * frame.ratio - sprites.size / 2), Math.round(grid.y[i] * frame.ratio - sprites.size / 2) - strip.top];
  }

  /** @returns {HTMLCanvasElement[]} */
  get canvases() {
    return this.strips.all.map((strip) => strip.canvas);
  }
}
