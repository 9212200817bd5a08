// Unit grids (单元网格) on the map: thin lines of those in the viewport, near only, when their layer is on.
import { get } from "./fetching.mjs";
import { holdsBox, stepsToUnits, unitOffers, unitsShown, widened } from "./ground_shapes.mjs";
import { offerLabels } from "./label_layer.mjs";
import { isOn, watchLayers } from "./layers.mjs";
import { throttle } from "./throttle.mjs";

const LAYER = "units";
const PANE_Z = 420; // over the areas, under the devices
const AGAIN_MS = 250; // the map may move in many small steps
const BUILT_MS = 3_000; // the server is still cutting them
const ROOM = 0.2;
const TOO_MANY = 422; // what the server answers then
const LINE = { color: "#7fb2d6", weight: 0.7, opacity: 0.55, fill: false, interactive: false };

/** A part of the page (parts.mjs). */
export class UnitLayer {
  constructor() {
    this.map = null;
    this.box = null; // what the features answer for
    this.features = [];
    this.wanted = 0;
    this.crowded = null; // the zoom at which they were too many
    this.again = throttle(() => this.#fetch(), AGAIN_MS);
    watchLayers(() => this.#look());
    offerLabels(() => (this.#on() ? unitOffers(this.features, this.map.getZoom()) : []));
  }

  /** @param {import("./scene.mjs").Scene} scene */
  onMap(scene) {
    this.map = scene.map;
    const pane = this.map.getPane(LAYER) ?? this.map.createPane(LAYER);
    Object.assign(pane.style, { zIndex: String(PANE_Z), pointerEvents: "none" });
    const renderer = window.L.canvas({ pane: LAYER, padding: 0.2 });
    this.lines = window.L.geoJSON(null, { style: LINE, renderer, pane: LAYER, interactive: false }).addTo(this.map);
    this.map.on("moveend", () => this.#look());
    this.box = null;
    this.#look();
  }

  #on() {
    return Boolean(this.map?._loaded) && isOn(LAYER) && unitsShown(this.map.getZoom());
  }

  #look() {
    if (!this.map) return;
    this.#tell();
    if (!this.#on()) {
      if (this.features.length) this.#draw([], null);
    } else if (!holdsBox(this.box, boxOf(this.map))) this.again();
  }

  /** Whoever turns them on far out is told how near they are (layer_tree.mjs). */
  #tell() {
    const steps = this.map._loaded && isOn(LAYER) ? stepsToUnits(this.map.getZoom(), this.crowded) : 0;
    document.dispatchEvent(new CustomEvent("chengyun:nearer", { detail: { layer: LAYER, steps } }));
  }

  async #fetch() {
    if (!this.#on()) return;
    const mine = ++this.wanted;
    const zoom = this.map.getZoom();
    try {
      const { box, features, ready } = await this.#ask(boxOf(this.map));
      if (mine !== this.wanted || !this.#on()) return; // the map has moved on
      this.crowded = null;
      this.#draw(features, ready ? box : null);
      if (!ready) setTimeout(() => this.#look(), BUILT_MS);
    } catch (why) {
      if (mine === this.wanted && why?.status === TOO_MANY) this.#crowd(zoom);
      else console.warn("unit grids did not come", why);
    }
    this.#tell();
  }

  /** Those around the view too, where they are not too many. @param {number[]} view */
  async #ask(view, room = ROOM) {
    const box = widened(view, room);
    try {
      const answer = await get(`/api/v1/units?box=${box.map((each) => each.toFixed(6)).join(",")}`);
      return { box, ...(await answer.json()) };
    } catch (why) {
      if (room && why?.status === TOO_MANY) return this.#ask(view, 0);
      throw why;
    }
  }

  /** Rather none than those of another view. @param {number} zoom */
  #crowd(zoom) {
    this.crowded = zoom;
    this.#draw([], null);
  }

  #draw(features, box) {
    this.features = features;
    this.box = box;
    this.lines.clearLayers();
    this.lines.addData({ type: "FeatureCollection", features });
    document.dispatchEvent(new CustomEvent("chengyun:labels"));
  }
}

/** West, south, east, north of what the map shows. @returns {number[]} */
export function boxOf(map) {
  const bounds = map.getBounds();
  return [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
}
