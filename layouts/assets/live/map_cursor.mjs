// Where the keyboard goes on the map: pure geometry and order, no map and no page.

/** @typedef {{key: string, x: number, y: number}} Spot a place on the screen, in pixels */

const ALONG = {
  ArrowLeft: ({ x }, from) => from.x - x, ArrowRight: ({ x }, from) => x - from.x,
  ArrowUp: ({ y }, from) => from.y - y, ArrowDown: ({ y }, from) => y - from.y,
};
const WIDE = 2; // how far to the side still counts as that way: twice as far as ahead
const ACROSS = 2; // a place to the side counts as farther than one straight ahead

/** @param {string} key KeyboardEvent.key @returns {boolean} */
export const isArrow = (key) => Object.hasOwn(ALONG, key);

/** The place nearest to a point. @param {{x: number, y: number}} from @param {Spot[]} spots @returns {Spot|null} */
export const nearest = (from, spots) => least(spots, (spot) => Math.hypot(spot.x - from.x, spot.y - from.y));

/**
 * The next place in the direction of an arrow key; null when there is none that way.
 * @param {{x: number, y: number, key?: string}} from @param {Spot[]} spots @param {string} arrow
 * @returns {Spot|null}
 */
export function towards(from, spots, arrow) {
  const sideways = arrow === "ArrowLeft" || arrow === "ArrowRight";
  const across = (spot) => Math.abs(sideways ? spot.y - from.y : spot.x - from.x);
  const ahead = spots.filter((spot) => spot.key !== from.key && ALONG[arrow](spot, from) * WIDE > across(spot));
  return least(ahead, (spot) => ALONG[arrow](spot, from) + ACROSS * across(spot));
}

function least(spots, cost) {
  let best = null;
  let lowest = Infinity;
  for (const spot of spots) {
    const now = cost(spot);
    if (now < lowest) [best, lowest] = [spot, now];
  }
  return best;
}

/**
 * @typedef {{key: string, lon: number, lat: number, weight: number, words: string, hit: any}} Stop
 *   something on the map that the keyboard stops at; hit: as a click on it (docs/live-layer.md, map-click)
 */

/** The heaviest first, then from north to south, as one reads. @param {Stop[]} stops @returns {Stop[]} */
export const inOrder = (stops) => [...stops].sort((a, b) => b.weight - a.weight || b.lat - a.lat || a.lon - b.lon);

/** The stop after, or before, the one of a key; a strange key begins anew. @param {Stop[]} stops @param {string|null} key @param {number} step 1 or -1 */
export function stepped(stops, key, step) {
  if (!stops.length) return null;
  const now = stops.findIndex((stop) => stop.key === key);
  if (now < 0) return step > 0 ? stops[0] : stops.at(-1);
  return stops[(now + step + stops.length) % stops.length];
}
