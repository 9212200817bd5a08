// 详细地址 and 来电人 of a case: read on demand, shown for a minute, and the server writes down who has looked.
import { showBriefly } from "./cards.mjs";
import { post } from "./fetching.mjs";
import { ownAction } from "./keys.mjs";

const SHOWN_MS = 60_000;
const [SIGNED_OUT, TOO_MANY] = [401, 429];

/**
 * What an answer becomes on the card. @param {"address"|"caller"} what @param {Object<string, any>} said @param {Object<string, string>} words
 * @returns {string[][]} name and value
 */
export function rowsOf(what, said, words) {
  if (what === "caller") return [[words.name, said.name || words.none], [words.phone, said.phone || words.none]];
  const rows = [[words.address, said.address || words.none]];
  return said.about ? [...rows, [words.about, said.about]] : rows;
}

/** Read it. @param {string} id of a case @param {string} what */
const readUnmasked = async (id, what) => (await post(`/api/v1/cases/${encodeURIComponent(id)}/${what}`)).json();

/**
 * Why nothing is shown; the page itself says it when nobody is signed in. @param {{status?: number}} why @param {Object<string, string>} words
 * @returns {string} "" when there is nothing to say here
 */
export const reasonOf = ({ status }, words) => (status === SIGNED_OUT ? "" : status === TOO_MANY ? words.tooMany : words.failed);

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
      const noted = reasonOf(why, this.words);
      if (noted) showBriefly(this.words[what], [], { ...this.words, noted }, SHOWN_MS);
    }
  }
}
