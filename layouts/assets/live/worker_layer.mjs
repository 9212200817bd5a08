// Grid workers as figures with the age of their place.
import { escapeHtml, overlaps } from "./marks.mjs";

const SIZE = 22;
const OLD_S = 180; // a place older than three minutes shows its age and looks stale

/**
 * The marks of the workers on duty who have a place.
 * @param {{id: string, name: string, grid: string, on_duty: boolean, lon: number|null, lat: number|null, at: any}[]} workers
 * @param {Set<string>} busy ids of workers with an open task
 * @param {import("./config.mjs").View} view
 * @returns {import("./marks.mjs").Mark[]}
 */
export function workerMarks(workers, busy, view) {
  if (!view.layers.includes("workers")) return [];
  return workers
    .filter((one) => Number.isFinite(one.lon) && Number.isFinite(one.lat))
    .filter((one) => one.on_duty !== false && overlaps(one.grid, view.area))
    .map((one) => workerMark(one, busy.has(one.id)));
}

function workerMark(one, busy) {
  const at = epochMs(one.at);
  const age = at ? `<u data-at="${at}" data-stale-after="${OLD_S}" data-only-stale></u>` : "";
  return { id: one.id, lon: one.lon, lat: one.lat, size: SIZE, classes: `worker-mark${busy ? " busy" : ""}`,
    html: `<i data-fresh title="${escapeHtml(one.name)}"><svg viewBox="0 0 16 16"><circle cx="8" cy="5.4" r="2.6"/><path d="M2.8 14a5.2 5.2 0 0 1 10.4 0z"/></svg>${age}</i>` };
}

/** Epoch ms of an ISO time or of a number; null when there is none. @param {any} at */
export function epochMs(at) {
  if (typeof at === "number") return at;
  const ms = Date.parse(at ?? "");
  return Number.isNaN(ms) ? null : ms;
}
