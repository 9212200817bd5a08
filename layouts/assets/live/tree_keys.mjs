// The keys of a tree (WAI-ARIA's tree pattern): what a key does on the row that has the focus.

/**
 * A row that can be seen, in the order of the screen.
 * @typedef {{level: number, open: boolean|null, name: string}} Row  open: null for a row without children
 * @typedef {{focus: number} | {open: boolean} | {turn: true} | null} Move
 */

/** @param {Row[]} rows @param {number} at the row that has the focus @param {string} key @returns {Move} */
export function treeMove(rows, at, key) {
  const row = rows[at];
  if (!row) return null;
  const moves = {
    ArrowDown: () => go(rows, at, at + 1), ArrowUp: () => go(rows, at, at - 1),
    Home: () => go(rows, at, 0), End: () => go(rows, at, rows.length - 1),
    ArrowRight: () => inwards(rows, at), ArrowLeft: () => outwards(rows, at),
    Enter: () => ({ turn: true }), " ": () => ({ turn: true }),
  };
  if (Object.hasOwn(moves, key)) return moves[key]();
  return key.length === 1 && /\p{L}/u.test(key) ? typed(rows, at, key) : null;
}

function go(rows, at, to) {
  return to >= 0 && to < rows.length && to !== at ? { focus: to } : { focus: at };
}

function inwards(rows, at) {
  if (rows[at].open === false) return { open: true };
  return rows[at].open ? go(rows, at, at + 1) : go(rows, at, at);
}

function outwards(rows, at) {
  if (rows[at].open) return { open: false };
  for (let i = at - 1; i >= 0; i--) if (rows[i].level < rows[at].level) return { focus: i };
  return go(rows, at, at);
}

/** A letter goes to the next row whose name begins with it. */
function typed(rows, at, key) {
  const wanted = key.toLowerCase();
  for (let k = 1; k <= rows.length; k++) {
    const i = (at + k) % rows.length;
    if (rows[i].name.toLowerCase().startsWith(wanted)) return { focus: i };
  }
  return null;
}
