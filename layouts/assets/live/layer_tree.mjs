// The panel of layers (layouts/layer_tree.py): what is on, how many of each, and the keys of its tree.
import { pageScale } from "./canvas.mjs";
import { say } from "./announce.mjs";
import { LAYERS, LAYER_COUNTS } from "./ids.mjs";
import { ownAction } from "./keys.mjs";
import { CHOICE, groundHtml, panelHtml } from "./layer_html.mjs";
import { PLAIN, isOn, presetNow, setLayers, startLayers, stateOf, switchLayer, watchLayers } from "./layers.mjs";
import { NORMAL, SHAPES, STALE, Sprites, UNHEARD, colours } from "./sprites.mjs";
import { act } from "./stores.mjs";
import { treeMove } from "./tree_keys.mjs";

const SYMBOL_PX = 5.2; // radius of a device's mark, as it is near
const REM_PX = 16; // at 1080p
const SAID = { offline: STALE, unheard: UNHEARD }; // rows of the legend that only explain a mark

/** How a row's checkbox stands: of all the layers below it. @param {string[]} names @param {(name: string) => string} of */
export function stateOfAll(names, of = stateOf) {
  const states = new Set(names.map(of));
  return states.size === 1 ? [...states][0] : "mixed";
}

/** The panel; a part of the map's page. */
export class LayerTree {
  /** @param {import("./page.mjs").Page} page */
  constructor(page) {
    this.page = page;
    this.panel = document.getElementById(LAYERS);
    const book = this.panel ? JSON.parse(this.panel.dataset.book) : PLAIN;
    startLayers(book);
    watchLayers(() => this.show());
    ownAction("layer", (id) => switchLayer(id ?? ""));
    ownAction("preset", (id) => setLayers([id ?? ""]));
    ownAction("layers-open", () => this.#open());
    if (this.panel) this.#begin(this.panel, book);
  }

  /** The panel's own content stands beside the one element that Dash writes to. */
  #begin(panel, book) {
    this.body = document.createElement("div");
    this.body.className = "layers-panel";
    this.body.innerHTML = panelHtml(book);
    panel.append(this.body);
    panel.addEventListener("click", (event) => this.#click(event));
    panel.addEventListener("keydown", (event) => this.#key(event));
    panel.addEventListener("change", ({ target }) => target.id === CHOICE && act("figure", target.value));
    document.addEventListener("chengyun:nearer", ({ detail }) => this.#nearer(detail));
    this.told = panel.querySelector(`#${LAYER_COUNTS}`);
    new MutationObserver(() => this.#tell()).observe(this.told, { attributeFilter: ["data-counts", "data-ground"] });
    drawSymbols(panel, this.page.config.kinds);
    addHatch();
    this.show();
    this.#ground();
  }

  #tell() {
    this.#counts();
    this.#ground();
  }

  /** Write on the panel what is on. */
  show() {
    if (!this.panel) return;
    const now = presetNow();
    const chips = [...this.panel.querySelectorAll("[data-action=preset]")];
    for (const chip of chips) set(chip, "aria-pressed", String(chip.dataset.id === now));
    const name = this.panel.querySelector(".layers-head .now");
    this.own ??= name.textContent;
    name.textContent = chips.find((chip) => chip.dataset.id === now)?.textContent ?? this.own;
    for (const row of this.panel.querySelectorAll("[role=treeitem]"))
      set(row, "aria-checked", stateOfAll(row.dataset.layers.split(" ")));
    for (const row of this.panel.querySelectorAll("[data-action=layer]")) {
      set(row, "aria-pressed", stateOf(row.dataset.id));
      row.hidden = !("always" in row.dataset) && !isOn(row.dataset.id);
    }
    this.#counts();
  }

  /** A layer that is on and drawn nearer only says so; whoever does not see it hears it. @param {{layer: string, steps: number}} told */
  #nearer({ layer, steps }) {
    const words = this.page.words.ground.nearer(steps);
    const places = [...this.panel.querySelectorAll(`[data-nearer="${layer}"]`)];
    const row = places.map((place) => place.closest("[role=treeitem]")).find(Boolean);
    if (steps && places[0]?.hidden) say(`${row?.dataset.label ?? ""} ${words}`);
    for (const place of places) Object.assign(place, { hidden: !steps, textContent: steps ? words : "" });
  }

  #counts() {
    const counts = JSON.parse(this.told.dataset.counts);
    const form = new Intl.NumberFormat("en-US");
    for (const place of this.panel.querySelectorAll("[data-count]")) {
      const drawn = place.closest(".short") !== null; // the short legend counts what is drawn
      const count = (drawn ? drawnOf : countOf)(counts, place.dataset.count);
      const text = count === undefined ? "" : form.format(count);
      if (place.textContent !== text) place.textContent = text;
      const row = place.closest("li");
      if (row?.dataset.label) set(row, "aria-label", `${row.dataset.label} ${text}`.trim()); // what is seen is heard
    }
    this.panel.querySelector(".short [data-said=unheard]").hidden = !drawnOf(counts, "unheard");
  }

  /** The legend of the colours; the choice follows the address, also when somebody goes back. */
  #ground() {
    const text = this.told.dataset.ground;
    if (!text || text === this.ground) return;
    this.ground = text;
    const ground = JSON.parse(text);
    this.body.querySelector(".ground-legend").innerHTML = groundHtml(ground);
    this.body.querySelector(`#${CHOICE}`).value = ground.figure;
  }

  #open() {
    const open = this.panel.classList.toggle("open");
    const button = this.panel.querySelector("[data-action=layers-open]");
    button.setAttribute("aria-expanded", String(open));
    if (open) this.panel.querySelector("[role=treeitem][tabindex='0']")?.focus();
    document.dispatchEvent(new CustomEvent("chengyun:panels"));
  }

  #click({ target }) {
    const row = target.closest("[role=treeitem]");
    if (!row || target.closest(".said-row")) return;
    this.#focus(row);
    if (target.closest(".twist:not(.none)")) openRow(row, row.getAttribute("aria-expanded") !== "true");
    else this.#turn(row);
  }

  /** A keystroke that is the tree's goes no further: letters are keys of the page too. */
  #key(event) {
    const row = event.target.closest("[role=treeitem]");
    if (event.key === "Escape" && this.panel.classList.contains("open")) {
      event.stopPropagation();
      this.#open();
      this.panel.querySelector("[data-action=layers-open]").focus();
    }
    if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
    const rows = [...this.panel.querySelectorAll("[role=treeitem]")].filter((one) => one.offsetParent !== null);
    const move = treeMove(rows.map(plainRow), rows.indexOf(row), event.key);
    if (!move) return;
    event.preventDefault();
    event.stopPropagation();
    if ("focus" in move) this.#focus(rows[move.focus]);
    else if ("open" in move) openRow(row, move.open);
    else this.#turn(row);
  }

  #focus(row) {
    for (const one of this.panel.querySelectorAll("[role=treeitem][tabindex='0']")) one.tabIndex = -1;
    row.tabIndex = 0;
    row.focus();
  }

  #turn(row) {
    const names = row.dataset.layers.split(" ");
    const on = stateOfAll(names) !== "true";
    switchLayer(names, on);
  }
}

function set(element, name, value) {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

const plainRow = (row) => ({
  level: Number(row.getAttribute("aria-level")), name: row.getAttribute("aria-label"),
  open: row.hasAttribute("aria-expanded") ? row.getAttribute("aria-expanded") === "true" : null,
});

const openRow = (row, open) => row.setAttribute("aria-expanded", String(open));

/** The count of a layer, or the sum of what it is divided into. @param {Object<string, number>} counts @param {string} name */
export function countOf(counts, name) {
  if (counts[name] !== undefined) return counts[name];
  const told = Object.keys(counts).some((one) => one.startsWith(`${name.split(/[:/]/)[0]}`));
  return told && /[:/]/.test(name) ? 0 : undefined;
}

/** The count of what is on of a layer: of its parts that are, when not all of them are. @param {Object<string, number>} counts @param {string} name */
export function drawnOf(counts, name, of = stateOf) {
  const layer = Object.hasOwn(SAID, name) ? "devices" : name; // such a row tells of the devices that are drawn
  if (of(layer) !== "mixed") return countOf(counts, name);
  const parts = Object.keys(counts).filter((one) => one.startsWith(`${name}:`) && of(layer + one.slice(name.length)) === "true");
  if (parts.length === 0) return layer === name ? undefined : 0;
  return parts.reduce((sum, one) => sum + counts[one], 0);
}

/** Marks of devices, drawn by what draws them on the map. @param {Element} panel @param {import("./config.mjs").KindRow[]} kinds */
function drawSymbols(panel, kinds) {
  const ratio = (window.devicePixelRatio || 1) * pageScale();
  const sprites = new Sprites({ radius: SYMBOL_PX, ratio, palette: colours(), outlined: true });
  const shapes = new Map(kinds.map((kind) => [`devices:${kind.code}`, Math.max(0, SHAPES.indexOf(kind.shape ?? "circle"))]));
  shapes.set("devices", 0);
  for (const place of panel.querySelectorAll("[data-symbol]")) {
    const name = place.dataset.symbol;
    if (shapes.has(name)) put(place, sprites.get(0, NORMAL, shapes.get(name)), ratio);
    if (Object.hasOwn(SAID, name)) put(place, sprites.get(0, SAID[name], 0), ratio);
  }
}

/** A picture for each place: one canvas stands in one place only. It grows with the letters beside it. */
function put(place, picture, ratio) {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: picture.width, height: picture.height });
  canvas.style.width = `${picture.width / ratio / REM_PX}rem`;
  canvas.getContext("2d").drawImage(picture, 0, 0);
  place.replaceChildren(canvas);
}

/** What an area without a value is filled with (boot.js: url(#no-value)). */
function addHatch() {
  if (document.getElementById("no-value")) return;
  const holder = document.createElement("div");
  holder.style.cssText = "position:absolute;width:0;height:0;overflow:hidden";
  holder.setAttribute("aria-hidden", "true");
  holder.innerHTML = '<svg width="0" height="0"><defs><pattern id="no-value" width="9" height="9" patternUnits="userSpaceOnUse" '
    + 'patternTransform="rotate(45)"><path d="M0 0V9" stroke="#5f7f9f" stroke-width="2"/></pattern></defs></svg>';
  document.body.append(holder);
}
