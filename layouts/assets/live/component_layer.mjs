// The components of the viewport while their layer is on: fetched when the map has come to rest, drawn on a canvas.
import { pageScale } from "./canvas.mjs";
import { createComponentCanvas } from "./component_canvas.mjs";
import { MAJORS, answers, codeOf, decode, nearest } from "./component_table.mjs";
import { get } from "./fetching.mjs";
import { isOn, watchLayers } from "./layers.mjs";
import { worldOf } from "./points.mjs";
import { act } from "./stores.mjs";
import { throttle } from "./throttle.mjs";
import { padded } from "./viewport.mjs";
import { componentWords } from "./words_components.mjs";

const PANE = "components";
const PANE_Z = 440; // over the areas, under the devices
const AGAIN_MS = 120; // the map may move in many small steps
const LATER_MS = 3_000; // after an answer that did not come
const HIT_PX = 8;
const HOVER_MS = 60;
const NOT_THE_MAP = ".leaflet-control, [data-action], button, a, input";

/** A part of the page (parts.mjs). */
export class ComponentLayer {
  /** @param {any} page */
  constructor(page) {
    this.page = page;
    this.words = componentWords(page.config.locale);
    this.found = null; // {box, zoom, majors, answer}: what is drawn
    this.chosen = null;
    this.asked = null; // AbortController of the request that is under way
    this.names = null; // kind -> name
    this.again = throttle(() => this.#fetch(), AGAIN_MS);
    watchLayers(() => this.#look());
    document.addEventListener("chengyun:thing", (event) => this.#choose(event.detail));
  }

  /** @param {import("./scene.mjs").Scene} scene */
  onMap(scene) {
    const { map } = scene;
    const pane = map.getPane(PANE) ?? map.createPane(PANE);
    Object.assign(pane.style, { zIndex: String(PANE_Z), pointerEvents: "none" });
    Object.assign(this, { scene, map, layer: null, found: null });
    map.on("moveend", () => this.#look());
    const container = map.getContainer();
    this.hint = hintOf(container);
    container.addEventListener("click", (event) => this.#click(event), { capture: true });
    container.addEventListener("pointermove", (event) => this.#hover(event), { passive: true });
    container.addEventListener("pointerleave", () => (this.hint.hidden = true));
    this.#look();
  }

  #majors() {
    return MAJORS.filter((major) => isOn(`components:${major}`)).join(",");
  }

  /** The zoom as if the page were drawn at 1920 px: squares of one size on every wall. */
  #zoom() {
    return this.map.getZoom() - Math.log2(pageScale());
  }

  #bounds() {
    const bounds = this.map.getBounds();
    return { west: bounds.getWest(), south: bounds.getSouth(), east: bounds.getEast(), north: bounds.getNorth() };
  }

  #look() {
    if (!this.map) return;
    const majors = this.#majors();
    if (!majors) {
      this.#off();
      return;
    }
    this.#on();
    const { west, south, east, north } = this.#bounds();
    if (!answers(this.found, [west, south, east, north], this.#zoom(), majors)) this.again();
  }

  #on() {
    if (this.layer) return;
    this.layer = createComponentCanvas(window.L, { pane: PANE, locale: this.page.config.locale }).addTo(this.map);
    this.#choose(this.thing ?? null);
    this.names ?? this.#loadNames();
  }

  #off() {
    this.asked?.abort();
    this.layer?.remove();
    this.layer = this.found = this.asked = null;
    this.hint.hidden = true;
  }

  /** The old drawing stays until the new answer is there; an answer that nobody waits for any more is broken off. */
  async #fetch() {
    const majors = this.#majors();
    if (!this.layer || !majors) return;
    const wide = padded(this.#bounds());
    const [box, zoom] = [[wide.west, wide.south, wide.east, wide.north], this.#zoom()];
    this.asked?.abort();
    const mine = (this.asked = new AbortController());
    const query = new URLSearchParams({ box: box.map((edge) => edge.toFixed(6)).join(","), zoom: Math.max(0, zoom).toFixed(2) });
    if (majors.split(",").length < MAJORS.length) query.set("majors", majors);
    try {
      const answer = decode(await (await get(`/api/v1/components?${query}`, mine.signal)).arrayBuffer());
      if (mine.signal.aborted || !this.layer) return;
      this.found = { box, zoom, majors, answer };
      this.layer.load(answer);
    } catch (why) {
      if (mine.signal.aborted) return;
      console.warn("components did not come", why);
      setTimeout(() => this.#look(), LATER_MS);
    }
  }

  async #loadNames() {
    try {
      const answer = await get("/api/v1/components/kinds");
      this.names = new Map(Object.entries(await answer.json()).map(([kind, name]) => [Number(kind), name]));
    } catch (why) {
      console.warn("names of components did not come", why);
    }
  }

  /** What lies under the mouse, when nothing above it does. */
  #under(event) {
    const { answer } = this.found ?? {};
    if (!this.layer || !answer || event.target.closest?.(NOT_THE_MAP)) return null;
    const at = this.map.mouseEventToContainerPoint(event);
    if (this.scene.hits({ x: at.x, y: at.y }).length) return null;
    const { lng, lat } = this.map.containerPointToLatLng(at);
    const [x, y] = worldOf(lng, lat);
    if (answer.form === "cells") return this.#cellAt(x, y);
    const i = nearest(answer.things, x, y, HIT_PX / 2 ** this.map.getZoom());
    return i < 0 ? null : { i };
  }

  #cellAt(x, y) {
    const { level, cells } = this.found.answer;
    const side = 256 / 2 ** level;
    const cell = cells.find((one) => one.x === Math.floor(x / side) && one.y === Math.floor(y / side));
    return cell ? { cell } : null;
  }

  #click(event) {
    if (this.map.dragging?.moved?.()) return;
    const under = this.#under(event);
    if (!under || under.cell) return; // a square is ground: a click there means the area
    event.stopPropagation();
    act("thing", `component:${codeOf(this.found.answer, under.i)}`);
  }

  #hover(event) {
    if (!this.layer || event.timeStamp - (this.looked ?? 0) < HOVER_MS) return;
    this.looked = event.timeStamp;
    const under = event.buttons ? null : this.#under(event);
    this.map.getContainer().classList.toggle("over-component", under?.i !== undefined);
    this.hint.hidden = !under;
    if (!under) return;
    const at = this.map.mouseEventToContainerPoint(event);
    this.hint.textContent = under.cell ? this.words.cell(under.cell.size, under.cell.faulty) : this.#said(under.i);
    this.hint.style.transform = `translate(${Math.round(at.x + 14)}px, ${Math.round(at.y + 12)}px)`;
  }

  #said(i) {
    const { kind, state } = this.found.answer.things;
    return `${this.names?.get(kind[i]) ?? String(kind[i]).padStart(5, "0")} · ${this.words.states[state[i]]}`;
  }

  /** The card of a thing is open, or no longer: a component has a ring. @param {{type: string, lon: number, lat: number}|null} thing */
  #choose(thing) {
    this.thing = thing?.type === "component" ? thing : null;
    const [x, y] = this.thing ? worldOf(thing.lon, thing.lat) : [];
    this.layer?.choose(Number.isFinite(x) ? { x, y } : null);
  }
}

/** The words beside the mouse. @param {HTMLElement} container */
function hintOf(container) {
  const element = document.createElement("div");
  element.className = "component-hint";
  element.hidden = true;
  container.append(element);
  return element;
}
