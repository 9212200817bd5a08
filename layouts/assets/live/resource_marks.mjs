// Marks of resources: one shape per sort, a hazard in the colour and with the word of its grade, many as their number.
import { escapeHtml } from "./marks.mjs";

/** The layer of each sort (app/domain/resources.py), in the order of the tree. @type {Map<string, string>} */
export const LAYER_OF = new Map([
  ["team", "resources:team"], ["supply", "resources:supply"], ["shelter", "resources:shelter"],
  ["hazard", "resources:hazard"], ["protected", "resources:protected"], ["camera", "cameras"],
]);

const SIZE = 22;
const CELL = 30;
const LEVELS = ["none", "blue", "yellow", "orange", "red"];

/** Outlines in a field of 24 × 24: first the shape that is filled, then the lines in it. @type {Object<string, [string, string]>} */
const GLYPHS = {
  team: ["M12 2l8.5 3v6.5c0 5-3.6 8.4-8.5 10.5-4.9-2.1-8.5-5.5-8.5-10.5V5z", "M12 7.5v8M8 11.5h8"],
  supply: ["M3 7.5 12 3l9 4.5v9L12 21l-9-4.5z", "M3 7.5l9 4.5 9-4.5M12 12v9"],
  shelter: ["M2.5 11.5 12 3l9.5 8.5H19V21H5v-9.5z", "M10 21v-6h4v6"],
  hazard: ["M12 1.5 22.5 12 12 22.5 1.5 12z", "M12 7v6.5M12 16.2v1"],
  protected: ["M12 2l10 7.5-3.8 12H5.8L2 9.5z", "M8.5 12.5l2.5 2.5 4.5-5"],
  camera: ["M2 6.5h13v3l7-3.5v12l-7-3.5v3H2z", "M5.5 12h5"],
};

/**
 * The picture of a sort, for marks, lists and cards. @param {string} sort @returns {string} SVG
 */
export function glyph(sort) {
  const [shape, lines] = GLYPHS[sort] ?? GLYPHS.supply;
  return `<svg viewBox="0 0 24 24" aria-hidden="true"><path class="shape" d="${shape}"/><path class="lines" d="${lines}"/></svg>`;
}

/**
 * What is on and lies in the answer, as marks.
 * @param {{properties: any, geometry: {coordinates: [number, number]}}[]} features of /api/v1/resources
 * @param {string|null} chosen id of the resource whose card is open
 * @returns {import("./marks.mjs").Mark[]}
 */
export function resourceMarks(features, chosen) {
  return features.map(({ properties, geometry: { coordinates: [lon, lat] } }) => ("count" in properties
    ? cellMark(properties, lon, lat) : oneMark(properties, lon, lat, properties.id === chosen)));
}

function oneMark(one, lon, lat, selected) {
  const classes = ["resource-mark", `sort-${one.sort}`, `tone-${LEVELS[one.level] ?? "none"}`];
  if (one.state === "out") classes.push("out");
  if (selected) classes.push("selected");
  return { id: one.id, lon, lat, size: SIZE, classes: classes.join(" "), html: `<i>${glyph(one.sort)}</i>`, order: selected ? 100 : one.level };
}

/** A cell is known by what it holds: it stays the same mark while that is so. */
function cellMark(cell, lon, lat) {
  const sorts = Object.entries(cell.sorts).sort((a, b) => b[1] - a[1]);
  const html = `<i>${glyph(sorts[0][0])}<b>${escapeHtml(short(cell.count))}</b></i>`;
  return { id: `cell ${cell.box.join(" ")} ${cell.count}`, lon, lat, size: CELL, html, classes: `resource-cell sort-${sorts[0][0]}` };
}

/** A number in four characters. @param {number} count */
export const short = (count) => (count < 1_000 ? String(count) : `${(count / 1_000).toFixed(count < 10_000 ? 1 : 0)}k`);

/** What a mark is called under the mouse: its name, or how many of what. @param {any} one properties of a feature @param {any} words */
export function nameOf(one, words) {
  if (!("count" in one)) return one.name ?? "";
  const sorts = Object.entries(one.sorts).sort((a, b) => b[1] - a[1]);
  return sorts.map(([sort, n]) => `${words.resources.sorts[sort] ?? sort} ${n}`).join(" · ");
}

/** @param {any} one properties of a feature @param {any} words @returns {string} */
export function whatOf(one, words) {
  if ("count" in one) return "";
  return [words.resources.sorts[one.sort], one.what, one.state === "out" ? words.resources.out : ""].filter(Boolean).join(" · ");
}
