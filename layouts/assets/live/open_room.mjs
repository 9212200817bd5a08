// Where the map is open: not under a panel that lies on it, and not at its edge.
import { pageScale } from "./canvas.mjs";

const ON_THE_MAP = ".tabs, .crumb, .search, .layers, .card-slot > *, .things .card, .card.inside, .map-tools, .time, .replay-badge, .leaflet-control";
const ROOM = 32; // px at 1080p that a mark keeps from panels and edges when it is moved
const COVERED = 16; // nearer than this it is moved

/** @typedef {{left: number, top: number, right: number, bottom: number}} Box px in the map's container @typedef {{x: number, y: number}} At */

/** What lies on the map and must stay readable. @param {any} map @param {string} [which] a selector of it @returns {Box[]} */
export function panelsOn(map, which = ON_THE_MAP) {
  const home = map.getContainer().getBoundingClientRect();
  const boxes = [...document.querySelectorAll(which)].map((one) => one.getBoundingClientRect()).filter(({ width, height }) => width > 0 && height > 0);
  return boxes.map(({ left, top, right, bottom }) => ({ left: left - home.left, top: top - home.top, right: right - home.left, bottom: bottom - home.top }));
}

/** Whether a place has room around it. @param {At} at @param {Box[]} boxes @param {At} size of the map @param {number} room */
export function isOpen({ x, y }, boxes, size, room) {
  const inside = x >= room && y >= room && x <= size.x - room && y <= size.y - room;
  return inside && !boxes.some((box) => x > box.left - room && x < box.right + room && y > box.top - room && y < box.bottom + room);
}

/**
 * The nearest place that is open.
 * @param {At} at @param {Box[]} boxes @param {At} size of the map @param {number} room
 * @returns {At|null} null where there is none
 */
export function nearestOpen(at, boxes, size, room) {
  const edges = (place, low, high, far) => [place, room, far - room, ...boxes.flatMap((box) => [box[low] - room, box[high] + room])];
  let best = null;
  let least = Infinity;
  for (const x of edges(at.x, "left", "right", size.x))
    for (const y of edges(at.y, "top", "bottom", size.y)) {
      const way = Math.hypot(x - at.x, y - at.y);
      if (way < least && isOpen({ x, y }, boxes, size, room)) [best, least] = [{ x, y }, way];
    }
  return best;
}

/** Whether a place can be seen. @param {any} map @param {number} lon @param {number} lat */
export const isSeen = (map, lon, lat) => isOpen(map.latLngToContainerPoint([lat, lon]), panelsOn(map), map.getSize(), COVERED * pageScale());

/**
 * Move the map until a place can be seen, and no farther.
 * @param {any} map @param {number} lon @param {number} lat @param {{animate: boolean}} how
 * @returns {At} where it then is in the map's container
 */
export function bringInSight(map, lon, lat, how) {
  const at = map.latLngToContainerPoint([lat, lon]);
  if (isSeen(map, lon, lat)) return at;
  const open = nearestOpen(at, panelsOn(map), map.getSize(), ROOM * pageScale());
  if (!open) return at;
  map.panBy([Math.round(at.x - open.x), Math.round(at.y - open.y)], how);
  return open;
}
