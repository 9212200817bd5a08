// The keyboard on the map: arrows choose an area below, J steps through what is in view, Enter opens it.
import { say } from "./announce.mjs";
import { MAP, MAP_CLICK } from "./ids.mjs";
import { ownEscape, ownKey } from "./keys.mjs";
import { inOrder, isArrow, nearest, stepped, towards } from "./map_cursor.mjs";
import { bringInSight } from "./open_room.mjs";
import { stopsIn } from "./stops.mjs";
import { act, setStore } from "./stores.mjs";

const PAN_PX = 160;
const PANS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const ZOOMS = { "+": 1, "=": 1, "-": -1, _: -1 };
const CROSS = '<svg viewBox="-20 -20 40 40"><circle r="16"/><path d="M-20 0h8M12 0h8M0-20v8M0 12v8"/></svg>';

/** The part of the page that moves a cursor over the map. */
export class MapFocus {
  /** @param {any} page */
  constructor(page) {
    this.page = page;
    this.words = page.words.map;
    this.area = null; // the child area that is chosen
    this.stop = null; // the thing in view that is chosen
    this.drawn = null;
    this.told = null; // the area that was announced last
    document.addEventListener("keydown", (event) => this.#key(event), { capture: true });
    ownKey("j", (key) => this.#next(key === "J" ? -1 : 1));
    ownKey("[", () => act("beside", "-1"));
    ownKey("]", () => act("beside", "1"));
    ownEscape({ open: () => this.drawn !== null, close: () => this.#choose() });
  }

  onMap(scene) {
    this.scene = scene;
    this.map = scene.map;
    this.drawn = null;
    const container = this.map.getContainer();
    Object.assign(container, { tabIndex: 0 });
    container.setAttribute("role", "application");
    container.setAttribute("aria-label", this.words.label);
  }

  /** Another area: what was chosen in the last one is gone. */
  look(view) {
    if (view.area === this.told) return;
    const first = this.told === null;
    this.told = view.area;
    this.#choose();
    if (!first) requestAnimationFrame(() => say(this.words.here(pathWords())));
  }

  #key(event) {
    if (!this.map || event.ctrlKey || event.metaKey || event.altKey || !this.#mine(event.target)) return;
    if (this.#answers(event.key, event.shiftKey)) {
      event.preventDefault();
      event.stopPropagation();
    }
  }

  /** The map has the keys while nothing else has them. */
  #mine(target) {
    return target === document.body || target.id === MAP;
  }

  #answers(key, shift) {
    const calm = { animate: !this.page.calm };
    if (isArrow(key) && shift) this.map.panBy(PANS[key].map((way) => way * PAN_PX), calm);
    else if (isArrow(key)) this.#arrow(key);
    else if (Object.hasOwn(ZOOMS, key)) this.map.setZoom(this.map.getZoom() + ZOOMS[key], calm);
    else if (key === "Enter") return this.#open();
    else return false;
    return true;
  }

  /** The areas below, where their names stand; those of the area before may still be drawn. */
  #children() {
    const found = new Map();
    this.map.eachLayer(({ feature }) => {
      const { code, parent, name, label } = feature?.properties ?? {};
      if (!code || parent !== this.page.view.area) return;
      found.set(code, { key: code, name, feature, ...this.#at(label[1], label[0]) });
    });
    return [...found.values()];
  }

  #at(lon, lat) {
    const { x, y } = this.map.latLngToContainerPoint([lat, lon]);
    return { x, y };
  }

  #arrow(key) {
    const children = this.#children();
    const now = children.find((one) => one.key === this.area?.key);
    const size = this.map.getSize();
    const next = now ? towards(now, children, key) : nearest({ x: size.x / 2, y: size.y / 2 }, children);
    if (next) this.#chooseArea(next);
    else say(this.words.none);
  }

  #chooseArea(area) {
    const shape = window.L.geoJSON(area.feature, { interactive: false, style: { className: "area-chosen", fill: false } });
    this.#choose({ area, drawn: shape });
    say(this.words.chosen(area.name, figureOf(area.key)));
  }

  #next(step) {
    if (!this.scene) return;
    const all = inOrder(stopsIn(this.scene, this.words));
    const stop = stepped(all, this.stop?.key ?? null, step);
    if (!stop) return void say(this.words.nothing);
    const left = bringInSight(this.map, stop.lon, stop.lat, { animate: !this.page.calm }).x > this.map.getSize().x / 2; // the words stay on the map
    const icon = window.L.divIcon({ className: `map-cursor${left ? " left" : ""}`, html: `${CROSS}<b></b>`, iconSize: [0, 0] });
    this.#choose({ stop, drawn: window.L.marker([stop.lat, stop.lon], { icon, interactive: false, keyboard: false, pane: this.#pane() }) });
    this.#tell(stop.words, all.indexOf(stop) + 1, all.length);
    if (stop.hit?.type === "device") void this.#name(stop, all);
    this.map.getContainer().focus({ preventScroll: true });
  }

  #tell(what, at, of) {
    const words = this.words.stop(what, at, of);
    this.drawn.getElement().querySelector("b").textContent = words;
    say(words);
  }

  /** A device says its name when it has come, if the cursor is still there. */
  async #name(stop, all) {
    const known = await this.scene.facts.ask(stop.hit.n);
    if (known && this.stop === stop && !stop.words.includes(known.name)) this.#tell(`${stop.words} · ${known.name}`, all.indexOf(stop) + 1, all.length);
  }

  #pane() {
    const pane = this.map.getPane("cursor") ?? this.map.createPane("cursor");
    Object.assign(pane.style, { zIndex: "690", pointerEvents: "none" });
    return "cursor";
  }

  #choose({ area = null, stop = null, drawn = null } = {}) {
    this.drawn?.remove();
    Object.assign(this, { area, stop, drawn: drawn?.addTo(this.map) ?? null });
  }

  /** @returns {boolean} whether there was something to open */
  #open() {
    const { area, stop } = this;
    if (area) act("area", area.key);
    if (stop?.open) stop.open();
    else if (stop) setStore(MAP_CLICK, { hits: [stop.hit], lon: stop.lon, lat: stop.lat, ...this.#at(stop.lon, stop.lat), at: Date.now() });
    return Boolean(area || stop);
  }
}

/** The way down to the area that is shown, as the breadcrumb says it. */
const pathWords = () => [...document.querySelectorAll("#breadcrumb button, #breadcrumb [aria-current]")].map((one) => one.textContent).join(" ");

/** The figure in an area's label (boot.js), "" without one. @param {string} code */
export const figureOf = (code) => window.chengyun.areaLabels.get(code)?.text ?? "";
