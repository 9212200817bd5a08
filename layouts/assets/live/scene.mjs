// The map's moving part: dots or clusters, marks and flights of one Leaflet map.
import { alertMarks, deviceMarks } from "./alert_layer.mjs";
import { pageScale } from "./canvas.mjs";
import { caseMarks } from "./case_layer.mjs";
import { ClusterKeys } from "./cluster_keys.mjs";
import { createClusterLayer } from "./cluster_layer.mjs";
import { Flight } from "./flight.mjs";
import { shownLayers } from "./layers.mjs";
import { MarkLayer } from "./marks.mjs";
import { Picking } from "./picking.mjs";
import { createPointLayer } from "./point_layer.mjs";
import { PointTable } from "./points.mjs";
import { keepInView } from "./resizing.mjs";
import { shownKinds } from "./viewport.mjs";
import { workerMarks } from "./worker_layer.mjs";

// Names of areas are Leaflet's tooltips (650): over cases and workers, never over an alert.
const PANES = { points: 450, clusters: 455, chosen: 600, workers: 605, cases: 610, alerts: 660 };
const NEAR = 14; // zoom from which a worker is a figure; farther out he is a small ring

/** Everything that moves on one map. */
export class Scene {
  /**
   * @param {any} L @param {any} map
   * @param {{config: import("./config.mjs").Config, words: any, facts: import("./device_facts.mjs").DeviceFacts, nowS: () => number, calm: boolean}} page
   */
  constructor(L, map, { config, words, facts, nowS, calm }) {
    Object.assign(this, { map, nowS, config, facts });
    this.view = null;
    this.snapshot = null;
    this.loaded = false;
    this.showing = null; // "points" or "clusters"
    this.sources = []; // what else lies under the mouse: the marks of parts (alsoHits)
    this.points = new PointTable(config.kinds);
    const shapes = config.kinds.map((kind) => kind.shape ?? "circle");
    this.layer = createPointLayer(L, this.points, { pane: this.#pane("points"), shapes, nowS, calm }).addTo(map);
    this.clusters = createClusterLayer(L, { pane: this.#pane("clusters"), words, locale: config.locale }).addTo(map);
    for (const name of ["cases", "workers", "alerts", "chosen"]) this[name] = new MarkLayer(L, map, name, PANES[name]);
    this.flight = new Flight(map, { calm });
    this.picking = new Picking(this, { words, facts, calm });
    new ClusterKeys(this.clusters, map.getPane("clusters"), { words, open: (cluster) => this.picking.open(cluster) });
    map.on("zoomend", () => this.#far());
    this.#far();
    keepInView(map);
  }

  #pane(name) {
    const pane = this.map.getPane(name) ?? this.map.createPane(name);
    Object.assign(pane.style, { zIndex: String(PANES[name]), pointerEvents: "none" });
    return name;
  }

  // -- what the map shows of the devices: asked by looking.mjs ----------------------------------

  /** @returns {import("./viewport.mjs").Bounds|null} null while the map has no room */
  bounds() {
    const { x, y } = this.map.getSize();
    if (!x || !y) return null;
    const bounds = this.map.getBounds();
    return { west: bounds.getWest(), south: bounds.getSouth(), east: bounds.getEast(), north: bounds.getNorth() };
  }

  zoom() {
    return this.map.getZoom();
  }

  scale() {
    return pageScale();
  }

  /** What the devices on the map are chosen by, as a query. */
  sight = () => {
    const kinds = this.view ? shownKinds(this.config.kinds, this.view) : null;
    return { area: this.view?.area, ...(kinds ? { kinds } : {}) };
  };

  /** Show what has been fetched: one takes the other's place in one frame. @param {import("./looking.mjs").Shown} shown */
  take(shown) {
    if (shown.show === "clusters") this.#loadClusters(shown);
    else this.load(shown.buffer);
  }

  /** Show these devices as points. @param {ArrayBuffer} buffer records of 28 bytes */
  load(buffer) {
    this.points.load(buffer);
    this.#shown("points");
    this.layer.anew();
    this.clusters.clear();
    this.#marks();
  }

  #loadClusters(answer) {
    this.points.load(new ArrayBuffer(0));
    this.#shown("clusters");
    this.layer.anew();
    this.clusters.load(answer);
    this.#marks();
  }

  #shown(what) {
    this.showing = what;
    this.loaded = true;
    this.map.getContainer().dataset.shows = what;
  }

  /** Something about the devices was pushed. @param {string} event @param {any[]} rows */
  hear(event, rows) {
    const { layer, clusters } = this;
    if (event === "clusters") {
      if (this.showing === "clusters") clusters.apply(rows);
      return;
    }
    if (this.showing !== "points") return;
    ({ readings: () => layer.readings(rows), states: () => layer.states(rows), entered: () => layer.enter(rows), left: () => layer.leave(rows) })[event]();
  }

  // -- what is looked at ------------------------------------------------------------------------

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

  /** Only workers have moved. @param {import("./facts.mjs").Snapshot} snapshot */
  showWorkers(snapshot) {
    this.snapshot = snapshot;
    if (!this.view) return;
    const busy = new Set(snapshot.tasks.map((task) => task.worker));
    this.workers.show(workerMarks(snapshot.workers, busy, this.view));
  }

  #marks() {
    const { snapshot, view } = this;
    if (!view) return;
    this.#ring();
    if (!snapshot) return;
    this.cases.show(caseMarks(snapshot.cases, view));
    this.alerts.show(alertMarks(snapshot.alerts, view));
    this.showWorkers(snapshot);
  }

  /** The selected device has its ring also where its dot is not drawn: then its place is asked for. */
  #ring() {
    const show = (found) => this.chosen.show(deviceMarks(this.view, (n) => this.points.placeOf(n) ?? found?.(n) ?? null));
    const known = (n) => (this.facts.get(n) ? [this.facts.get(n).lon, this.facts.get(n).lat] : null);
    show(known);
    const n = Number(/^n:(\d+)$/.exec(this.view.device ?? "")?.[1] ?? NaN);
    if (Number.isNaN(n) || this.points.placeOf(n) || this.facts.get(n) !== undefined) return;
    this.facts.ask(n).then(() => show(known));
  }

  /**
   * Let a part's own marks be hit too. A hit with `open` answers a click itself, unless a mark lies over it.
   * @param {(at: {x: number, y: number}) => {type: string, id: string, name: string, what?: string, distance: number, open?: () => void}[]} source
   */
  alsoHits(source) {
    this.sources.push(source);
  }

  /** What lies under a place of the map's container. @param {{x: number, y: number}} at */
  hits(at) {
    return this.picking.hits(at);
  }

  #far() {
    this.map.getContainer().classList.toggle("far", this.map.getZoom() < NEAR);
  }
}
