// The newest figures of the tiles, straight from the pulse: no callback, no new elements.

const NONE = "—";

/**
 * @typedef {{key: string, value: number|null, digits: number, at: number|null, level: number}} Tile
 */

/** What a tile shows, as layouts.parts.number writes it. @param {Tile} tile @returns {string} "—" when there is no value */
export function tileText({ value, digits = 0 }) {
  if (value === undefined || value === null) return NONE;
  return value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/**
 * Write the figures of the area that the page shows.
 * @param {Tile[]} tiles @param {ParentNode} [root]
 * @returns {boolean} whether a tile has got its first value or another level: its words ("尚无数据") are Python's, so the panel must be painted anew
 */
export function showTiles(tiles, root = document) {
  let first = false;
  for (const tile of tiles ?? []) {
    const element = root.querySelector(`[data-tile="${CSS.escape(tile.key)}"]`);
    if (element) first = show(element, tile) || first;
  }
  return first;
}

function show(element, tile) {
  const number = element.querySelector("[data-tile-text]");
  const text = tileText(tile);
  const first = Boolean(number) && isFirst(number.textContent, text);
  if (number && number.textContent !== text) number.textContent = text;
  const age = element.querySelector("[data-at]");
  if (age && tile.at) age.dataset.at = String(tile.at);
  return tile.level === undefined ? first : showLevel(element, tile.level) || first;
}

/** Write the level. @returns {boolean} whether it is another one, whose word is Python's too */
function showLevel(element, level) {
  const before = element.dataset.level;
  element.dataset.level = String(Number(level));
  return before !== undefined && before !== element.dataset.level;
}

/** Whether a figure comes where there was none. @param {string|null} before @param {string} after */
export const isFirst = (before, after) => before?.trim() === NONE && after !== NONE;
