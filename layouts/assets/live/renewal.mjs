// A page of an older system or of older boundaries: whoever sits before it reloads it, and a wall before which nobody sits does so by itself.

const ALONE_MS = 60_000; // without a hand on mouse or keyboard
const SPREAD_MS = 30_000; // not all walls of a city at once
const AGAIN_MS = 10 * 60_000; // after a reload that did not help; twice as long each time
const LONGEST_MS = 12 * 3_600_000;
const FORGET_MS = 24 * 3_600_000; // a reload of longer ago has nothing to do with now
const SEVERAL_MS = 10 * 60_000; // for so long after an edition came back, several count as there
const ASKS = 4; // so often in a row the new page must be there to be had
const ASK_MS = 2_000;
const LOST = ["socket", "session", "redis", "ledger"]; // without these no page would come
const HANDS = ["pointerdown", "pointermove", "wheel", "keydown", "touchstart"];
const KEPT = "chengyun.renewed";
const META = /<meta name="edition" content="([^"]*)"/;

/** Which editions answer at our address: web roles are exchanged one after the other, and two may stay beside each other. */
export class Editions {
  /** @param {string|null|undefined} ours what this page is made of; without it, the first that is heard */
  constructor(ours) {
    this.ours = ours ?? null;
    this.newest = this.ours;
    this.known = new Set([this.ours]);
    this.severalAt = -Infinity;
  }

  /** An answer was of an edition; one that comes back after another is there beside it. @param {string} edition @param {number} now */
  hear(edition, now) {
    this.ours ??= edition;
    this.newest ??= edition;
    if (edition !== this.newest && this.known.has(edition)) this.severalAt = now;
    this.known.add(edition);
    this.newest = edition;
  }

  /** What is to be said. @param {number} now @returns {"edition"|"editions"|null} ours is old; several answer; ours is the one */
  mark(now) {
    if (now - this.severalAt < SEVERAL_MS) return "editions";
    return this.newest === this.ours ? null : "edition";
  }
}

/** What the page is made of: its frame and its layout are asked for one after the other. @param {string|undefined} layout the edition in its configuration */
export function editionOfPage(layout) {
  const frame = document.querySelector("meta[name=edition]")?.content;
  return frame && layout && frame !== layout ? `${frame} ${layout}` : frame ?? layout; // of two roles: never what answers
}

/**
 * Whether a page may reload itself now.
 * @param {{kind: string}[]} marks what is lost
 * @param {{now: number, touched: number, kept: {at: number, times: number}, wait: number, busy: boolean}} moment
 *   epoch ms: now, of the last hand; kept: the last reload of this kind and how many there were; wait: ms without a hand; busy: something would be cut off
 */
export function mayRenew(marks, { now, touched, kept, wait, busy }) {
  const old = marks.some(({ kind }) => kind === "edition") && !marks.some(({ kind }) => kind === "editions");
  const lost = marks.some(({ kind }) => LOST.includes(kind));
  return old && !lost && !busy && now - touched >= wait && now - kept.at >= pause(kept.times);
}

/** How long after so many reloads the next one may come, ms. @param {number} times */
export const pause = (times) => (times ? Math.min(AGAIN_MS * 2 ** (times - 1), LONGEST_MS) : 0);

/** The reloads of this tab, of which one long ago does not count. @param {number} now */
export function keptOf(text, now) {
  const { at = -Infinity, times = 0 } = JSON.parse(text ?? "{}");
  return now - at < FORGET_MS ? { at, times } : { at: -Infinity, times: 0 };
}

/** Whether somebody has begun to write something, or has a card of ours open. */
const writing = () => Boolean(document.querySelector("dialog[open]"))
  || [...document.querySelectorAll("textarea, input:not([type]), input[type=text], input[type=search]")].some((field) => field.value.trim());

/** Watches whether anybody is there. */
export class Renewal {
  /** @param {Editions} editions @param {() => boolean} busy whether the page is in the middle of something */
  constructor(editions, busy) {
    Object.assign(this, { editions, busy, asking: false });
    this.touched = Date.now();
    this.wait = ALONE_MS + Math.random() * SPREAD_MS;
    for (const name of HANDS) addEventListener(name, () => (this.touched = Date.now()), { capture: true, passive: true });
  }

  /** Call each second. @param {{kind: string}[]} marks @param {number} now */
  tick(marks, now) {
    if (!this.asking && this.#may(marks, now)) void this.#renew(marks);
  }

  #may(marks, now) {
    const kept = keptOf(sessionStorage.getItem(KEPT), now);
    return mayRenew(marks, { now, touched: this.touched, kept, wait: this.wait, busy: this.busy() || writing() });
  }

  /** Only when the page is there to be had, and no other than what was heard: a browser that finds none shows an error for ever. */
  async #renew(marks) {
    this.asking = true;
    try {
      for (let n = 0; n < ASKS; n++) {
        if (n) await new Promise((go) => setTimeout(go, ASK_MS));
        this.editions.hear(await editionThere(), Date.now());
      }
      const now = Date.now();
      if (this.editions.mark(now) !== "edition" || !this.#may(marks, now)) throw new Error("several editions answer, or somebody came");
      sessionStorage.setItem(KEPT, JSON.stringify({ at: now, times: keptOf(sessionStorage.getItem(KEPT), now).times + 1 }));
      location.reload();
    } catch (why) {
      console.warn("the new page cannot be had yet", why);
      setTimeout(() => (this.asking = false), ALONE_MS);
    }
  }
}

/** The edition of the page that a reload would bring. @returns {Promise<string>} */
async function editionThere() {
  const answer = await fetch(location.href, { cache: "no-store" });
  const home = new URL(answer.url).pathname === location.pathname; // not the sign-in; a view that is nobody's any more leads to the page itself
  if (!answer.ok || !home) throw new Error(`the page answers ${answer.status}`);
  return META.exec(await answer.text())?.[1] ?? "none"; // a system of before editions were told, too
}
