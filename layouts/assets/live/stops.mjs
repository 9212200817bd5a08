// What the keyboard can stop at on the map: alerts, cases and workers in view, and near also single devices.
import { LEVEL_NAMES } from "./alert_layer.mjs";
import { lonLatOf } from "./points.mjs";

const ALERT = 1000;
const CASE = 500;
const WORKER = 100;
const LATE = 50;
const DEVICE = 10;
const MOST_DEVICES = 100; // the worst of them; whoever wants another comes nearer

/**
 * @param {any} scene @param {any} words @returns {import("./map_cursor.mjs").Stop[]} in no order
 */
export function stopsIn(scene, words) {
  const bounds = scene.map.getBounds();
  const known = scene.snapshot ?? { alerts: [], cases: [], workers: [] };
  return [
    ...marked(scene.alerts, bounds, known.alerts, (one) => alertStop(one, words)),
    ...marked(scene.cases, bounds, known.cases, (one) => caseStop(one, words)),
    ...marked(scene.workers, bounds, known.workers, (one) => workerStop(one, words)),
    ...deviceStops(scene, bounds, words),
  ];
}

/** Devices in view where the mouse could click them: near, and while points are shown. */
function deviceStops({ map, points, facts, config, showing }, bounds, words) {
  if (showing !== "points" || map.getContainer().classList.contains("far")) return [];
  const found = [];
  for (let i = 0; i < points.count; i++) {
    const [lon, lat] = lonLatOf(points.x[i], points.y[i]);
    if (points.shown[i] && bounds.contains([lat, lon])) found.push({ n: points.n[i], level: points.level[i], kind: points.kind[i], lon, lat });
  }
  found.sort((a, b) => b.level - a.level);
  return found.slice(0, MOST_DEVICES).map((one) => deviceStop(one, facts.get(one.n)?.name ?? config.kinds[one.kind]?.name ?? "", words));
}

/** @param {{n: number, level: number, lon: number, lat: number}} one @param {string} name of the device, or of its kind while that is not known @param {any} words */
export function deviceStop({ n, level, lon, lat }, name, words) {
  const state = level ? words.alert(words.levels[LEVEL_NAMES[level]]) : "";
  return { key: `device:${n}`, weight: DEVICE + level, lon, lat,
    words: [words.device, name, state].filter(Boolean).join(" · "), hit: { type: "device", n } };
}

/** The things of a layer of marks that are in view, where they are drawn. */
function marked(layer, bounds, things, stopOf) {
  const byId = new Map(things.map((one) => [one.id, one]));
  const inView = [...(layer?.kept.values() ?? [])].filter(({ mark }) => byId.has(mark.id) && bounds.contains([mark.lat, mark.lon]));
  return inView.map(({ mark }) => ({ ...stopOf(byId.get(mark.id)), lon: mark.lon, lat: mark.lat }));
}

/** @param {any} one an alert @param {any} words */
export function alertStop(one, words) {
  const level = words.levels[LEVEL_NAMES[one.level]];
  const state = one.status === "raised" ? words.unseen : "";
  return { key: `alert:${one.id}`, weight: ALERT + one.level * 2 + (one.status === "raised" ? 1 : 0),
    words: [words.alert(level), one.title, state].filter(Boolean).join(" · "), hit: { type: "alert", id: one.id } };
}

/** @param {any} one a case @param {any} words */
export function caseStop(one, words) {
  return { key: `case:${one.id}`, weight: CASE + (one.overdue ? LATE : 0),
    words: [words.case, one.title, one.overdue ? words.late : ""].filter(Boolean).join(" · "), hit: { type: "case", id: one.id } };
}

/** @param {any} one a worker @param {any} words */
export function workerStop(one, words) {
  return { key: `worker:${one.id}`, weight: WORKER, words: `${words.worker} · ${one.name}`, hit: { type: "worker", id: one.id, name: one.name } };
}
