// A large picture in strips: a change copies and shows only the strips that it touches, and a frame draws no more of them than it can.

const STRIP_PX = 600_000; // of a strip, about
const STEP = 60; // px: whole at the usual ratios of device pixels to px

/**
 * @typedef {{top: number, height: number, canvas: HTMLCanvasElement, g: CanvasRenderingContext2D, anew: boolean,
 *   wipes: [number, number][], rows: Set<number>, told: any[]}} Strip device px; what is to be done on it in its next turn
 */

/** How high the strips of a picture are. @param {number} width device px @param {number} height */
export const heightOf = (width, height) => Math.min(height, Math.max(STEP, Math.round(STRIP_PX / width / STEP) * STEP));

/** The strips that a line of so many pixels around `y` touches. @param {number} y device px @param {number} reach @param {number} tall @param {number} count @returns {[number, number]} first and last; first > last for none */
export const touched = (y, reach, tall, count) => [Math.max(0, Math.floor((y - reach) / tall)), Math.min(count - 1, Math.floor((y + reach) / tall))];

/** The strips of one picture, empty. */
export class Strips {
  /** @param {import("./canvas.mjs").Frame} frame */
  constructor({ width, height, left, top, ratio }) {
    this.width = width;
    this.tall = heightOf(width, height);
    this.turn = 0;
    this.all = Array.from({ length: Math.ceil(height / this.tall) }, (_, k) => {
      const from = k * this.tall;
      const canvas = document.createElement("canvas");
      Object.assign(canvas, { width, height: Math.min(this.tall, height - from) });
      Object.assign(canvas.style, { position: "absolute", pointerEvents: "none", left: `${left}px`, top: `${top + from / ratio}px`,
        width: `${width / ratio}px`, height: `${canvas.height / ratio}px` });
      return { top: from, height: canvas.height, canvas, g: canvas.getContext("2d"), anew: false, wipes: [], rows: new Set(), told: [] };
    });
  }

  /** @param {number} y device px @param {number} reach @param {(strip: Strip) => void} tell */
  each(y, reach, tell) {
    const [first, last] = touched(y, reach, this.tall, this.all.length);
    for (let k = first; k <= last; k++) tell(this.all[k]);
  }

  /** Those that wait, each in its turn, for so many pixels together: at least one. @param {number} pixels @returns {Strip[]} */
  due(pixels) {
    const { all, turn, width } = this;
    const chosen = [];
    for (let k = 0, sum = 0; k < all.length && (sum === 0 || sum + width * this.tall <= pixels); k++) {
      const strip = all[(turn + k) % all.length];
      if (!waits(strip)) continue;
      chosen.push(strip);
      sum += width * strip.height;
      this.turn = (turn + k + 1) % all.length;
    }
    return chosen;
  }

  waiting() {
    return this.all.some(waits);
  }

  /** Give the memory back at once, not when somebody looks for it. */
  free() {
    for (const { canvas } of this.all) canvas.width = canvas.height = 0;
  }
}

const waits = ({ anew, wipes, rows }) => anew || wipes.length > 0 || rows.size > 0;
