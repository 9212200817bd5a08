// What part of the map a browser asks for: the view with a margin, in whole tiles, so that small moves ask for nothing.
import { worldOf } from "./points.mjs";

const TILE = 256; // px
export const PAD = 0.15; // of the view on each side: what a short drag brings into sight is there already
const CALM = 0.25; // zoom steps: cells of 64 px at their level are between 76 and 152 px wide on the screen
const DEEPEST = 20; // as in app/domain/clusters.py

/**
 * @typedef {{west: number, south: number, east: number, north: number}} Bounds degrees
 * @typedef {{area: string, kinds: string[]|null, level: number, box: number[], key: string}} Wanted
 */

/** The level of tiles and cells at a zoom of the map. @param {number} zoom @param {number} scale the page's: 2 at 3840 px */
export const levelAt = (zoom, scale = 1) => Math.min(DEEPEST, Math.max(0, Math.floor(zoom - Math.log2(scale) - CALM)));

/** @param {Bounds} bounds @param {number} pad share of each side @returns {Bounds} */
export function padded({ west, south, east, north }, pad = PAD) {
  const [dx, dy] = [(east - west) * pad, (north - south) * pad];
  return { west: Math.max(-180, west - dx), south: Math.max(-85, south - dy), east: Math.min(180, east + dx), north: Math.min(85, north + dy) };
}

/** The tiles that a box touches, as one word. @param {Bounds} bounds @param {number} level */
function tiles({ west, south, east, north }, level) {
  const size = TILE / 2 ** level;
  const corners = [...worldOf(west, north), ...worldOf(east, south)];
  return corners.map((edge) => Math.floor(edge / size)).join(",");
}

/**
 * What to ask the server for.
 * @param {Bounds} bounds of the view @param {number} zoom @param {{area: string, kinds: string[]|null}} view @param {number} [scale]
 * @returns {Wanted} of two with the same key one is enough
 */
export function wanted(bounds, zoom, { area, kinds }, scale = 1) {
  const level = levelAt(zoom, scale);
  const wide = padded(bounds);
  const box = [wide.west, wide.south, wide.east, wide.north];
  return { area, kinds, level, box, key: [area, kinds === null ? "*" : kinds.join("+"), level, tiles(wide, level)].join("|") };
}

/**
 * The codes of the kinds that a view shows: null when it is all of them.
 * @param {import("./config.mjs").KindRow[]} all @param {{tab: string, kinds: string[]|null, layers: string[]}} view
 */
export function shownKinds(all, view) {
  if (!view.layers.includes("devices")) return [];
  const found = all.filter((kind) => (view.tab === "all" || kind.domain === view.tab) && (!view.kinds || view.kinds.includes(kind.code)));
  return found.length === all.length ? null : found.map((kind) => kind.code);
}
