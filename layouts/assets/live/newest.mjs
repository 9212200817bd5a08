// Numbers of one device that stay true between two paintings of a card: no callback, no new elements.
import { tileText } from "./tiles.mjs";

/**
 * @typedef {{n: number, at: number, value: number|null}} Heard at in epoch ms
 */

/** The newer of what the page was painted with and what was heard since; a pushed time has whole seconds, and within one second the push is the later. @param {Heard} painted @param {Heard} [heard] @returns {Heard} */
export function newerOf(painted, heard) {
  const known = heard && heard.n === painted.n && Math.floor(heard.at / 1000) >= Math.floor(painted.at / 1000);
  return known ? heard : painted;
}

/** The newest row of each device that is asked for. @param {Set<number>} wanted @param {number[][]} rows [n, at_s, value, …] @param {Map<number, Heard>} before */
export function heardOf(wanted, rows, before) {
  const heard = new Map([...before].filter(([n]) => wanted.has(n)));
  for (const [n, atS, value] of rows)
    if (wanted.has(n) && atS * 1000 >= (heard.get(n)?.at ?? 0)) heard.set(n, { n, at: atS * 1000, value });
  return heard;
}

/** All elements with data-live-n. React reuses an element for the next device, so what is shown always comes from its attributes or from memory. */
export class LiveNumbers {
  heard = new Map();

  /** @param {number[][]} rows readings as they were pushed */
  take(rows) {
    const shown = document.querySelectorAll("[data-live-n]");
    this.heard = heardOf(new Set([...shown].map((one) => Number(one.dataset.liveN))), rows, this.heard);
    for (const element of shown) this.#show(element);
  }

  /** Show anew whatever React has repainted, and tell of which devices numbers are shown now. @param {(numbers: number[]) => void} wanted */
  watch(wanted) {
    const look = () => {
      this.take([]);
      wanted([...document.querySelectorAll("[data-live-n]")].map((one) => Number(one.dataset.liveN)));
    };
    new MutationObserver((all) => all.some(changesNumbers) && look()).observe(document.body, {
      subtree: true, childList: true, attributes: true, attributeFilter: ["data-live-n", "data-live-at", "data-value"],
    });
    look();
  }

  #show(element) {
    const { liveN, liveAt, value, digits } = element.dataset;
    const newest = newerOf({ n: Number(liveN), at: Number(liveAt), value: Number(value) }, this.heard.get(Number(liveN)));
    const number = element.querySelector("[data-live-text]");
    const text = tileText({ value: newest.value, digits: Number(digits) });
    if (number && number.textContent !== text) number.textContent = text;
    const age = element.querySelector("[data-at]");
    if (age && age.dataset.at !== String(newest.at)) age.dataset.at = String(newest.at);
  }
}

/** Whether a change of the page is one of numbers: an attribute, or elements with them that come or go. @param {MutationRecord} record */
function changesNumbers({ type, addedNodes, removedNodes }) {
  const has = (node) => node.matches?.("[data-live-n]") || node.querySelector?.("[data-live-n]");
  return type === "attributes" || [...addedNodes, ...removedNodes].some(has);
}
