// The parts of the map page beside the live marks; each has a module of its own.

/**
 * What a part may have; the page calls what is there, in the order of PARTS.
 * @typedef {{
 *   onMap?: (scene: import("./scene.mjs").Scene) => void, look?: (view: import("./config.mjs").View) => void,
 *   show?: (snapshot: import("./facts.mjs").Snapshot) => void,
 * }} Part  onMap: a map is there (or a new one); look: the view has changed; show: the snapshot has changed
 */

/** @type {(new (page: any) => Part)[]} each is given the Page of main.mjs */
export const PARTS = [];
