// The connection: snapshot, facts above it, and everything else the server pushes.
import { FactLog, emptySnapshot } from "./facts.mjs";
import { askAgain } from "./fetching.mjs";
import { PUSHED } from "./looking.mjs";

const GAP_MS = 5_000; // pulse.as_of above our seq for so long means that something was missed
const RETRY_MS = [1_000, 2_000, 5_000, 10_000];

/**
 * @typedef {{
 *   onFacts?: (applied: {fact: any, before: any}[]) => void, onSnapshot?: (snapshot: any) => void,
 *   onPushed?: (event: string, rows: any[]) => void, onNumbers?: (rows: number[][]) => void, onPositions?: (rows: any[]) => void,
 *   onPulse?: (pulse: import("./blind.mjs").Pulse) => void, onLink?: (live: boolean) => void, onFailure?: (what: string, failed: boolean) => void,
 * }} Hearers
 */

/** One page's live connection. */
export class Live {
  /**
   * @param {{socket: any, fetchSnapshot: () => Promise<any>, now: () => number, later?: (fn: () => void, ms: number) => any, facts?: boolean}} outside
   *   facts: false for a page that hears only the pulse
   * @param {Hearers} hearers
   */
  constructor({ socket, fetchSnapshot, now, later = (fn, ms) => setTimeout(fn, ms), facts = true }, hearers) {
    Object.assign(this, { socket, fetchSnapshot, now, later, facts, hearers });
    this.log = new FactLog(emptySnapshot());
    this.loaded = false;
    this.early = []; // facts that came before the first snapshot
    this.loading = null;
    this.tries = 0;
    this.waiting = false; // for the next try
    this.out = false; // nobody is signed in here any more: nothing is asked until somebody comes back
    this.gap = null;
    this.#listen();
  }

  get snapshot() {
    return this.log.snapshot;
  }

  #listen() {
    const { socket, hearers } = this;
    socket.on("connect", () => this.#connected());
    socket.on("disconnect", (why) => this.#left(why));
    socket.on("connect_error", () => this.#refused());
    socket.on("reset", () => this.load());
    socket.on("signed_out", () => this.#signedOut());
    socket.on("facts", (facts) => this.#facts(facts));
    for (const event of PUSHED) socket.on(event, (rows) => hearers.onPushed?.(event, rows));
    socket.on("numbers", (rows) => hearers.onNumbers?.(rows));
    socket.on("positions", (rows) => this.#positions(rows));
    socket.on("pulse", (pulse) => this.#pulse(pulse));
  }

  #connected() {
    this.hearers.onLink?.(true);
    if (this.loaded) this.resume();
    else this.load();
  }

  /** Socket.IO does not come back by itself after the server has sent us away. @param {string} [why] */
  #left(why) {
    this.hearers.onLink?.(false);
    if (why === "io server disconnect") this.#connectLater();
  }

  #connectLater() {
    this.later(() => this.out || this.socket.connect(), RETRY_MS[2]);
  }

  /** Another sign-in, or nobody here for too long: when we are let in again, all of it is taken anew. */
  #signedOut() {
    this.loaded = false;
    this.hearers.onFailure?.("session", true);
  }

  /** The server wants a sign-in first: the picture stays as it is, and nothing more is asked. */
  leave() {
    if (this.out) return;
    this.out = true;
    this.#signedOut();
    this.socket.disconnect();
  }

  /** Somebody is here again, who may have signed in elsewhere: ask once. */
  comeBack() {
    if (!this.out) return;
    this.out = false;
    askAgain();
    this.socket.connect();
  }

  /** Socket.IO itself retries when nobody answers; a server that does not let us in is asked why, and again later. */
  #refused() {
    this.hearers.onLink?.(false);
    if (this.socket.active) return;
    this.load();
    this.#connectLater();
  }

  /** Take everything now, for which no connection is needed; there may be one already, or one that was refused. */
  begin() {
    const { connected, active } = this.socket;
    if (connected) this.#connected();
    else this.load();
    if (!connected && !active) this.#connectLater();
  }

  /** Ask for the facts that we missed. */
  resume() {
    this.gap = null;
    if (this.facts) this.socket.emit("resume", { seq: this.log.seq });
  }

  /** Take everything anew; calls while one is under way join it. @returns {Promise<void>} */
  load() {
    if (this.out) return Promise.resolve();
    this.loading ??= this.#load().finally(() => {
      this.loading = null;
    });
    return this.loading;
  }

  async #load() {
    let snapshot;
    try {
      snapshot = await this.fetchSnapshot();
    } catch (why) {
      this.#failed(why);
      return;
    }
    this.tries = 0;
    this.hearers.onFailure?.("session", false);
    this.hearers.onFailure?.("snapshot", false);
    this.log.restart(snapshot);
    this.loaded = true;
    this.log.add(this.early.splice(0));
    this.hearers.onSnapshot?.(this.snapshot);
    if (this.socket.connected) this.resume();
  }

  #failed(why) {
    if (why?.status === 401) return void this.leave();
    this.hearers.onFailure?.("snapshot", true);
    const wait = RETRY_MS[Math.min(this.tries, RETRY_MS.length - 1)];
    this.tries += 1;
    if (this.waiting) return; // a server that lets nobody in all night must not be asked more and more often
    this.waiting = true;
    this.later(() => {
      this.waiting = false;
      this.load();
    }, wait);
  }

  #facts(facts) {
    if (!this.loaded) {
      this.early.push(...facts);
      return;
    }
    const applied = this.log.add(facts);
    if (this.gap && this.log.seq >= this.gap.seq) this.gap = null;
    if (applied.length) this.hearers.onFacts?.(applied);
  }

  #positions(rows) {
    const places = new Map(rows.map(([worker, lon, lat, at]) => [worker, { lon, lat, at }]));
    const workers = this.snapshot.workers.map((one) => (places.has(one.id) ? { ...one, ...places.get(one.id) } : one));
    this.log.snapshot = { ...this.snapshot, workers };
    this.hearers.onPositions?.(rows);
  }

  #pulse(pulse) {
    if (this.facts && this.loaded && pulse.as_of !== undefined) this.#compare(pulse.as_of);
    this.hearers.onPulse?.(pulse);
  }

  /** Facts outside our scope raise as_of without a fact for us: ask once, then believe that we have them all. */
  #compare(seq) {
    if (this.gap && this.#closed(seq)) this.gap = null;
    if (this.gap) {
      if (this.now() - this.gap.since > GAP_MS) this.#mend();
    } else if (seq !== this.log.seq) this.gap = { seq, ours: this.log.seq, since: this.now(), asked: false };
  }

  /** Whether the gap of some seconds ago is over. @param {number} seq the newest pulse's as_of */
  #closed(seq) {
    const { seq: seen, ours } = this.gap;
    return seen > ours ? this.log.seq >= seen : seq >= ours;
  }

  #mend() {
    const { seq, ours, asked } = this.gap;
    if (seq < ours) {
      this.gap = null;
      this.load(); // the server still knows less than we did: another ledger
    } else if (!asked) {
      this.socket.emit("resume", { seq: this.log.seq });
      this.gap = { seq, ours, since: this.now() - GAP_MS / 2, asked: true };
    } else {
      this.gap = null;
      this.log.advance(seq);
    }
  }
}
