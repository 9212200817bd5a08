// The map's moving part: dots, marks, flights and clicks of one Leaflet map.
import { alertMarks, deviceMarks } from "./alert_layer.mjs";
import { caseMarks } from "./case_layer.mjs";
import { Flight } from "./flight.mjs";
import { MAP_CLICK } from "./ids.mjs";
import { MarkLayer } from "./marks.mjs";
import { createPointLayer } from "./point_layer.mjs";
import { PointTable } from "./points.mjs";
import { shownLayers } from "./layers.mjs";
import { setStore } from "./stores.mjs";
import { workerMarks } from "./worker_layer.mjs";

// Names of areas are Leaflet's tooltips (650): over cases and workers, never over an alert.
const PANES = { points: 450, chosen: 600, workers: 605, cases: 610, alerts: 660 };
const NEAR = 14; // zoom from which a worker is a figure; farther out he is a small ring
const HIT_PX = 8;
const MOST_HITS = 12;
const HOVER_MS = 60;
const NOT_THE_MAP = ".leaflet-control, [data-action], button, a, input";

/** Everything that moves on one map. */
export class Scene {
  /**
   * @param {any} L @param {any} map
   * @param {{config: import("./config.mjs").Config, nowS: () => number, calm: boolean}} page
   */
  constructor(L, map, { config, nowS, calm }) {
    this.map = map;
    this.nowS = nowS;
    this.view = null;
    this.snapshot = null;
    this.loaded = false;
    this.asked = new Set(); // devices that we do not know and for which the points are taken again
    this.nowhere = new Set(); // devices that were not among them: without a place, or not ours
    const pane = map.getPane("points") ?? map.createPane("points");
    Object.assign(pane.style, { zIndex: String(PANES.points), pointerEvents: "none" });
    this.points = new PointTable(config.kinds);
    const shapes = config.kinds.map((kind) => kind.shape ?? "circle");
    this.layer = createPointLayer(L, this.points, { pane: "points", shapes, nowS, calm }).addTo(map);
    this.cases = new MarkLayer(L, map, "cases", PANES.cases);
    this.workers = new MarkLayer(L, map, "workers", PANES.workers);
    this.alerts = new MarkLayer(L, map, "alerts", PANES.alerts);
    this.chosen = new MarkLayer(L, map, "chosen", PANES.chosen);
    this.flight = new Flight(map, { calm });
    this.#listen();
    this.#fit();
  }

  /** Take all devices anew. @param {ArrayBuffer} buffer */
  load(buffer) {
    this.points.load(buffer);
    this.loaded = true;
    for (const n of this.asked) if (this.points.indexOf(n) < 0) this.nowhere.add(n);
    this.asked.clear();
    this.layer.heal();
    this.#marks();
  }

  /** @param {number[][]} rows @returns {boolean} whether there are new devices, for which the points must be taken again */
  readings(rows) {
    const unknown = this.layer.readings(rows).filter((n) => !this.nowhere.has(n));
    for (const n of unknown) this.asked.add(n);
    return this.loaded && unknown.length > 0;
  }

  /** @param {import("./config.mjs").View} view */
  look(view) {
    this.view = shownLayers(view);
    this.points.filter(this.view);
    this.layer.repaint();
    this.#marks();
  }

  /** @param {import("./facts.mjs").Snapshot} snapshot */
  show(snapshot) {
    this.snapshot = snapshot;
    this.#marks();
  }

  #marks() {
    const { snapshot, view } = this;
    if (view) this.chosen.show(deviceMarks(view, (n) => this.points.placeOf(n)));
    if (!snapshot || !view) return;
    const busy = new Set(snapshot.tasks.map((task) => task.worker));
    this.cases.show(caseMarks(snapshot.cases, view));
    this.workers.show(workerMarks(snapshot.workers, busy, view));
    this.alerts.show(alertMarks(snapshot.alerts, view));
  }

  /**
   * What lies under a place of the map's container, nearest first; a device or case under an alert's mark is that alert.
   * @param {{x: number, y: number}} at
   */
  hits(at) {
    const found = [
      ...this.alerts.hits(at, HIT_PX / 2).map(({ id, distance }) => ({ type: "alert", id, distance })),
      ...this.cases.hits(at, HIT_PX / 2).map(({ id, distance }) => ({ type: "case", id, distance })),
      ...this.workers.hits(at, HIT_PX / 2).map(({ id, distance }) => ({ type: "worker", id, name: this.#nameOf(id), distance })),
      ...this.layer.hits(at, HIT_PX).map(({ n, distance }) => ({ type: "device", n, distance })),
    ];
    found.sort((a, b) => a.distance - b.distance);
    return oneOfEach(found).slice(0, MOST_HITS).map(({ distance: _, ...hit }) => hit);
  }

  #nameOf(id) {
    return this.snapshot?.workers.find((one) => one.id === id)?.name ?? id;
  }

  /** The banner takes its room from the map: Leaflet itself only watches the window. */
  #fit() {
    const watcher = new window.ResizeObserver(() => this.map.invalidateSize({ animate: false }));
    watcher.observe(this.map.getContainer());
    this.map.on("unload", () => watcher.disconnect());
  }

  #far() {
    this.map.getContainer().classList.toggle("far", this.map.getZoom() < NEAR);
  }

  /** Leaflet must not see a click on a mark, or the area below would open as well: hence the capture phase. */
  #listen() {
    const container = this.map.getContainer();
    this.map.on("zoomend", () => this.#far());
    this.#far();
    container.addEventListener("click", (event) => this.#click(event), { capture: true });
    let looked = 0;
    container.addEventListener("pointermove", (event) => {
      if (event.timeStamp - looked < HOVER_MS) return;
      looked = event.timeStamp;
      const over = !event.buttons && this.hits(this.#place(event)).length > 0;
      container.classList.toggle("over-mark", over);
    }, { passive: true });
  }

  #place(event) {
    const place = this.map.mouseEventToContainerPoint(event);
    return { x: place.x, y: place.y };
  }

  #click(event) {
    if (event.target.closest?.(NOT_THE_MAP) || this.map.dragging?.moved?.()) return;
    const at = this.#place(event);
    const hits = this.hits(at);
    if (!hits.length) return;
    event.stopPropagation();
    const { lng, lat } = this.map.containerPointToLatLng([at.x, at.y]);
    setStore(MAP_CLICK, { hits, lon: lng, lat, ...at, at: Date.now() });
  }
}

const SAME_PX = 1; // a device, its alert and the alert's case lie on the same spot

/** Leave out the device and the case under an alert's mark: the alert tells of both. @param {{type: string, distance: number}[]} found */
export function oneOfEach(found) {
  const alerts = found.filter((hit) => hit.type === "alert");
  const covered = (hit) => alerts.some((one) => Math.abs(one.distance - hit.distance) < SAME_PX);
  return found.filter((hit) => !["device", "case"].includes(hit.type) || !covered(hit));
}
