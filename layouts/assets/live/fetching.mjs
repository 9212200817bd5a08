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

async function get(url) {
  const answer = await fetch(url, {
    credentials: "same-origin", cache: "no-store", redirect: "manual", signal: AbortSignal.timeout(SLOW_MS),
  });
  if (answer.type === "opaqueredirect") throw new Failed(url, 401); // sent to /login
  if (!answer.ok) throw new Failed(url, answer.status);
  return answer;
}

/** @returns {Promise<import("./facts.mjs").Snapshot>} everything this user may see */
export const fetchSnapshot = async () => (await get("/api/v1/snapshot")).json();

/** Whether we are still signed in, for a page without a city. @returns {Promise<import("./facts.mjs").Snapshot>} an empty one */
export const fetchMe = async () => {
  await get("/api/v1/me");
  return emptySnapshot();
};

/** @returns {Promise<ArrayBuffer>} the records of all devices this user may see */
export const fetchPoints = async () => (await get("/api/v1/points")).arrayBuffer();

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
