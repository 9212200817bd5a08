// The card of a resource or worker and the list of what is near a place: where they are on the map and in the address.
import { NEARBY, THING } from "./ids.mjs";
import { foundOpen, isTyping, ownKey } from "./keys.mjs";
import { isSeen } from "./open_room.mjs";
import { act } from "./stores.mjs";
import { getOurs, setOurs, watchOurs } from "./view_url.mjs";

const NEAR_ZOOM = 16; // at which a camera stands alone
const REACH = { color: "#3fd0ff", weight: 1.5, dashArray: "4 6", fillOpacity: 0.04, interactive: false };
const RING = { radius: 17, color: "#f2f6fb", weight: 2, fill: false, interactive: false };
const SPOT = { radius: 5, color: "#3fd0ff", weight: 2, fillColor: "#06101d", fillOpacity: 1, interactive: false };

/**
 * What a card says of itself: data-thing="worker:W001", data-place="119.9,31.7", data-track; data-go: when it was asked to fly there.
 * @param {Object<string, string|undefined>} data @returns {{type: string, id: string, lon: number, lat: number, track: boolean}|null}
 */
export function thingOf(data) {
  const [, type, id] = /^(\w+):(.+)$/.exec(data?.thing ?? "") ?? [];
  if (!type) return null;
  const [lon, lat] = (data.place ?? "").split(",").map(parsed);
  return { type, id, lon, lat, track: data.track === "1" };
}

const parsed = (text) => (text === "" ? NaN : Number(text));

/** A place and a reach from "lon,lat,metres,group". @param {string|null|undefined} text */
export function spotOf(text) {
  const [lon, lat, within] = (text ?? "").split(",").map(parsed);
  return [lon, lat, within].every(Number.isFinite) ? { lon, lat, within } : null;
}

const QUIET = { thing: "", place: "", track: "", go: "", near: "" };

/** What the card and the list on the page say of themselves. */
function saidOnPage() {
  const card = document.querySelector(`#${THING} [data-thing]`)?.dataset;
  return { ...QUIET, ...card, near: document.querySelector(`#${NEARBY} [data-near]`)?.dataset.near ?? "" };
}

/** A part of the page (parts.mjs). */
export class Things {
  /** @param {any} page */
  constructor(page) {
    this.page = page;
    this.thing = null;
    this.said = QUIET;
    document.addEventListener("keydown", (event) => this.#escape(event), { capture: true });
    ownKey("n", () => this.#toggle());
    watchOurs("thing", (text) => act("thing", text));
    watchOurs("near", (text) => act("nearby", null, text));
    new MutationObserver(() => this.#read()).observe(document.body, {
      childList: true, subtree: true, attributes: true, attributeFilter: ["data-thing", "data-place", "data-go", "data-near"],
    });
    this.#open();
  }

  /** What the address asked for when the page came. */
  #open() {
    if (getOurs("thing")) act("thing", getOurs("thing"));
    if (getOurs("near")) act("nearby", null, getOurs("near"));
  }

  /** @param {import("./scene.mjs").Scene} scene */
  onMap(scene) {
    this.scene = scene;
    this.marks = window.L.layerGroup().addTo(scene.map);
    this.#draw();
  }

  #read() {
    const before = this.said;
    this.said = saidOnPage();
    const changed = (...names) => names.some((name) => this.said[name] !== before[name]);
    if (changed("thing", "place")) this.thing = thingOf(this.said);
    if (changed("thing")) this.#tell();
    if (changed("near")) setOurs("near", this.said.near);
    if (changed("thing", "place", "near")) this.#draw();
    if (this.said.go && changed("go")) this.#go(this.thing);
  }

  #tell() {
    setOurs("thing", this.said.thing);
    document.dispatchEvent(new CustomEvent("chengyun:thing", { detail: this.thing }));
  }

  /** Nearer to a thing, unless it can be seen well as it is. */
  #go({ lon, lat }) {
    const map = this.scene?.map;
    if (!map || !Number.isFinite(lon) || !Number.isFinite(lat)) return;
    const seen = isSeen(map, lon, lat) && map.getZoom() >= NEAR_ZOOM - 1.5;
    if (!seen) this.scene.flight.to(lon, lat, Math.max(NEAR_ZOOM, map.getZoom()));
  }

  /** A ring around the thing whose card is open, whether its layer is on or not, and how far "near" reaches. */
  #draw() {
    if (!this.marks) return;
    this.marks.clearLayers();
    const { lon, lat } = this.thing ?? {};
    if (Number.isFinite(lon) && Number.isFinite(lat)) window.L.circleMarker([lat, lon], RING).addTo(this.marks);
    const spot = spotOf(this.said.near);
    if (!spot) return;
    const at = [spot.lat, spot.lon];
    window.L.circle(at, { ...REACH, radius: spot.within }).addTo(this.marks);
    window.L.circleMarker(at, SPOT).addTo(this.marks);
  }

  /** Esc closes the card first, then the list, and then what it closed before. */
  #escape(event) {
    if (event.key !== "Escape" || isTyping(document.activeElement) || foundOpen() || document.querySelector("dialog[open]")) return;
    if (!this.thing && !this.said.near) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (this.thing) act("thing", null);
    else act("nearby", null, null);
  }

  /** N: what is near the thing that is looked at, else near the middle of the map; again: the list goes. */
  #toggle() {
    if (this.said.near) {
      act("nearby", null, null);
      return;
    }
    const { alert, case: case_ } = this.page.view;
    const { alerts, cases } = this.page.live.snapshot;
    const chosen = this.thing ?? alerts.find((one) => one.id === alert) ?? cases.find((one) => one.id === case_);
    const centre = this.scene?.map.getCenter();
    const [lon, lat] = Number.isFinite(chosen?.lon) ? [chosen.lon, chosen.lat] : [centre?.lng, centre?.lat];
    if (Number.isFinite(lon)) act("nearby", null, `${lon.toFixed(6)},${lat.toFixed(6)}`);
  }
}
