// Which layers of the map are on: a preset and what differs from it, kept in the address ("layers=flood,-workers,heat").
import { getOurs, setOurs, watchOurs } from "./view_url.mjs";

/**
 * What app/domain/layers.py says: every layer with its children, the presets, and the one that a role starts with.
 * @typedef {{groups: Object<string, string[]>, presets: Object<string, string[]>, start: string}} LayerBook
 */

/** @type {LayerBook} until the page has told its own */
export const PLAIN = {
  groups: { devices: [], cases: [], alerts: [], workers: [] },
  presets: { daily: ["devices", "cases", "alerts", "workers"] }, start: "daily",
};

const parentOf = (name) => name.split(":", 1)[0];

/** What a table says of a name, but nothing of what every object has. */
const own = (table, name) => (Object.hasOwn(table, name) ? table[name] : undefined);

/** The layers that are on; a layer with children is on when one of them is. */
export class Layers {
  /** @param {LayerBook} book @param {string|null} [words] as in the address; null is the preset to start with */
  constructor(book, words = null) {
    this.book = book;
    this.read(words);
  }

  /** @param {string} name @returns {string[]} the leaves of a layer: its children, or itself */
  leaves(name) {
    const children = own(this.book.groups, name);
    if (children) return children.length ? children.map((child) => `${name}:${child}`) : [name];
    const known = own(this.book.groups, parentOf(name));
    return known?.includes(name.slice(parentOf(name).length + 1)) ? [name] : [];
  }

  /** @param {string[]} names layers, presets, or "-layer" to take one away; later ones win */
  set(names) {
    this.on = this.#of(names);
    this.preset = names.find((name) => own(this.book.presets, name)) ?? null;
  }

  #of(names) {
    const on = new Set();
    for (const name of names) {
      const off = name.startsWith("-");
      const bare = off ? name.slice(1) : name;
      const preset = own(this.book.presets, bare);
      const all = preset ? this.#of(preset) : this.leaves(bare);
      for (const leaf of all) on[off ? "delete" : "add"](leaf);
    }
    return on;
  }

  /** @param {string|null} words */
  read(words) {
    const names = (words ?? "").split(",").filter(Boolean);
    this.set(words === null || !names.length ? [this.book.start] : names);
  }

  /** As the address has it: null for the preset to start with, "none" when nothing is on. @returns {string|null} */
  write() {
    const same = Object.keys(this.book.presets).find((name) => equal(this.#of([name]), this.on));
    if (same) return same === this.book.start ? null : same;
    if (!this.on.size) return "none";
    if (!this.preset) return this.#short(this.on).join(",");
    const before = this.#of([this.preset]);
    const more = new Set([...this.on].filter((leaf) => !before.has(leaf)));
    const less = new Set([...before].filter((leaf) => !this.on.has(leaf)));
    return [this.preset, ...this.#short(more), ...this.#short(less).map((name) => `-${name}`)].join(",");
  }

  /** A group of which all children are named is named itself. @param {Set<string>} leaves */
  #short(leaves) {
    return Object.keys(this.book.groups).flatMap((name) => {
      const here = this.leaves(name).filter((leaf) => leaves.has(leaf));
      return here.length === this.leaves(name).length ? [name] : here;
    });
  }

  /** @param {string} name @returns {"true"|"false"|"mixed"} as aria-checked has it */
  state(name) {
    const leaves = this.leaves(name);
    const on = leaves.filter((leaf) => this.on.has(leaf)).length;
    if (!leaves.length && name !== parentOf(name)) return this.state(parentOf(name)) === "true" ? "true" : "false";
    return on === 0 ? "false" : on === leaves.length ? "true" : "mixed";
  }

  /** @param {string} name */
  isOn(name) {
    return this.state(name) !== "false";
  }

  /** Turn a layer with its children on or off; without `on` it becomes what it is not. @param {string} name @param {boolean} [on] */
  turn(name, on = this.state(name) !== "true") {
    for (const leaf of this.leaves(name)) this.on[on ? "add" : "delete"](leaf);
  }

  /** The preset that is on, or the nearest that was chosen: null when it has been changed. @returns {string|null} */
  now() {
    return Object.keys(this.book.presets).find((name) => equal(this.#of([name]), this.on)) ?? null;
  }

  /** The children of a group that are on: null when all are. @param {string} name @returns {string[]|null} */
  only(name) {
    const state = this.state(name);
    if (state === "true" || !this.book.groups[name]?.length) return null;
    return this.book.groups[name].filter((child) => this.on.has(`${name}:${child}`));
  }
}

const equal = (a, b) => a.size === b.size && [...a].every((one) => b.has(one));

const layers = new Layers(PLAIN);
const watchers = new Set();

/** Begin with the page's own book and what the address says; once per page. @param {LayerBook} book */
export function startLayers(book) {
  layers.book = book;
  layers.read(getOurs("layers"));
  watchOurs("layers", (words) => {
    layers.read(words);
    tell();
  });
  tell();
}

function tell() {
  for (const changed of watchers) changed();
}

function keep() {
  setOurs("layers", layers.write());
  tell();
}

/** Whether a layer is drawn: "devices", "devices:gas", "resources:team" … @param {string} name */
export const isOn = (name) => layers.isOn(name);

/** @param {string} name @returns {"true"|"false"|"mixed"} */
export const stateOf = (name) => layers.state(name);

/** The preset that is on as it was made, else null. @returns {string|null} */
export const presetNow = () => layers.now();

/** Hear of each change. @param {() => void} changed @returns {() => void} stops it */
export function watchLayers(changed) {
  watchers.add(changed);
  return () => watchers.delete(changed);
}

/** Turn on exactly these. @param {string[]} names of layers or presets */
export function setLayers(names) {
  layers.set(names);
  keep();
}

/** Turn a layer, or several, on or off, or the other way round. @param {string|string[]} name @param {boolean} [on] */
export function switchLayer(name, on) {
  for (const one of [name].flat()) layers.turn(one, on);
  keep();
}

/**
 * The view as it is drawn: the layers that are on, and which kinds of devices and states of cases of them (null: all).
 * @param {import("./config.mjs").View} view @param {Layers} [of]
 */
export function shownLayers(view, of = layers) {
  const on = Object.keys(of.book.groups).filter((name) => of.isOn(name));
  const kinds = of.only("devices");
  return { ...view, layers: on, kinds: both(view.kinds, kinds), statuses: of.only("cases") };
}

const both = (a, b) => (a && b ? a.filter((one) => b.includes(one)) : a ?? b);

/** Say on the switches of the short legend what is on. */
export function showSwitches(root = document) {
  for (const element of root.querySelectorAll('[data-action="layer"]')) {
    const on = layers.state(element.dataset.id ?? "");
    if (element.getAttribute("aria-pressed") !== on) element.setAttribute("aria-pressed", on);
  }
}
