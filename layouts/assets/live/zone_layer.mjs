// Functional zones (功能区) on the map: a dashed outline and a name over the areas, when their layer is on.
import { get } from "./fetching.mjs";
import { zoneOffers } from "./ground_shapes.mjs";
import { offerLabels } from "./label_layer.mjs";
import { isOn, watchLayers } from "./layers.mjs";

const LAYER = "zones";
const PANE_Z = 425; // over the areas and unit grids, under the devices
const AGAIN_MS = 30_000; // after a failure
const LINE = { color: "#b79cf2", weight: 2, opacity: 0.9, dashArray: "8 6", fill: true, fillColor: "#b79cf2", fillOpacity: 0.05, interactive: false };

/** A part of the page (parts.mjs). */
export class ZoneLayer {
  /** @param {any} page */
  constructor(page) {
    this.words = page.words.ground;
    this.map = null;
    this.features = null; // none fetched yet
    this.asking = false;
    watchLayers(() => this.#look());
    offerLabels(() => (this.shapes && isOn(LAYER) ? zoneOffers(this.features ?? [], this.words) : []));
  }

  /** @param {import("./scene.mjs").Scene} scene */
  onMap(scene) {
    this.map = scene.map;
    const pane = this.map.getPane(LAYER) ?? this.map.createPane(LAYER);
    Object.assign(pane.style, { zIndex: String(PANE_Z), pointerEvents: "none" });
    this.shapes = null;
    this.#look();
  }

  #look() {
    if (!this.map) return;
    if (!isOn(LAYER)) {
      this.shapes?.remove();
      this.shapes = null;
    } else if (this.features) this.#draw();
    else this.#fetch();
  }

  #draw() {
    if (this.shapes) return;
    const renderer = window.L.svg({ pane: LAYER, padding: 0.5 });
    const data = { type: "FeatureCollection", features: this.features };
    this.shapes = window.L.geoJSON(data, { style: LINE, renderer, pane: LAYER, interactive: false }).addTo(this.map);
    document.dispatchEvent(new CustomEvent("chengyun:labels"));
  }

  async #fetch() {
    if (this.asking) return;
    this.asking = true;
    try {
      this.features = (await (await get("/api/v1/zones")).json()).features;
    } catch (why) {
      console.warn("zones did not come", why);
      setTimeout(() => this.#look(), AGAIN_MS);
    }
    this.asking = false;
    if (this.features) this.#look();
  }
}
