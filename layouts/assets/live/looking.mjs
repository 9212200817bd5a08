// What this browser looks at: told to the server, fetched once, and kept true by what is pushed from then on.
import { shownKinds, wanted } from "./viewport.mjs";

const AGAIN_MS = 3_000;
const ACK_MS = 1_500; // who hears nothing for longer fetches all the same
const MOST_EARLY = 2_000; // pushes that wait for a fetch; more are not worth keeping
export const PUSHED = ["readings", "states", "entered", "left", "clusters"];

/**
 * @typedef {{show: "points", buffer: ArrayBuffer} | {show: "clusters", level: number, rows: number[][]}} Shown
 * @typedef {{connected: () => boolean, tell: (message: any, ms: number) => Promise<any>, fetchShown: (asked: any, signal: AbortSignal) => Promise<Shown>,
 *   later?: (fn: () => void, ms: number) => any, failed: (failed: boolean) => void, out?: () => boolean}} Outside out: nobody is signed in here any more
 */

/** Asks for what the map shows; the newest wish wins. */
export class Looking {
  /** @param {import("./config.mjs").KindRow[]} kinds @param {Outside} outside */
  constructor(kinds, outside) {
    Object.assign(this, { kinds, ...outside });
    this.later ??= (fn, ms) => setTimeout(fn, ms); // called as a method, setTimeout itself refuses
    this.scene = null;
    this.view = null;
    this.watched = [];
    this.following = false; // tracks are on the map, which grow wherever their workers are
    this.paused = false; // the map shows another time
    this.key = null; // of what was asked for last
    this.turn = 0;
    this.early = null; // what was pushed before its points were fetched
    this.abort = null;
  }

  /** A map is there. @param {any} scene what has `sight()`, `take(shown)` and `hear(event, rows)` */
  onMap(scene) {
    this.scene = scene;
    this.key = null;
    return this.look();
  }

  /** @param {import("./config.mjs").View} view as it is drawn */
  turnTo(view) {
    this.view = view;
    return this.look();
  }

  /** The map has moved, or the view is another: ask if that means other tiles. @param {boolean} [anew] ask in any case */
  async look(anew = false) {
    if (!this.#may()) return;
    const sight = this.#wanted();
    const key = sight?.key ?? `${this.view.area}|${this.paused}`;
    if (key === this.key && !anew) return;
    this.key = key;
    const turn = ++this.turn;
    this.abort?.abort();
    if (sight) await this.#try(sight, turn);
    else await this.#say({ area: this.view.area });
  }

  #may() {
    return Boolean(this.view?.area) && !this.out?.();
  }

  async #try(sight, turn) {
    this.abort = new AbortController();
    try {
      await this.#ask(sight, turn, this.abort.signal);
    } catch (why) {
      if (turn === this.turn) this.#again(why);
    }
  }

  #wanted() {
    const bounds = this.paused ? null : this.scene?.bounds();
    if (!bounds) return null;
    const kinds = shownKinds(this.kinds, this.view);
    const found = wanted(bounds, this.scene.zoom(), { area: this.view.area, kinds }, this.scene.scale());
    const workers = this.#workers();
    return { ...found, workers, key: `${found.key}|${workers}` };
  }

  /** Whose places the map shows: "box" or "all". */
  #workers() {
    if (this.following) return "all";
    return this.view.layers.includes("workers") ? "box" : null;
  }

  /** Tracks are shown, or no longer. @param {boolean} following */
  follow(following) {
    this.following = following;
    return this.look();
  }

  async #ask(sight, turn, signal) {
    const { area, kinds, level, box, workers } = sight;
    const asked = { area, box, zoom: level, show: this.scene.showing ?? undefined, ...(kinds ? { kinds } : {}) };
    const told = await this.#say({ ...asked, workers });
    if (turn !== this.turn) return;
    this.early = [];
    const shown = await this.fetchShown({ ...asked, as: told?.show }, signal);
    if (turn !== this.turn) return;
    this.asked = { ...asked, workers, as: shown.show };
    this.scene.take(shown, area);
    this.failed(false);
    const early = this.early;
    this.early = null;
    for (const [event, rows] of early) this.scene.hear(event, rows);
  }

  /** @returns {Promise<any>} what the server says, null without a connection */
  async #say(message) {
    if (!this.connected()) return null;
    try {
      return await this.tell({ ...message, watch: this.watched }, ACK_MS);
    } catch (why) {
      console.warn("the server did not hear what the map shows", why);
      return null;
    }
  }

  #again(why) {
    if (why?.status === 401) return;
    console.warn("what the map shows did not come", why);
    this.failed(true);
    this.early = null;
    this.later(() => this.look(true), AGAIN_MS);
  }

  /** Something was pushed. @param {string} event @param {any[]} rows */
  hear(event, rows) {
    if (this.paused || !this.scene) return;
    if (!this.early) this.scene.hear(event, rows);
    else if (this.early.length < MOST_EARLY) this.early.push([event, rows]);
  }

  /** The devices whose numbers a panel shows, wherever the map is. @param {number[]} numbers */
  watch(numbers) {
    const sorted = [...new Set(numbers)].sort((a, b) => a - b);
    if (sorted.join() === this.watched.join()) return;
    this.watched = sorted;
    if (this.view?.area) this.#say(this.scene && !this.paused && this.asked ? this.asked : { area: this.view.area });
  }

  /** Show another time, or the present again. @param {boolean} paused */
  pause(paused) {
    this.paused = paused;
    this.early = null;
    return this.look(true);
  }
}
