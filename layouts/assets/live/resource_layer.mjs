// Resources and cameras on the map: those of the viewport whose layers are on, fetched when it has moved.
import { get } from "./fetching.mjs";
import { isOn, watchLayers } from "./layers.mjs";
import { MarkLayer } from "./marks.mjs";
import { LAYER_OF, nameOf, resourceMarks, whatOf } from "./resource_marks.mjs";
import { throttle } from "./throttle.mjs";

const PANE_Z = 580; // over the devices, under the workers and whatever is going on
const HIT_PX = 4;
const AGAIN_MS = 250; // the map may move in many small steps
const ROOM = 0.15; // of the viewport, fetched around it: a small move needs nothing new

/** A part of the page (parts.mjs). */
export class ResourceLayer {
  /** @param {any} page */
  constructor(page) {
    this.page = page;
    this.found = null; // {box, sorts, features, cells}: what was fetched last
    this.features = new Map(); // mark's id -> properties
    this.chosen = null;
    this.wanted = 0;
    this.again = throttle(() => this.#fetch(), AGAIN_MS);
    watchLayers(() => this.#look());
    document.addEventListener("chengyun:thing", (event) => this.#choose(event.detail));
  }

  /** @param {import("./scene.mjs").Scene} scene */
  onMap(scene) {
    this.map = scene.map;
    this.marks = new MarkLayer(window.L, scene.map, "resources", PANE_Z);
    scene.alsoHits((at) => this.#hits(at));
    scene.map.on("moveend", () => this.#look());
    this.found = null;
    this.#look();
  }

  /** The marks under a place of the map's container; a click on a number goes nearer. @param {{x: number, y: number}} at */
  #hits(at) {
    return this.marks.hits(at, HIT_PX).map(({ id, distance }) => {
      const one = this.features.get(id) ?? {};
      const open = "count" in one ? () => this.#nearer(one.box) : null;
      return { type: "resource", id, name: nameOf(one, this.page.words), what: whatOf(one, this.page.words), distance, ...(open && { open }) };
    });
  }

  #sorts() {
    return [...LAYER_OF].filter(([, layer]) => isOn(layer)).map(([sort]) => sort);
  }

  #look() {
    if (!this.map) return;
    const sorts = this.#sorts().join(",");
    if (this.found?.sorts !== sorts) this.#draw(sorts ? onlyOf(this.found, sorts) : []);
    if (!sorts) {
      this.found = null;
      return;
    }
    if (!holds(this.found, boxOf(this.map), sorts)) this.again();
  }

  async #fetch() {
    const sorts = this.#sorts().join(",");
    if (!this.map || !sorts) return;
    const box = roomy(boxOf(this.map), ROOM);
    const mine = ++this.wanted;
    const query = new URLSearchParams({ box: box.map((each) => each.toFixed(6)).join(","), sorts });
    try {
      const answer = await get(`/api/v1/resources?${query}`);
      const { features, cells } = await answer.json();
      if (mine !== this.wanted) return; // the map has moved on
      this.found = { box, sorts, features, cells };
      this.#draw(features);
    } catch (why) {
      console.warn("resources did not come", why);
    }
  }

  #draw(features) {
    const marks = resourceMarks(features, this.chosen);
    this.features = new Map(marks.map((mark, n) => [mark.id, features[n].properties]));
    this.marks.show(marks);
  }

  /** The card of a thing is open, or no longer: its mark has a ring. @param {{id: string}|null} thing */
  #choose(thing) {
    this.chosen = thing?.type === "resource" ? thing.id : null;
    if (this.found) this.#draw(this.found.features);
  }

  /** What has changed in the ledger is on the map without a move of it. @param {{fact: {kind: string}}[]} applied */
  facts(applied) {
    if (!applied.some(({ fact }) => fact.kind === "resources.changed")) return;
    this.found = this.found && { ...this.found, box: null };
    this.again();
  }

  #nearer([west, south, east, north]) {
    this.map.fitBounds([[south, west], [north, east]], { padding: [60, 60], maxZoom: 17, animate: !this.page.calm });
  }
}

/** West, south, east, north of what the map shows. @returns {[number, number, number, number]} */
export function boxOf(map) {
  const bounds = map.getBounds();
  return [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
}

/** A box with some room around it. @param {number[]} box @param {number} share of its width and height */
export function roomy([west, south, east, north], share) {
  const [wide, high] = [(east - west) * share, (north - south) * share];
  return [west - wide, south - high, east + wide, north + high];
}

/** Whether what was fetched answers for a box too: points for any box inside, numbers only for one as large. */
export function holds(found, box, sorts) {
  if (!found?.box || found.sorts !== sorts) return false;
  const inside = box[0] >= found.box[0] && box[1] >= found.box[1] && box[2] <= found.box[2] && box[3] <= found.box[3];
  const width = (each) => each[2] - each[0];
  return inside && (!found.cells || width(box) > width(found.box) / (1 + 2 * ROOM) / 1.3);
}

/** Of what is there, what may stay until the answer comes: a layer that was turned off goes at once. */
function onlyOf(found, sorts) {
  const on = sorts.split(",");
  return (found?.features ?? []).filter(({ properties }) => "sort" in properties && on.includes(properties.sort));
}
