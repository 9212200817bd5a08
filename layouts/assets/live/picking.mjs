// The mouse on the map: what lies under it, what a click does, and the words beside it.
import { fetchInside } from "./fetching.mjs";
import { Hover, clusterHtml, deviceHtml } from "./hover.mjs";
import { MAP_CLICK } from "./ids.mjs";
import { escapeHtml } from "./marks.mjs";
import { setStore } from "./stores.mjs";

export const DRAWING = "drawing"; // class of the map while a tool is in hand
const HIT_PX = 8;
const HOVER_PX = 6;
const MOST_HITS = 100; // a pick list can be scrolled
const HOVER_MS = 60;
const NOT_THE_MAP = `.leaflet-control, [data-action], button, a, input, .${DRAWING}`;
const SPOT_M = 12; // devices within so many metres are one spot: a list tells them apart, no zoom does
const DEEP = 18; // zoom above which nothing more comes apart
const FLIGHT_S = 0.6;
const SAME_PX = 1; // a device, its alert and the alert's case lie on the same spot

/** Leave out the device and the case under an alert's mark: the alert tells of both. @param {{type: string, distance: number}[]} found */
export function oneOfEach(found) {
  const alerts = found.filter((hit) => hit.type === "alert");
  const covered = (hit) => alerts.some((one) => Math.abs(one.distance - hit.distance) < SAME_PX);
  return found.filter((hit) => !["device", "case"].includes(hit.type) || !covered(hit));
}

/** The hit that answers a click itself (Scene.alsoHits), when it lies over nothing but devices. @param {any[]} hits */
export const overAll = (hits) => (hits.every((hit) => hit.type === "device" || hit.open) ? hits.find((hit) => hit.open) : null);

/** Whether a box is no more than a spot. @param {number[]} box west, south, east, north */
export function isSpot([west, south, east, north]) {
  const metres = 111_320;
  return (north - south) * metres <= SPOT_M && (east - west) * metres * Math.cos((south * Math.PI) / 180) <= SPOT_M;
}

/** Clicks and hovers of one scene. */
export class Picking {
  /** @param {import("./scene.mjs").Scene} scene @param {{words: any, facts: import("./device_facts.mjs").DeviceFacts, calm: boolean}} page */
  constructor(scene, { words, facts, calm }) {
    Object.assign(this, { scene, words, facts, calm });
    const container = scene.map.getContainer();
    this.hover = new Hover(container, (hit) => this.#tell(hit), (hit) => (hit.type === "device" ? facts.ask(hit.n) : Promise.resolve()));
    // Leaflet must not see a click on a mark, or the area below would open as well: hence the capture phase
    container.addEventListener("click", (event) => this.#click(event), { capture: true });
    container.addEventListener("pointermove", (event) => this.#move(event), { passive: true });
    container.addEventListener("pointerleave", () => this.hover.show(null, null), { passive: true });
    scene.map.on("movestart zoomstart", () => this.hover.show(null, null));
    scene.map.on("unload", () => this.hover.remove());
  }

  /**
   * What lies under a place of the map's container, nearest first; a device or case under an alert's mark is that alert.
   * @param {{x: number, y: number}} at
   */
  hits(at) {
    const { scene } = this;
    const found = [
      ...scene.alerts.hits(at, HIT_PX / 2).map(({ id, distance }) => ({ type: "alert", id, distance })),
      ...scene.cases.hits(at, HIT_PX / 2).map(({ id, distance }) => ({ type: "case", id, distance })),
      ...scene.workers.hits(at, HIT_PX / 2).map(({ id, distance }) => ({ type: "worker", id, name: this.#worker(id)?.name ?? id, distance })),
      ...scene.layer.hits(at, HIT_PX).map(({ n, distance }) => ({ type: "device", n, distance })),
      ...scene.sources.flatMap((source) => source(at)),
    ];
    found.sort((a, b) => a.distance - b.distance);
    return oneOfEach(found).slice(0, MOST_HITS).map(({ distance: _, ...hit }) => hit);
  }

  #worker(id) {
    return this.scene.snapshot?.workers.find((one) => one.id === id);
  }

  #place(event) {
    const { x, y } = this.scene.map.mouseEventToContainerPoint(event);
    return { x, y };
  }

  #move(event) {
    if (event.timeStamp - (this.looked ?? -Infinity) < HOVER_MS) return;
    this.looked = event.timeStamp;
    const at = this.#place(event);
    const onMap = !event.buttons && !event.target.closest?.(NOT_THE_MAP);
    const hit = onMap ? this.hits(at)[0] ?? this.#cluster(at) : null;
    this.scene.map.getContainer().classList.toggle("over-mark", Boolean(hit));
    this.hover.show(hit ?? (onMap ? this.#texture(at) : null), at);
  }

  /** A dot that is no target of a click has a name all the same. */
  #texture(at) {
    const [dot] = this.scene.layer.hits(at, HOVER_PX, true);
    return dot ? { type: "device", n: dot.n } : null;
  }

  #cluster(at) {
    const [hit] = this.scene.clusters.hits(at);
    return hit ? { type: "cluster", id: `${hit.cluster.x},${hit.cluster.y}`, cluster: hit.cluster } : null;
  }

  #tell(hit) {
    const tellers = { device: () => this.#device(hit.n), cluster: () => clusterHtml(hit.cluster, this.words),
      worker: () => this.#named(this.#worker(hit.id)?.name), case: () => this.#thing("cases", hit.id), alert: () => this.#thing("alerts", hit.id) };
    return (tellers[hit.type] ?? (() => this.#named(hit.name, hit.what)))();
  }

  #device(n) {
    const { points, nowS } = this.scene;
    const i = points.indexOf(n);
    if (i < 0) return "";
    const row = { value: points.value[i], at: points.at[i], level: points.level[i], stale: Boolean(points.stale[i]) };
    return deviceHtml(row, this.facts.get(n), nowS(), this.words);
  }

  #thing(list, id) {
    const thing = this.scene.snapshot?.[list].find((one) => one.id === id);
    return this.#named(thing?.title, thing?.device_name);
  }

  #named(...names) {
    const [first, ...more] = names.filter(Boolean);
    return first ? `<b>${escapeHtml(first)}</b>${more.map((name) => `<span class="c-3">${escapeHtml(name)}</span>`).join("")}` : "";
  }

  #click(event) {
    if (event.target.closest?.(NOT_THE_MAP) || this.scene.map.dragging?.moved?.()) return;
    const at = this.#place(event);
    const hits = this.hits(at);
    const hit = hits[0] ?? this.#cluster(at);
    if (!hit) return;
    event.stopPropagation();
    this.hover.show(null, null);
    const over = overAll(hits);
    if (over) over.open();
    else if (hit.type === "cluster") this.open(hit.cluster);
    else this.#pick(hits, at);
  }

  #pick(hits, at) {
    const { lng, lat } = this.scene.map.containerPointToLatLng([at.x, at.y]);
    setStore(MAP_CLICK, { hits, lon: lng, lat, ...at, at: Date.now() });
  }

  /** Go to what a cluster holds, or list it when it stands on one spot. @param {import("./clusters.mjs").Cluster} cluster */
  async open(cluster) {
    const { map, sight, clusters } = this.scene;
    try {
      const inside = await fetchInside({ ...sight(), zoom: clusters.table.level, cell: `${cluster.x},${cluster.y}` });
      if (!inside.box) return;
      if (isSpot(inside.box) || map.getZoom() >= DEEP) this.#pick(inside.n.map((n) => ({ type: "device", n })), map.latLngToContainerPoint([cluster.lat, cluster.lon]));
      else this.#goTo(inside.box);
    } catch (why) {
      console.warn("what is in a cluster did not come", why);
    }
  }

  #goTo([west, south, east, north]) {
    const { map } = this.scene;
    const bounds = [[south, west], [north, east]];
    const options = { padding: [60, 60], maxZoom: DEEP };
    if (this.calm) map.fitBounds(bounds, { ...options, animate: false });
    else map.flyToBounds(bounds, { ...options, duration: FLIGHT_S });
  }
}
