// A page of an older system or of older boundaries: whoever sits before it reloads it, and a wall before which nobody sits does so by itself.

const ALONE_MS = 60_000; // without a hand on mouse or keyboard
const SPREAD_MS = 30_000; // not all walls of a city at once
const AGAIN_MS = 10 * 60_000; // two servers of two editions must not make a page reload for ever
const LOST = ["socket", "session", "redis", "ledger"]; // without these no page would come
const HANDS = ["pointerdown", "pointermove", "wheel", "keydown", "touchstart"];
const BEFORE = "chengyun.renewed";

/**
 * Whether a page may reload itself now.
 * @param {{kind: string}[]} marks what is lost @param {{now: number, touched: number, before: number, wait: number, busy: boolean}} moment
 *   epoch ms: now, of the last hand, of the last reload of this kind; wait: ms without a hand; busy: something would be cut off
 */
export function mayRenew(marks, { now, touched, before, wait, busy }) {
  const old = marks.some(({ kind }) => kind === "edition");
  const lost = marks.some(({ kind }) => LOST.includes(kind));
  return old && !lost && !busy && now - touched >= wait && now - before >= AGAIN_MS;
}

/** Whether somebody has begun to write something, or has a card of ours open. */
const writing = () => Boolean(document.querySelector("dialog[open]"))
  || [...document.querySelectorAll("textarea, input:not([type]), input[type=text], input[type=search]")].some((field) => field.value.trim());

/** Watches whether anybody is there. */
export class Renewal {
  /** @param {() => boolean} busy whether the page is in the middle of something */
  constructor(busy) {
    this.busy = busy;
    this.touched = Date.now();
    this.wait = ALONE_MS + Math.random() * SPREAD_MS;
    this.asking = false;
    for (const name of HANDS) addEventListener(name, () => (this.touched = Date.now()), { capture: true, passive: true });
  }

  /** Call each second. @param {{kind: string}[]} marks @param {number} now */
  tick(marks, now) {
    const before = Number(sessionStorage.getItem(BEFORE) ?? -Infinity);
    const moment = { now, touched: this.touched, before, wait: this.wait, busy: this.asking || this.busy() || writing() };
    if (mayRenew(marks, moment)) void this.#renew(now);
  }

  /** Only when the page is there to be had: a browser that finds none shows an error for ever. */
  async #renew(now) {
    this.asking = true;
    try {
      const answer = await fetch(location.href, { cache: "no-store" });
      const home = new URL(answer.url).pathname === location.pathname; // not the sign-in; a view that is nobody's any more leads to the page itself
      if (!answer.ok || !home) throw new Error(`the page answers ${answer.status}`);
      sessionStorage.setItem(BEFORE, String(now));
      location.reload();
    } catch (why) {
      console.warn("the new page cannot be had yet", why);
      setTimeout(() => (this.asking = false), ALONE_MS);
    }
  }
}
