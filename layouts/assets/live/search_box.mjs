// The search field as a combobox: the arrows move through what was found, Enter takes it, Esc closes the list.
import { say } from "./announce.mjs";
import { FOUND, MAP, MAP_SEARCH, SEARCH_BOX } from "./ids.mjs";
import { composes } from "./keys.mjs";
import { act } from "./stores.mjs";

const LONGEST = 60; // as app/services/places_search.py
const PAUSE_MS = 150; // between two letters nothing is asked
const TAKE_MS = 3_000; // an answer that comes later is not waited for
const STEPS = { ArrowDown: 1, ArrowUp: -1 };

/**
 * Which option is next; behind the last one comes the first, and above the first one the last.
 * @param {number} now -1 for none @param {number} step 1 or -1 @param {number} count @returns {number} -1 where there are none
 */
export function nextOption(now, step, count) {
  if (!count) return -1;
  if (now < 0) return step > 0 ? 0 : count - 1;
  return (now + step + count) % count;
}

/** The part of the page that answers keys in the search field and in its list. */
export class SearchBox {
  /** @param {any} page */
  constructor(page) {
    this.words = page.words;
    this.at = -1;
    this.timer = 0;
    this.composing = false; // an input method holds half of a word
    this.asked = null; // the words whose first answer is taken when it comes
    document.addEventListener("keydown", (event) => this.#key(event), { capture: true });
    new MutationObserver((all) => this.#mutated(all)).observe(document.body, { childList: true, subtree: true });
    this.#make();
  }

  #mutated(all) {
    if (!field()) this.#make();
    if (all.some(inList)) this.#changed();
  }

  /** The field, once its place is on the page. */
  #make() {
    const place = document.getElementById(SEARCH_BOX);
    if (!place) return;
    const box = document.createElement("input");
    Object.assign(box, { id: MAP_SEARCH, type: "search", maxLength: LONGEST, placeholder: place.dataset.words });
    for (const [name, value] of Object.entries(ROLE)) box.setAttribute(name, value);
    box.addEventListener("input", () => this.#typed(box));
    box.addEventListener("compositionstart", () => this.#compose(box, true));
    box.addEventListener("compositionend", () => this.#compose(box, false));
    place.append(box);
  }

  /** The letters of a half-composed word are not looked for; the word is, once it stands there. */
  #compose(box, composing) {
    this.composing = composing;
    this.#typed(box);
  }

  #typed(box) {
    clearTimeout(this.timer);
    if (this.composing) return;
    this.timer = setTimeout(() => act("search", box.value.trim()), PAUSE_MS);
  }

  #key(event) {
    if (composes(event) || !event.target.closest?.(`#${MAP_SEARCH}, #${FOUND}`)) return;
    if (event.key === "Escape") this.#leave();
    const step = STEPS[event.key];
    const taken = step ? this.#step(step) : event.key === "Enter" && this.#enter(event.target);
    if (taken) event.preventDefault();
  }

  /** What was typed is gone, and is not looked for any more. */
  #leave() {
    clearTimeout(this.timer);
    field().value = "";
  }

  #step(step) {
    const all = options();
    this.#choose(nextOption(this.at, step, all.length));
    return all.length > 0;
  }

  #enter(target) {
    const chosen = options()[this.at];
    if (chosen) take(chosen);
    else if (target.matches("input")) this.#first(target.value.trim());
    return true;
  }

  /** Who types quickly presses Enter before the answer has come. */
  #first(words) {
    this.asked = words ? { words, until: Date.now() + TAKE_MS } : null;
    this.#take();
  }

  #take() {
    if (!this.asked || Date.now() > this.asked.until || field()?.value.trim() !== this.asked.words) return;
    const answer = list()?.querySelector("[data-words]");
    const first = options()[0];
    if (!first || answer?.dataset.words !== this.asked.words) return;
    this.asked = null;
    take(first);
  }

  #choose(at) {
    const all = options();
    this.at = at;
    all.forEach((one, n) => one.setAttribute("aria-selected", String(n === at)));
    all[at]?.scrollIntoView({ block: "nearest" });
    const box = field();
    if (!box) return;
    if (all[at]) box.setAttribute("aria-activedescendant", all[at].id);
    else box.removeAttribute("aria-activedescendant");
  }

  /** Another list is there, or none. */
  #changed() {
    list().hidden = false;
    const all = options();
    field()?.setAttribute("aria-expanded", String(all.length > 0));
    this.#choose(-1);
    this.#take();
    if (!all.length) return;
    if (document.activeElement === field()) say(this.words.found(all.length));
    else if (list().querySelector("[data-head]")) this.#toPicks(all);
    else list().hidden = true; // the answer comes after whoever asked has left
  }

  /** A pick list was opened on the map: the keyboard goes there. */
  #toPicks(all) {
    list().tabIndex = -1;
    list().focus({ preventScroll: true });
    this.#choose(0);
    say(`${list().querySelector("[data-head]")?.textContent ?? ""} ${all[0].textContent}`);
  }
}

/** Go there; the keys then belong to the map again. @param {HTMLElement} option */
function take(option) {
  option.click();
  if (field()) field().value = "";
  list().hidden = true; // at once; the page empties it later
  document.getElementById(MAP)?.focus({ preventScroll: true });
}

const list = () => document.getElementById(FOUND);
const options = () => [...(list()?.querySelectorAll("[role=option][data-action]") ?? [])];
const inList = ({ target }) => target.id === FOUND || target.closest?.(`#${FOUND}`);

const field = () => document.getElementById(MAP_SEARCH);

const ROLE = { role: "combobox", autocomplete: "off", "aria-autocomplete": "list", "aria-controls": FOUND, "aria-expanded": "false" };
