// Shapes that an officer draws: circle, ring, line; their text, their lengths and areas. Pure; app/domain/drawn.py reads the same.

const EARTH_M = 6371008.8; // mean radius (IUGG): within 0.4 % of the ellipsoid, which is finer than a hand draws
const RAD = Math.PI / 180;

/** @typedef {[number, number]} Place lon, lat in degrees */
/** @typedef {{type: "circle", points: Place[], radius: number} | {type: "ring"|"line", points: Place[], radius?: number}} Shape */

/** Metres between two places, along the sphere. @param {Place} a @param {Place} b */
export function metres([lonA, latA], [lonB, latB]) {
  const [x, y] = [(lonB - lonA) * RAD, (latB - latA) * RAD];
  const half = Math.sin(y / 2) ** 2 + Math.cos(latA * RAD) * Math.cos(latB * RAD) * Math.sin(x / 2) ** 2;
  return 2 * EARTH_M * Math.asin(Math.min(1, Math.sqrt(half)));
}

/** Metres along a line. @param {Place[]} points */
export const length = (points) => points.slice(1).reduce((sum, point, i) => sum + metres(points[i], point), 0);

/** Square metres inside a ring (Chamberlain and Duquette's formula for the sphere). @param {Place[]} points */
export function ringArea(points) {
  let sum = 0;
  for (let i = 0; i < points.length; i++) {
    const [before, here, after] = [points.at(i - 1), points[i], points[(i + 1) % points.length]];
    sum += (after[0] - before[0]) * RAD * Math.sin(here[1] * RAD);
  }
  return Math.abs((sum * EARTH_M * EARTH_M) / 2);
}

/** Square metres inside a shape; 0 for a line. @param {Shape} shape */
export function areaOf(shape) {
  if (shape.type === "circle") return Math.PI * shape.radius ** 2;
  return shape.type === "ring" && shape.points.length > 2 ? ringArea(shape.points) : 0;
}

/** The ring of a box with two opposite corners. @param {Place} a @param {Place} b @returns {Place[]} */
export const boxOf = ([west, south], [east, north]) => [[west, south], [east, south], [east, north], [west, north]];

const short = (value) => String(Number(value.toFixed(6)));

/** @param {Shape} shape @returns {string} as it stands in the address */
export function textOf(shape) {
  const spots = shape.points.map((point) => point.map(short).join(",")).join(";");
  return shape.type === "circle" ? `circle:${spots},${Math.round(shape.radius)}` : `${shape.type}:${spots}`;
}

/** @param {string|null} text @returns {Shape|null} null for what is no circle and no ring */
export function shapeOf(text) {
  const [type, rest] = (text ?? "").split(":");
  const spots = (rest ?? "").split(";").map((spot) => spot.split(",").map(Number));
  if (!spots.flat().every(Number.isFinite)) return null;
  return { circle: circleOf, ring: cornersOf }[type]?.(spots) ?? null;
}

function circleOf(spots) {
  const [lon, lat, radius] = spots[0];
  return spots.length === 1 && spots[0].length === 3 && radius > 0 ? { type: "circle", points: [[lon, lat]], radius } : null;
}

const cornersOf = (spots) => (spots.length > 2 && spots.every((spot) => spot.length === 2) ? { type: "ring", points: spots } : null);

/** A length in words: 820 m, 3.4 km. @param {number} m */
export const lengthText = (m) => (m < 1000 ? `${Math.round(m)} m` : `${(m / 1000).toFixed(m < 10_000 ? 2 : 1)} km`);

/** An area in words: m² below a hectare, then km². @param {number} m2 */
export const areaText = (m2) => (m2 < 10_000 ? `${Math.round(m2).toLocaleString("en-US")} m²` : `${(m2 / 1e6).toFixed(m2 < 1e7 ? 3 : 1)} km²`);

/**
 * A shape that grows while somebody draws it. A circle and a box are done with their second point, a ring and a line when told so.
 * @param {"circle"|"box"|"ring"|"line"|"area"} tool @param {Place[]} points the points so far @param {Place|null} hand where the mouse is
 * @returns {Shape|null} null while there is nothing to see
 */
export function growing(tool, points, hand) {
  const all = hand ? [...points, hand] : points;
  if (all.length < 2) return null;
  if (tool === "circle") return { type: "circle", points: [all[0]], radius: Math.max(1, metres(all[0], all[1])) };
  if (tool === "box") return { type: "ring", points: boxOf(all[0], all[1]) };
  return { type: tool === "line" ? "line" : "ring", points: all };
}

/** Whether a tool is done with so many points. */
export const isDone = (tool, points) => (tool === "circle" || tool === "box") && points.length >= 2;

/** Whether what was drawn can be taken. */
export const isWhole = (tool, points) => points.length >= ({ circle: 2, box: 2, line: 2 }[tool] ?? 3);
