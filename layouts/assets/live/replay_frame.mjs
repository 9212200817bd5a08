// What a replay shows of alerts, cases, tasks and workers: a snapshot of then, continued by facts and places.
import { applyFact } from "./facts.mjs";

/** The snapshot after some facts and places. @param {any} snapshot @param {{facts: any[], positions: any[][]}} due */
export function continued(snapshot, { facts, positions }) {
  const after = facts.reduce(applyFact, snapshot);
  if (!positions.length) return after;
  const places = new Map(positions.map(([, worker, lon, lat, at]) => [worker, { lon, lat, at }]));
  return { ...after, workers: after.workers.map((one) => (places.has(one.id) ? { ...one, ...places.get(one.id) } : one)) };
}

/**
 * Readings and states as the layer of dots takes them: a reading that does not say the value keeps the one before,
 * who speaks is online, and a state may leave the presence as it is.
 * @param {{readings: number[][], states: number[][]}} due @param {import("./points.mjs").PointTable} table
 * @returns {{readings: number[][], states: [number, number, number][]}}
 */
export function forTheDots({ readings, states }, table) {
  const speaking = [];
  const heard = [];
  for (const [n, at, value, quality] of readings) {
    const i = table.indexOf(n);
    if (i < 0) continue;
    heard.push([n, at, Number.isNaN(value) ? table.value[i] : value, quality]);
    if (table.presence[i] !== ONLINE) speaking.push([n, ONLINE, table.level[i]]);
  }
  return { readings: heard, states: [...speaking, ...changed(states, speaking, table)] };
}

/**
 * The devices that have become stale, or are no longer, only by time passing: to draw all of them anew would be seen.
 * @param {import("./points.mjs").PointTable} table @param {number} nowS @returns {[number, number, number][]} as states
 */
export function aged(table, nowS) {
  const rows = [];
  for (let i = 0; i < table.count; i++)
    if ((table.isStale(i, nowS) ? 1 : 0) !== table.stale[i] && table.indexOf(table.n[i]) === i) rows.push([table.n[i], table.presence[i], table.level[i]]);
  return rows;
}

const ONLINE = 1;
const AS_IT_IS = -1;

function changed(states, speaking, table) {
  const presences = new Map(speaking.map(([n]) => [n, ONLINE]));
  return states.flatMap(([, n, presence, level]) => {
    const i = table.indexOf(n);
    if (i < 0) return [];
    const now = presence === AS_IT_IS ? presences.get(n) ?? table.presence[i] : presence;
    presences.set(n, now);
    return [[n, now, level]];
  });
}
