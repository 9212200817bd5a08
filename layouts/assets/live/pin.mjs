// A pin on the map: an address that was found: about where, how sure.
import { say } from "./announce.mjs";
import { ownAction, ownEscape } from "./keys.mjs";
import { escapeHtml } from "./marks.mjs";
import { act } from "./stores.mjs";
import { getOurs, setOurs, watchOurs } from "./view_url.mjs";

const CLOSE = 16; // the nearest zoom that a pin flies to
const FLIGHT_S = 0.8;
const ROOM = 0.35; // of the map: left free around the circle of an inexact place
const ORDER = 645; // over cases, under names and alerts

/** @typedef {{lon: number, lat: number, within: number, sure: number|null, name: string}} Pin */

/**
 * An address as the search gives it: "lon,lat,within,sure"; within in metres, sure 0..1 or missing.
 * @param {string|null} text @param {string} [name] @returns {Pin|null} null for what is not a place
 */
export function readPin(text, name = "") {
  const [lon, lat, within, sure] = (text ?? "").split(",").map((part) => (part.trim() === "" ? NaN : Number(part)));
  if (!(Math.abs(lon) <= 180 && Math.abs(lat) <= 90)) return null;
  return { lon, lat, within: within > 0 ? within : 0, sure: sure >= 0 && sure <= 1 ? sure : null, name };
}

/** The pin as the address of the page keeps it: without the name, which may say where somebody lives. @param {Pin} pin */
export const writePin = ({ lon, lat, within }) => `${lon},${lat}${within ? `,${within}` : ""}`;

/** The part of the page that drops the pin, flies there and clears it. */
export class PinPart {
  /** @param {any} page */
  constructor(page) {
    this.page = page;
    this.pin = readPin(getOurs("pin"));
    this.shown = null;
    ownAction("pin", (id, value) => this.#take(readPin(id, value ?? "")));
    ownAction("unpin", () => this.clear());
    ownEscape({ open: () => this.pin !== null, close: () => this.clear() });
    watchOurs("pin", (text) => this.#put(readPin(text)));
  }

  onMap(scene) {
    this.scene = scene;
    this.shown = null;
    this.#put(this.pin);
  }

  clear() {
    this.#put(null);
    setOurs("pin", null);
  }

  #take(pin) {
    act("found", null); // the list has done its work
    if (!pin) return;
    this.#put(pin);
    setOurs("pin", writePin(pin));
    this.#fly(pin);
    say(this.#words(pin));
  }

  #words({ name, within, sure }) {
    const { place, about, certain } = this.page.words.pin;
    return [name || place, within ? about(within) : "", sure === null ? "" : certain(Math.round(sure * 100))].filter(Boolean).join(" · ");
  }

  #fly(pin) {
    const { map } = this.scene;
    const bounds = window.L.latLng(pin.lat, pin.lon).toBounds(Math.max(pin.within, 100) * 2).pad(ROOM);
    map.flyToBounds(bounds, { maxZoom: CLOSE, duration: FLIGHT_S, animate: !this.page.calm });
  }

  #put(pin) {
    this.pin = pin;
    this.shown?.remove();
    this.shown = pin && this.scene ? this.#drawn(pin).addTo(this.scene.map) : null;
  }

  #drawn(pin) {
    const { L } = window;
    const { map } = this.scene;
    if (!map.getPane("pin")) map.createPane("pin").style.zIndex = String(ORDER);
    const at = [pin.lat, pin.lon];
    const icon = L.divIcon({ className: "pin", iconSize: null, iconAnchor: [0, 0], html: this.#html(pin) });
    const group = L.layerGroup([L.marker(at, { icon, pane: "pin", interactive: false, keyboard: false })]);
    if (pin.within) group.addLayer(L.circle(at, { radius: pin.within, pane: "pin", interactive: false, className: "pin-reach" }));
    return group;
  }

  #html(pin) {
    const { near, clear } = this.page.words.pin;
    const spot = `${pin.lon},${pin.lat}`;
    return `<i></i><span class="pin-card"><b>${escapeHtml(this.#words(pin))}</b>`
      + `<button type="button" data-action="nearby" data-value="${spot}">${near}</button>`
      + `<button type="button" data-action="unpin" aria-label="${clear}" title="${clear}">×</button></span>`;
  }
}
