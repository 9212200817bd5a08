// Density as heat: things as soft spots that add up on a coarse grid, and a palette that gets lighter with density.

export const CELL = 4; // px of the screen per cell of the grid
const RADIUS = 44; // px at a page scale of 1 to which a thing's heat reaches
const LOW = 0.003; // of the densest cell: below it nothing is drawn

const ROOT = 0.4;

/** @typedef {{x: number, y: number, weight: number}} Spot  px of the canvas */

/** How a spot's heat falls off: 1 in its middle, 0 at its edge. @param {number} cells radius @returns {Float32Array} */
export function kernelOf(cells) {
  const side = 2 * cells + 1;
  const kernel = new Float32Array(side * side);
  for (let y = -cells; y <= cells; y++)
    for (let x = -cells; x <= cells; x++) {
      const near = 1 - (x * x + y * y) / ((cells + 0.5) * (cells + 0.5));
      kernel[(y + cells) * side + x + cells] = near > 0 ? near * near : 0;
    }
  return kernel;
}

/**
 * The heat of spots on a grid of cells.
 * @param {Spot[]} spots @param {{width: number, height: number, scale?: number}} frame px of the canvas; scale: the page's
 * @returns {{columns: number, rows: number, heat: Float32Array, most: number}}
 */
export function heatOf(spots, { width, height, scale = 1 }) {
  const [columns, rows] = [Math.ceil(width / CELL), Math.ceil(height / CELL)];
  const heat = new Float32Array(columns * rows);
  const cells = Math.max(1, Math.round((RADIUS * scale) / CELL));
  const kernel = kernelOf(cells);
  for (const spot of spots) splat(heat, columns, rows, spot, kernel, cells);
  let most = 0;
  for (const one of heat) if (one > most) most = one;
  return { columns, rows, heat, most };
}

function splat(heat, columns, rows, { x, y, weight }, kernel, cells) {
  const [cx, cy] = [Math.floor(x / CELL), Math.floor(y / CELL)];
  const side = 2 * cells + 1;
  const [top, bottom] = [Math.max(0, cy - cells), Math.min(rows - 1, cy + cells)];
  const [left, right] = [Math.max(0, cx - cells), Math.min(columns - 1, cx + cells)];
  for (let row = top; row <= bottom; row++) {
    const from = (row - cy + cells) * side - cx + cells;
    for (let column = left; column <= right; column++) heat[row * columns + column] += kernel[from + column] * weight;
  }
}

/** Dark violet to pale yellow, lighter with each step: no level's colour, and to be told apart without colour. */
const STOPS = [[0, 58, 32, 110, 0], [0.12, 78, 46, 142, 34], [0.25, 98, 58, 158, 112], [0.4, 150, 84, 176, 158], [0.7, 214, 150, 190, 196], [1, 250, 244, 206, 224]];

/** 256 colours as bytes. @returns {Uint8ClampedArray} */
export function palette() {
  const colours = new Uint8ClampedArray(256 * 4);
  for (let i = 0; i < 256; i++) {
    const t = i / 255;
    const above = Math.max(1, STOPS.findIndex(([at]) => at >= t));
    const [from, to] = [STOPS[above - 1], STOPS[above]];
    const share = (t - from[0]) / (to[0] - from[0]);
    for (let k = 0; k < 4; k++) colours[i * 4 + k] = from[k + 1] + share * (to[k + 1] - from[k + 1]);
  }
  return colours;
}

/** The grid as pixels. @param {{heat: Float32Array, most: number}} field @param {Uint8ClampedArray} colours @param {Uint8ClampedArray} into 4 bytes per cell */
export function paint({ heat, most }, colours, into) {
  if (!most) return void into.fill(0);
  for (let i = 0; i < heat.length; i++) {
    const share = heat[i] / most;
    const k = share < LOW ? 0 : Math.round(share ** ROOT * 255) * 4; // a lone case is seen beside a dense street
    for (let c = 0; c < 4; c++) into[i * 4 + c] = k ? colours[k + c] : 0;
  }
}

/** How much a level weighs: a red one as much as eight blue ones (*default*). @param {number} level */
export const weightOf = (level) => (level > 0 ? 2 ** (level - 1) : 0);
