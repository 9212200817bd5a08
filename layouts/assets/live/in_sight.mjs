// What has been chosen is seen: its card, or another panel, never lies on it.
import { THING } from "./ids.mjs";
import { zoomOf } from "./flight.mjs";
import { bringInSight } from "./open_room.mjs";
import { throttle } from "./throttle.mjs";
import { getOurs } from "./view_url.mjs";

const WAIT_MS = 10_000; // the card may come so late; afterwards the map stands where the officer has left it
const SOON_MS = 60;
const HANDS = ["pointerdown", "wheel", "keydown"];
const CHOICES = ["alert", "case", "device"]; // in the address, the first counts
const WAYS = "[data-action=area]"; // leads the map to another area
const CARDS = `.card-slot, #${THING}`;

/** A part of the page (parts.mjs). */
export class InSight {
  /** @param {any} page */
  constructor(page) {
    this.page = page;
    this.key = null; // of what is chosen
    this.place = null; // () => {lon, lat} of it, or null while that is not known
    this.until = 0; // epoch ms
    this.looked = null; // what the address chooses
    const asked = new URLSearchParams(location.search);
    this.far = !getOurs("view") && CHOICES.some((name) => asked.has(name)); // a link that says what to look at, but not from where
    this.moving = false;
    this.soon = throttle(() => this.#look(), SOON_MS);
    document.addEventListener("chengyun:thing", ({ detail }) => this.#choose(detail && `${detail.type}:${detail.id}`, () => detail));
    for (const name of HANDS) document.addEventListener(name, (event) => this.#touched(event), { capture: true, passive: true });
  }

  onMap(scene) {
    this.scene = scene;
    scene.map.on("movestart", () => (this.moving = true));
    scene.map.on("moveend", () => {
      this.moving = false;
      this.soon();
    });
    const sizes = new window.ResizeObserver(() => this.soon());
    for (const slot of document.querySelectorAll(CARDS)) sizes.observe(slot);
    scene.map.on("unload", () => sizes.disconnect());
  }

  /** @param {import("./config.mjs").View} view */
  look(view) {
    const name = CHOICES.find((one) => view[one]);
    const key = name ? `${name}:${view[name]}` : null;
    if (key === this.looked) return; // something else of the view is another
    this.looked = key;
    if (name === "device") this.#chooseDevice(key, Number(/^n:(\d+)$/.exec(view.device)?.[1] ?? NaN));
    else this.#choose(key, name ? () => this.#known(`${name}s`, view[name]) : null);
  }

  #chooseDevice(key, n) {
    this.#choose(key, () => this.#device(n));
    void this.page.facts.ask(n).then(() => this.soon());
  }

  /** Its place may have come with the snapshot. */
  show() {
    if (this.place) this.soon();
  }

  #known(list, id) {
    return this.scene?.snapshot?.[list].find((one) => one.id === id) ?? null;
  }

  #device(n) {
    const [lon, lat] = this.scene?.points.placeOf(n) ?? [];
    return lon === undefined ? this.page.facts.get(n) ?? null : { lon, lat };
  }

  #choose(key, place) {
    if (key === this.key) return;
    Object.assign(this, { key, place, until: key ? Date.now() + WAIT_MS : 0 });
    if (key) this.soon();
  }

  /** Whoever moves the map himself has it as he wants it; a click on a panel is no such move, but for a way to another area. */
  #touched({ type, target }) {
    if (type === "keydown" || target.closest?.(WAYS) || this.scene?.map.getContainer().contains(target)) Object.assign(this, { until: 0, far: false });
  }

  #due() {
    return !this.moving && this.place && Date.now() < this.until && this.scene?.map._loaded;
  }

  #look() {
    const found = this.#due() && this.place();
    if (!found || !Number.isFinite(found.lon) || !Number.isFinite(found.lat)) return;
    const { map, flight } = this.scene;
    if (this.far) flight.to(found.lon, found.lat, zoomOf(found, map.getZoom()));
    else bringInSight(map, found.lon, found.lat, { animate: !this.page.calm });
    this.far = false;
  }
}
