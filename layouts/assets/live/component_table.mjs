// Components (部件) as they come from /api/v1/components: the things themselves near, cells with counts from far out.
import { worldOf } from "./points.mjs";

export const MAJORS = ["01", "02", "03", "04", "05"];
export const INTACT = 0;
export const FAULTY = [1, 2]; // 破损, 丢失: somebody must mend them
export const ABANDONED = 3;

const HEAD = 20; // bytes before the districts
const NEAR = 16; // bytes of a component
const CELL = 32; // bytes of a cell
const POINTS = 1;
const CELLS = 2;
const SCALE = 1e7;

/**
 * @typedef {{form: "points"|"cells"|"none", count: number, total: number, level: number, districts: number[]}} Head
 * @typedef {{count: number, x: Float64Array, y: Float64Array, kind: Uint16Array, state: Uint8Array, serial: Uint32Array,
 *   district: Uint8Array}} Things  x, y: zoom-0 world px
 * @typedef {{x: number, y: number, counts: number[], size: number, faulty: number}} Cell  x, y: Web-Mercator tile
 * @typedef {Head & {things: Things|null, cells: Cell[]}} Answer
 */

/** @param {ArrayBuffer} buffer as app/web/components.py writes it @returns {Answer} */
export function decode(buffer) {
  const bytes = new DataView(buffer);
  const [form, count, total, level, known] = [0, 4, 8, 12, 16].map((at) => bytes.getUint32(at, true));
  const districts = Array.from({ length: known }, (_, k) => bytes.getUint32(HEAD + 4 * k, true));
  const from = HEAD + 4 * known;
  const record = form === POINTS ? NEAR : CELL;
  if (buffer.byteLength !== from + count * record) throw new RangeError(`components: ${buffer.byteLength} bytes, ${count} records`);
  return {
    form: form === POINTS ? "points" : form === CELLS ? "cells" : "none", count, total, level, districts,
    things: form === POINTS ? things(bytes, from, count) : null,
    cells: form === CELLS ? Array.from({ length: count }, (_, i) => cell(bytes, from + i * CELL)) : [],
  };
}

function things(bytes, from, count) {
  const found = {
    count, x: new Float64Array(count), y: new Float64Array(count), kind: new Uint16Array(count), state: new Uint8Array(count),
    serial: new Uint32Array(count), district: new Uint8Array(count),
  };
  for (let i = 0; i < count; i++) {
    const at = from + i * NEAR;
    [found.x[i], found.y[i]] = worldOf(bytes.getInt32(at, true) / SCALE, bytes.getInt32(at + 4, true) / SCALE);
    found.serial[i] = bytes.getUint32(at + 8, true);
    found.kind[i] = bytes.getUint16(at + 12, true);
    found.state[i] = bytes.getUint8(at + 14);
    found.district[i] = bytes.getUint8(at + 15);
  }
  return found;
}

function cell(bytes, at) {
  const word = (k) => bytes.getUint32(at + 4 * k, true);
  const counts = MAJORS.map((_, k) => word(2 + k));
  return { x: word(0), y: word(1), counts, size: counts.reduce((a, b) => a + b, 0), faulty: word(7) };
}

/** The mark of 17 digits of a component. @param {Answer} answer @param {number} i */
export function codeOf({ districts, things: found }, i) {
  const digits = (number, width) => String(number).padStart(width, "0");
  return digits(districts[found.district[i]], 6) + digits(found.kind[i], 5) + digits(found.serial[i], 6);
}

/** Which of the majors a kind belongs to: 0 for 01 … 4 for 05. @param {number} kind */
export const majorOf = (kind) => Math.min(MAJORS.length, Math.max(1, Math.floor(kind / 1000))) - 1;

/**
 * The nearest component to a place on the zoom-0 world.
 * @param {Things|null} found @param {number} x @param {number} y @param {number} reach world px @returns {number} -1 for none
 */
export function nearest(found, x, y, reach) {
  let [best, least] = [-1, reach * reach];
  for (let i = 0; i < (found?.count ?? 0); i++) {
    const [dx, dy] = [found.x[i] - x, found.y[i] - y];
    const far = dx * dx + dy * dy;
    if (far <= least) [best, least] = [i, far];
  }
  return best;
}

/**
 * Whether what was fetched answers for a view too: near things for any view inside, cells only at their own level.
 * @param {{box: number[], zoom: number, majors: string, answer: Answer}|null} found
 * @param {number[]} box west, south, east, north @param {number} zoom @param {string} majors
 */
export function answers(found, box, zoom, majors) {
  if (!found || found.majors !== majors) return false;
  const within = box[0] >= found.box[0] && box[1] >= found.box[1] && box[2] <= found.box[2] && box[3] <= found.box[3];
  const near = found.answer.form === "points";
  return within && (near ? zoom >= found.zoom - 1 : Math.round(zoom) === Math.round(found.zoom));
}

/** A count in few characters: 999, 1.2k, 35k, or in Chinese 3.5万. @param {number} count @param {string} locale */
export function shortOf(count, locale) {
  if (count < 1_000) return String(count);
  if (locale.startsWith("zh") && count >= 10_000) return `${(count / 10_000).toFixed(count < 100_000 ? 1 : 0)}万`;
  return count < 10_000 ? `${(count / 1_000).toFixed(1)}k` : `${Math.round(count / 1_000)}k`;
}

/** How strongly cells are filled: the root of their share of the fullest in view, 0 … 1. @param {Cell[]} cells @returns {number[]} */
export function strengths(cells) {
  const most = Math.max(1, ...cells.map(({ size }) => size));
  return cells.map(({ size }) => Math.sqrt(size / most));
}
