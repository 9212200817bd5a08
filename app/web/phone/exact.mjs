// The whole address of a task: fetched when the worker opens it, kept on the phone for outdoors, and
// gone with the task. Nothing else that is masked ever comes here, and each fetch is written down by the server.

import { Refusal } from "./api.mjs";

const KEPT = "exact";
const LONGEST_MS = 12 * 3_600_000; // *default*: a shift, as long as a worker stays signed in

export class Exact {
  /**
   * @param {{remember: Function, recall: Function}} kept
   * @param {(path: string, body: any) => Promise<any>} post
   * @param {() => number} now epoch ms
   */
  constructor(kept, post, now = Date.now) {
    this.kept = kept;
    this.post = post;
    this.now = now;
    this.known = {}; // task id → {at, address, about, lon, lat}
    this.asked = new Set(); // ids under way, or refused by the server
  }

  async load() {
    this.known = (await this.kept.recall(KEPT)) ?? {};
  }

  /** The task with what is known of its place, for its card. */
  on(task) {
    const found = this.known[task.id];
    if (!found?.address) return task;
    const spot = found.lon === null ? {} : { lon: found.lon, lat: found.lat };
    return { ...task, ...spot, exact: found.address, about: found.about };
  }

  /** The worker looks at a task: true when its address came with this. */
  async open(task) {
    if (task.id in this.known || this.asked.has(task.id)) return false;
    this.asked.add(task.id);
    try {
      const found = await this.post(`/api/v1/tasks/${encodeURIComponent(task.id)}/address`, {});
      if (!this.asked.has(task.id)) return false; // it has ended meanwhile, or nobody is signed in
      this.asked.delete(task.id);
      this.known[task.id] = { ...found, at: this.now() };
      await this.kept.remember(KEPT, this.known);
      return true;
    } catch (why) {
      // without a network it is tried again; what the server refuses stays refused until the next start
      if (!(why instanceof Refusal) || why.status === 401 || why.status >= 429) this.asked.delete(task.id);
      return false;
    }
  }

  /** Forget all but the open tasks, and what is older than a shift. @param {string[]} open ids */
  async keepOnly(open) {
    const fresh = ([id, found]) => open.includes(id) && this.now() - found.at < LONGEST_MS;
    const left = Object.fromEntries(Object.entries(this.known).filter(fresh));
    for (const id of this.asked) if (!open.includes(id)) this.asked.delete(id);
    if (Object.keys(left).length === Object.keys(this.known).length) return;
    this.known = left;
    await this.kept.remember(KEPT, left);
  }

  /** Nobody is signed in, or somebody else. */
  clear() {
    return this.keepOnly([]);
  }
}
