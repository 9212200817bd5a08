// Drawing on the map: circle, box, ring (圈选), and measuring a way or a piece of ground; by mouse, pen and keyboard.
import { say } from "./announce.mjs";
import { MAP, SELECTION } from "./ids.mjs";
import { ownAction, ownEscape, ownKey } from "./keys.mjs";
import { DRAWING } from "./picking.mjs";
import { areaOf, areaText, growing, isDone, isWhole, length, lengthText, shapeOf, textOf } from "./shapes.mjs";
import { setStore } from "./stores.mjs";
import { throttle } from "./throttle.mjs";
import { getOurs, setOurs, watchOurs } from "./view_url.mjs";

export const TOOLS = ["circle", "box", "ring", "line", "area"];
const KEYS = { o: "circle", b: "box", p: "ring", l: "line", k: "area" };
const CHOOSING = ["circle", "box", "ring"]; // what lies inside is listed; the others only measure
const AGAIN_MS = 4_000; // how often the list of what is inside is made anew while the city moves
const NOT_THE_GROUND = ".leaflet-control, button, a, input, select";
const PANE = 640;
const TWICE_MS = 350; // a double click ends a ring or a line

/** The part of the page; see parts.mjs. */
export class Drawing {
  constructor(page) {
    this.page = page;
    this.words = page.words.draw;
    this.tool = null;
    this.points = [];
    this.hand = null;
    this.ended = -Infinity;
    this.chosen = shapeOf(getOurs("shape"));
    this.measured = null; // a shape that was measured and stands until the next
    this.again = throttle(() => this.chosen && this.#tell(), AGAIN_MS);
    ownAction("draw", (tool) => this.#start(tool));
    ownAction("undraw", () => this.clear());
    for (const [key, tool] of Object.entries(KEYS)) ownKey(key, () => this.#start(tool));
    ownEscape({ open: () => this.tool !== null || this.measured !== null || this.chosen !== null, close: () => this.#leave() });
    watchOurs("shape", (text) => this.#choose(shapeOf(text)));
    document.addEventListener("keydown", (event) => this.#key(event), { capture: true });
  }

  onMap(scene) {
    this.map = scene.map;
    this.group = window.L.layerGroup().addTo(this.map);
    if (!this.map.getPane("drawn")) Object.assign(this.map.createPane("drawn").style, { zIndex: String(PANE), pointerEvents: "none" });
    const container = this.map.getContainer();
    for (const name of ["pointerdown", "pointermove", "pointerup", "click", "dblclick"])
      container.addEventListener(name, (event) => this.#pointer(event), { capture: true });
    if (this.chosen) this.#tell();
    this.#paint();
  }

  /** Devices report and people walk: what is inside changes. */
  show() {
    if (this.chosen) this.again();
  }

  #start(tool) {
    if (!TOOLS.includes(tool) || !this.map) return;
    this.tool = this.tool === tool ? null : tool;
    Object.assign(this, { points: [], hand: null, measured: null });
    this.#mark();
    if (this.tool) say(this.words.how[this.tool]);
    this.#paint();
  }

  #leave() {
    if (this.tool) this.#start(this.tool);
    else this.clear();
  }

  /** Nothing is chosen and nothing is measured. */
  clear() {
    Object.assign(this, { tool: null, points: [], hand: null, measured: null });
    this.#mark();
    this.#choose(null);
  }

  /** The buttons say which tool is in hand; the map's own dragging waits. */
  #mark() {
    for (const button of document.querySelectorAll('[data-action="draw"]'))
      button.setAttribute("aria-pressed", String(button.dataset.id === this.tool));
    this.map?.getContainer().classList.toggle(DRAWING, this.tool !== null);
    this.map?.dragging[this.tool ? "disable" : "enable"]();
    this.map?.doubleClickZoom[this.tool ? "disable" : "enable"]();
  }

  #pointer(event) {
    if (!this.#isMine(event)) return;
    event.stopPropagation();
    if (event.type !== "pointermove") event.preventDefault();
    const { lng, lat } = this.map.mouseEventToLatLng(event);
    const place = [lng, lat];
    if (!this.tool) return;
    if (event.type === "pointerdown") this.#down(place, event.timeStamp, this.#isPulled());
    else if (event.type === "pointermove") this.#move(place);
    else if (event.type === "pointerup") this.#up(place);
  }

  /** The ground is ours while a tool is in hand; the click that ended a shape opens nothing under it. */
  #isMine(event) {
    if (event.target.closest?.(NOT_THE_GROUND) || event.button > 0) return false;
    return this.tool !== null || (event.type.endsWith("click") && event.timeStamp - this.ended < TWICE_MS * 2);
  }

  /** Whether the tool's shape is pulled open in one movement. */
  #isPulled() {
    return this.tool === "circle" || this.tool === "box";
  }

  #up(place) {
    if (this.#isPulled() && this.points.length && !this.#isSpot(place)) this.#add(place);
  }

  /** A pull draws at once; two clicks do the same. */
  #down(place, at, pulled) {
    if (!pulled && this.points.length && at - this.last < TWICE_MS) {
      this.#end();
      return;
    }
    this.last = at;
    this.#add(place);
  }

  /** Whether the mouse has hardly moved since the last point. */
  #isSpot(place) {
    const [a, b] = [place, this.points.at(-1)].map(([lng, lat]) => this.map.latLngToContainerPoint([lat, lng]));
    return a.distanceTo(b) < 6;
  }

  #move(place) {
    if (!this.points.length) return;
    this.hand = place;
    this.#paint();
  }

  #add(place) {
    this.points.push(place);
    if (isDone(this.tool, this.points)) this.#end();
    else this.#paint();
  }

  /** By keyboard the point is the map's middle, under the cross: Enter sets it, Backspace takes it back, Enter twice ends. */
  #key(event) {
    if (!this.tool || (event.target !== document.body && event.target.id !== MAP)) return;
    if (event.key === "Enter") this.#down(this.#middle(), event.timeStamp, false);
    else if (event.key === "Backspace") {
      this.points.pop();
      this.#paint();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #middle() {
    const { lng, lat } = this.map.getCenter();
    return [lng, lat];
  }

  #end() {
    const { tool, points } = this;
    if (!isWhole(tool, points)) {
      say(this.words.more);
      return;
    }
    const shape = growing(tool, points, null);
    this.ended = performance.now();
    Object.assign(this, { tool: null, points: [], hand: null, measured: CHOOSING.includes(tool) ? null : shape });
    this.#mark();
    if (CHOOSING.includes(tool)) this.#choose(shape);
    else say(this.#text(shape));
    this.#paint();
  }

  #choose(shape) {
    this.chosen = shape;
    setOurs("shape", shape && textOf(shape));
    this.#tell();
    this.#paint();
  }

  #tell() {
    setStore(SELECTION, this.chosen ? { shape: textOf(this.chosen), at: Date.now() } : null);
  }

  #text(shape) {
    const { circle, way, ground } = this.words.size;
    if (shape.type === "circle") return circle(lengthText(shape.radius), areaText(areaOf(shape)));
    return shape.type === "line" ? way(lengthText(length(shape.points))) : ground(areaText(areaOf(shape)));
  }

  #paint() {
    if (!this.group) return;
    this.group.clearLayers();
    const hand = this.hand ?? (this.points.length && document.activeElement?.id === MAP ? this.#middle() : null);
    const grown = this.tool && growing(this.tool, this.points, hand);
    for (const shape of [this.chosen, this.measured, grown]) if (shape) this.#draw(shape);
    for (const [lng, lat] of this.points)
      window.L.circleMarker([lat, lng], { radius: 4, pane: "drawn", className: "drawn", interactive: false }).addTo(this.group);
  }

  #draw(shape) {
    const { L } = window;
    const options = { pane: "drawn", className: "drawn", interactive: false };
    const corners = shape.points.map(([lng, lat]) => [lat, lng]);
    const made = shape.type === "circle" ? L.circle(corners[0], { ...options, radius: shape.radius })
      : shape.type === "line" ? L.polyline(corners, { ...options, className: "drawn way" }) : L.polygon(corners, options);
    made.addTo(this.group);
    const at = shape.type === "line" ? corners.at(-1) : made.getBounds().getCenter();
    const icon = L.divIcon({ className: "drawn-size num", iconSize: null, html: `<span>${this.#text(shape)}</span>` });
    L.marker(at, { icon, pane: "drawn", interactive: false, keyboard: false }).addTo(this.group);
  }
}
