// A small map without tiles: the grids around, the target and the worker, as SVG.

import { metres } from "./tasks.mjs";

const W = 358;
const H = 136;

/** Screen x and y of places, so that all of `fit` are inside; metres per pixel is the same both ways. */
export function projection(fit, width = W, height = H) {
  const lat0 = fit[0].lat;
  const kx = Math.cos((lat0 * Math.PI) / 180);
  const xs = fit.map((p) => p.lon * kx);
  const ys = fit.map((p) => p.lat);
  const [left, right, low, high] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const room = 0.003; // degrees: about 300 m when there is only one place
  const scale = Math.min((width - 60) / Math.max(right - left, room), (height - 50) / Math.max(high - low, room / 2));
  const cx = (left + right) / 2;
  const cy = (low + high) / 2;
  return (p) => [width / 2 + (p.lon * kx - cx) * scale, height / 2 - (p.lat - cy) * scale];
}

/**
 * @param {{lon: number, lat: number}} target
 * @param {{lon: number, lat: number} | null} here
 * @param {any} areas GeoJSON FeatureCollection of the grids around, or undefined
 */
export function minimap(target, here, areas) {
  const at = projection(here && metres(here, target) < 20_000 ? [target, here] : [target]);
  const line = (ring) => ring.map(([lon, lat]) => at({ lon, lat }).map((v) => v.toFixed(1)).join(",")).join(" ");
  const grids = (areas?.features ?? [])
    .flatMap(({ geometry: g }) => (g.type === "Polygon" ? [g.coordinates[0]] : g.coordinates.map((part) => part[0])))
    .map((ring) => `<polygon points="${line(ring)}" fill="#eef4fa" stroke="#b9cde2" stroke-width="1.5"/>`)
    .join("");
  const [tx, ty] = at(target);
  const way = here ? at(here) : null;
  const me = way
    ? `<path d="M${way} L${tx},${ty}" stroke="#0077c8" stroke-width="3" stroke-dasharray="2 7" stroke-linecap="round"/>
       <circle cx="${way[0]}" cy="${way[1]}" r="8" fill="#0077c8" stroke="#fff" stroke-width="3"/>`
    : "";
  return `<svg class="minimap" viewBox="0 0 ${W} ${H}" aria-hidden="true" preserveAspectRatio="xMidYMid slice">${grids}${me}
    <path d="M${tx} ${ty} l-11 -17 a13 13 0 1 1 22 0z" fill="#d6293e"/></svg>`;
}
