// 详细地址 and 来电人 of a case: read on demand, shown for a minute, and the server writes down who has looked.
import { showBriefly } from "./cards.mjs";
import { ownAction } from "./keys.mjs";

const SHOWN_MS = 60_000;
const SLOW_MS = 15_000;

/**
 * What an answer becomes on the card. @param {"address"|"caller"} what @param {Object<string, any>} said @param {Object<string, string>} words
 * @returns {string[][]} name and value
 */
export function rowsOf(what, said, words) {
  if (what === "caller") return [[words.name, said.name || words.none], [words.phone, said.phone || words.none]];
  const rows = [[words.address, said.address || words.none]];
  return said.about ? [...rows, [words.about, said.about]] : rows;
}

async function call(path, options) {
  const answer = await fetch(path, { credentials: "same-origin", cache: "no-store", signal: AbortSignal.timeout(SLOW_MS), ...options });
  const said = await answer.json();
  if (!answer.ok) throw new Error(said.error?.message ?? `HTTP ${answer.status}`);
  return said;
}

/** Read it; the token is asked for each time, since this is done seldom. @param {string} id of a case @param {string} what */
async function readUnmasked(id, what) {
  const { csrf } = await call("/api/v1/me", {});
  return call(`/api/v1/cases/${encodeURIComponent(id)}/${what}`, { method: "POST", headers: { "X-CSRFToken": csrf } });
}

/** The part of the page that reads what is masked. */
export class UnmaskPart {
  /** @param {any} page */
  constructor(page) {
    this.words = page.words.unmask;
    ownAction("unmask", (id, what) => void this.#read(id, what));
  }

  async #read(id, what) {
    try {
      showBriefly(this.words[what], rowsOf(what, await readUnmasked(id, what), this.words), this.words, SHOWN_MS);
    } catch (why) {
      console.warn("not read:", why.message);
      showBriefly(this.words[what], [], { ...this.words, noted: this.words.failed }, SHOWN_MS);
    }
  }
}
