// The newest figures of the tiles, straight from the pulse: no callback, no new elements.

/**
 * @typedef {{key: string, value: number|null, digits: number, at: number|null, level: number}} Tile
 */

/** What a tile shows, as layouts.parts.number writes it. @param {Tile} tile @returns {string} "—" when there is no value */
export function tileText({ value, digits = 0 }) {
  if (value === undefined || value === null) return "—";
  return value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** Write the figures of the area that the page shows. @param {Tile[]} tiles @param {ParentNode} [root] */
export function showTiles(tiles, root = document) {
  for (const tile of tiles ?? []) {
    const element = root.querySelector(`[data-tile="${CSS.escape(tile.key)}"]`);
    if (element) show(element, tile);
  }
}

function show(element, tile) {
  const number = element.querySelector("[data-tile-text]");
  const text = tileText(tile);
  if (number && number.textContent !== text) number.textContent = text;
  const age = element.querySelector("[data-at]");
  if (age && tile.at) age.dataset.at = String(tile.at);
  if (tile.level !== undefined) element.dataset.level = String(Number(tile.level));
}
