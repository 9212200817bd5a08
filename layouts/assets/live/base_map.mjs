// The base map under everything: which one, its tiles, whose it is. Which there are says the city's configuration.
import { layersOf, stepOfScale } from "./base_layers.mjs";
import { pageScale } from "./canvas.mjs";
import { Graticule } from "./graticule.mjs";
import { LAYERS } from "./ids.mjs";
import { getOurs, setOurs, watchOurs } from "./view_url.mjs";

export const NONE = "none";
const KEPT = "chengyun.base";

/** @typedef {import("./base_layers.mjs").Base} Base */

/**
 * The base to show: the address's, else the one that this browser chose last, else the city's first.
 * @param {Base[]} bases @param {(string|null)[]} wishes the strongest first @returns {Base|null} null for none
 */
export function chosenOf(bases, wishes) {
  for (const wish of wishes) {
    if (wish === NONE) return null;
    const found = bases.find((one) => one.name === wish);
    if (found) return found;
  }
  return bases[0] ?? null;
}

/** What stands in the corner: whose map it is, and its approval number. @param {Base|null} base @param {any} words */
export const creditOf = (base, words) => (base
  ? [base.attribution, base.approval && words.base.approval(base.approval)].filter(Boolean).join(" · ") : "");

/**
 * What is seen of a base, and what is to be said of what is not.
 * @param {Base|null} base @param {import("./base_layers.mjs").Health[]} healths of its layers @param {number} zoom of its tiles @param {any} words
 * @returns {{seen: boolean, note: string}}
 */
export function sightOf(base, healths, zoom, words) {
  if (!base) return { seen: false, note: "" };
  if (Math.round(zoom) < base.min_zoom) return { seen: false, note: words.base.nearer };
  const worst = ["lost", "slow"].find((health) => healths.includes(health));
  const lost = healths.length > 0 && healths.every((health) => health === "lost");
  return { seen: !lost, note: worst ? words.base[worst] : "" };
}

/** The part of the page; see parts.mjs. */
export class BaseMap {
  constructor(page) {
    this.bases = page.config.bases ?? [];
    this.words = page.words;
    this.layers = [];
    this.base = chosenOf(this.bases, [getOurs("base"), localStorage.getItem(KEPT)]);
    watchOurs("base", (name) => this.#take(chosenOf(this.bases, [name, localStorage.getItem(KEPT)])));
  }

  onMap(scene) {
    this.map = scene.map;
    this.layers = [];
    this.told = "";
    this.graticule = new Graticule(window.L, this.map);
    this.credit = document.createElement("div");
    this.credit.className = "base-credit";
    this.map.getContainer().parentElement.append(this.credit);
    if (this.bases.length) this.#chooser();
    this.map.on("zoomend", () => this.#tell());
    this.#take(this.base);
  }

  #chooser() {
    const { base: words } = this.words;
    const label = document.createElement("label");
    label.className = "base-chooser";
    const select = (this.select = document.createElement("select"));
    select.setAttribute("aria-label", words.title);
    for (const [name, title] of [...this.bases.map((one) => [one.name, one.title]), [NONE, words.none]])
      select.append(Object.assign(document.createElement("option"), { value: name, textContent: title }));
    let keyed = false; // by keyboard one goes on from base to base: the focus stays
    select.addEventListener("keydown", () => (keyed = true));
    select.addEventListener("pointerdown", () => (keyed = false));
    select.addEventListener("change", () => this.#choose(select.value, keyed));
    label.append(document.createTextNode(words.title), select);
    document.querySelector(".base-chooser")?.remove();
    (document.getElementById(LAYERS) ?? this.map.getContainer().parentElement).append(label);
  }

  #choose(name, keyed) {
    localStorage.setItem(KEPT, name);
    setOurs("base", name);
    this.#take(chosenOf(this.bases, [name]));
    if (!keyed) this.select.blur(); // the keys of the wall are the wall's again
  }

  async #take(base) {
    this.base = base;
    if (!this.map) return;
    for (const layer of this.layers) layer.remove();
    this.layers = [];
    this.healths = [];
    this.#tell();
    const made = base ? await this.#made(base) : [];
    if (this.base !== base) return; // another one was chosen meanwhile
    this.layers = made.map((layer) => layer.addTo(this.map));
    for (const layer of made) layer.getContainer().classList.toggle("dark-base", base.dark && base.kind !== "vector"); // vector tiles have dark colours of their own
  }

  /** The layers of a base; none, and it is said, when the program that draws them does not load. */
  async #made(base) {
    const hear = (n, health) => this.base === base && this.#hear(n, health);
    try {
      return await layersOf(window.L, base, hear);
    } catch (why) {
      console.warn("no base map", why);
      hear(0, "lost");
      return [];
    }
  }

  #hear(n, health) {
    if (this.healths[n] === health) return;
    this.healths[n] = health;
    this.#tell();
  }

  #tell() {
    const { base, words, map } = this;
    const { seen, note } = sightOf(base, this.healths, map.getZoom() - stepOfScale(pageScale()), words);
    if (this.select) this.select.value = base?.name ?? NONE;
    const told = JSON.stringify([base?.name, seen, note]);
    if (told === this.told) return;
    this.told = told;
    const container = map.getContainer();
    container.classList.toggle("with-base", seen);
    container.parentElement.classList.toggle("over-base", seen);
    this.graticule.show(!seen);
    const said = Object.assign(document.createElement("b"), { textContent: note });
    this.credit.replaceChildren(...(note ? [said] : []), creditOf(base, words));
  }
}
