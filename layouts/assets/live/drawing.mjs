// Drawing on the map: circle, box, ring (圈选), and measuring a way or a piece of ground; by mouse, pen and keyboard.
import { say } from "./announce.mjs";
import { Cross, stepOf } from "./draw_cross.mjs";
import { MAP, SELECTION } from "./ids.mjs";
import { ownAction, ownEscape, ownKey } from "./keys.mjs";
import { DRAWING } from "./picking.mjs";
import { areaOf, areaText, growing, isDone, isWhole, length, lengthText, shapeOf, textOf } from "./shapes.mjs";
import { setStore } from "./stores.mjs";
import { throttle } from "./throttle.mjs";
import { getOurs, setOurs, watchOurs } from "./view_url.mjs";

export const TOOLS = ["circle", "box", "ring", "line", "area"];
const KEYS = { o: "circle", b: "box", p: "ring", l: "line", k: "area" };
const CLOSED = ["circle", "box"]; // done with their second point, and pulled open in one movement
const CHOOSING = ["circle", "box", "ring"]; // what lies inside is listed; the others only measure
const AGAIN_MS = 4_000; // how often the list of what is inside is made anew while the city moves
const NOT_THE_GROUND = ".leaflet-control, button, a, input, select";
const PANE = 640;
const LIST_REM = 29; // the list with the tools beside it (drawing.css)
const TWICE_MS = 350; // a double click ends a ring or a line
const LATE_CLICK_MS = 2 * TWICE_MS; // so long after its end a click may still be that of the shape

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
    for (const [key, tool] of Object.entries(KEYS)) ownKey(key, () => this.#start(tool, true));
    ownEscape({ open: () => this.tool !== null || this.measured !== null || this.chosen !== null, close: () => this.#leave() });
    watchOurs("shape", (text) => this.#choose(shapeOf(text)));
    document.addEventListener("keydown", (event) => this.#key(event), { capture: true });
  }

  onMap(scene) {
    this.map = scene.map;
    this.group = window.L.layerGroup().addTo(this.map);
    this.cross = new Cross(this.map);
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

  /** A tool is taken, or laid down when it was in hand; by key its cross is there at once. */
  #start(tool, byKey = false) {
    if (!TOOLS.includes(tool) || !this.map) return;
    this.tool = this.tool === tool ? null : tool;
    Object.assign(this, { points: [], hand: null, measured: null });
    this.#mark();
    this.map.getContainer().focus({ preventScroll: true }); // the arrows are the cross's now, not the button's
    if (this.tool && byKey) this.cross.show();
    say(this.tool ? this.#howTo(byKey) : this.words.off);
    this.#paint();
  }

  #howTo(byKey) {
    const { names, keys, how } = this.words;
    return `${names[this.tool]}: ${byKey ? keys[CLOSED.includes(this.tool) ? "two" : "many"] : how[this.tool]}`;
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
    const container = this.map?.getContainer();
    const tell = () => container?.classList.toggle(DRAWING, this.tool !== null);
    if (this.tool) tell();
    else setTimeout(tell, LATE_CLICK_MS); // picking.mjs hears the click that ended a shape before we do
    if (!this.tool) this.cross?.hide();
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
    this.cross.hide();
    if (event.type === "pointerdown") this.#down(place, event.timeStamp, this.#isPulled());
    else if (event.type === "pointermove") this.#move(place);
    else if (event.type === "pointerup") this.#up(place);
  }

  /** The ground is ours while a tool is in hand; the click that ended a shape opens nothing under it. */
  #isMine(event) {
    if (event.target.closest?.(NOT_THE_GROUND) || event.button > 0) return false;
    return this.tool !== null || (event.type.endsWith("click") && event.timeStamp - this.ended < LATE_CLICK_MS);
  }

  /** Whether the tool's shape is pulled open in one movement. */
  #isPulled() {
    return CLOSED.includes(this.tool);
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

  /** By keyboard: the arrows move the cross, Enter sets a point there, Backspace takes it back, Enter twice ends. */
  #key(event) {
    if (!this.tool || event.ctrlKey || event.metaKey || event.altKey || (event.target !== document.body && event.target.id !== MAP)) return;
    const step = stepOf(event.key, event.shiftKey);
    if (step) this.#aim(step);
    else if (event.key === "Enter") this.#set();
    else if (event.key === "Backspace") this.#undo();
    else return;
    event.preventDefault();
    event.stopImmediatePropagation(); // the arrows choose an area, and Enter opens it, only while nobody draws
  }

  #aim(step) {
    this.cross.move(step, this.page.calm);
    this.hand = this.cross.place;
    this.#paint();
    this.#tellSize();
  }

  /** A point where the cross is; on the last one it ends what has as many corners as one likes. */
  #set() {
    const place = this.cross.show();
    if (this.points.length && this.#isSpot(place)) {
      if (this.#isPulled()) say(this.words.more);
      else this.#end();
      return;
    }
    this.#add(place);
    if (this.tool) say(this.words.point(this.points.length));
  }

  #undo() {
    this.points.pop();
    this.#paint();
    say(this.words.point(this.points.length));
  }

  /** How large it would be with the point under the cross. */
  #tellSize() {
    const grown = growing(this.tool, this.points, this.hand);
    if (grown) say(this.#text(grown));
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
    if (CHOOSING.includes(tool)) {
      this.#choose(shape);
      this.#clearOfTheList();
    }
    say(this.words.done(this.#text(shape)));
    this.#paint();
  }

  /** The list of what is inside opens at the right: the shape moves out from under it, as far as the map's left edge. */
  #clearOfTheList() {
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const bounds = window.L.latLngBounds(this.group.getLayers().flatMap((one) => one.getBounds ? [one.getBounds()] : []));
    if (!bounds.isValid()) return;
    const [west, east] = [bounds.getNorthWest(), bounds.getSouthEast()].map((at) => this.map.latLngToContainerPoint(at).x);
    const over = Math.min(east - (this.map.getSize().x - LIST_REM * rem), west - rem);
    if (over > 0) this.map.panBy([over, 0], { animate: !this.page.calm });
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
    const grown = this.tool && growing(this.tool, this.points, this.hand);
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
