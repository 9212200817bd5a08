// What the live layer fetches: the snapshot, the points, and the Socket.IO client.
import { emptySnapshot } from "./facts.mjs";

const SOCKET_IO = "/vendor/socket.io.min.js";
const SLOW_MS = 15_000;

/** An answer that is not 2xx; `status` is HTTP's. */
export class Failed extends Error {
  /** @param {string} url @param {number} status */
  constructor(url, status) {
    super(`${url}: ${status}`);
    this.status = status;
  }
}

let out = false; // nobody is signed in here any more: nothing is asked until somebody comes back

/** Ask again, as somebody may have signed in meanwhile. */
export const askAgain = () => void (out = false);

/** Fetch from our own server. @param {string} url @param {AbortSignal|null} [signal] @returns {Promise<Response>} a good one, else Failed */
export const get = (url, signal = null) => ask(url, signal);

/** Do something there; the token is asked for each time, since this is done seldom. @param {string} url @returns {Promise<Response>} */
export async function post(url) {
  const { csrf } = await (await get("/api/v1/me")).json();
  return ask(url, null, { method: "POST", headers: { "X-CSRFToken": csrf } });
}

/** The one door: the document hears "chengyun:signed-out" when the server wants a sign-in first. */
async function ask(url, signal, more = {}) {
  if (out) throw new Failed(url, 401);
  const slow = AbortSignal.timeout(SLOW_MS);
  const answer = await fetch(url, {
    credentials: "same-origin", cache: "no-store", redirect: "manual", signal: signal ? AbortSignal.any([signal, slow]) : slow, ...more,
  });
  if (answer.ok) return answer;
  const status = answer.type === "opaqueredirect" ? 401 : answer.status; // sent to /login
  if (status === 401) leave();
  throw new Failed(url, status);
}

function leave() {
  if (out) return;
  out = true;
  document.dispatchEvent(new CustomEvent("chengyun:signed-out"));
}

/** @returns {Promise<import("./facts.mjs").Snapshot>} everything this user may see */
export const fetchSnapshot = async () => (await get("/api/v1/snapshot")).json();

/** Whether we are still signed in, for a page without a city. @returns {Promise<import("./facts.mjs").Snapshot>} an empty one */
export const fetchMe = async () => {
  await get("/api/v1/me");
  return emptySnapshot();
};

/** A query of what is given: lists as "a,b". @param {Object<string, any>} asked */
export const queryOf = (asked) => new URLSearchParams(
  Object.entries(asked).filter(([, value]) => value !== undefined && value !== null).map(([name, value]) => [name, String(value)]),
).toString();

/**
 * What a map shows: points or clusters, as the server says.
 * @param {{area: string, box: number[], zoom: number, kinds?: string[], show?: string, as?: string}} asked @param {AbortSignal} [signal]
 * @returns {Promise<import("./looking.mjs").Shown>}
 */
export async function fetchShown(asked, signal) {
  const answer = await get(`/api/v1/points?${queryOf(asked)}`, signal);
  if (answer.headers.get("X-Chengyun-Show") === "clusters") return { show: "clusters", ...(await answer.json()) };
  return { show: "points", buffer: await answer.arrayBuffer() };
}

/** The map of another moment (live/replay_reel.mjs: unpack). @param {{at: number}} asked @param {AbortSignal} [signal] */
export const fetchReplay = async (asked, signal) => (await get(`/api/v1/replay?${queryOf(asked)}`, signal)).arrayBuffer();

/** What changed on it in a time. @param {{since: number, until: number, step: number}} asked */
export const fetchSteps = async (asked) => (await get(`/api/v1/replay/steps?${queryOf(asked)}`)).arrayBuffer();

/** How far back one can go. @returns {Promise<{now: number, oldest: number}>} epoch ms */
export const fetchSpan = async () => (await get("/api/v1/replay/span")).json();

/** What a cluster holds. @param {Object<string, any>} asked @returns {Promise<{count: number, box: number[]|null, n: number[]}>} */
export const fetchInside = async (asked) => (await get(`/api/v1/points/inside?${queryOf(asked)}`)).json();

/** A device with its name and metrics. @param {number} n */
export const fetchDevice = async (n) => (await get(`/api/v1/devices/n:${n}`)).json();

/** Load the Socket.IO client, a classic script that sets window.io. @returns {Promise<any>} io */
export function socketIo() {
  if (window.io) return Promise.resolve(window.io);
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = SOCKET_IO;
    script.onload = () => resolve(window.io);
    script.onerror = () => reject(new Error(`${SOCKET_IO} did not load`));
    document.head.append(script);
  });
}
