// Tracks on the map: of everybody while their layer is on, of the worker whose card is open at any time.
import { get } from "./fetching.mjs";
import { isOn, watchLayers } from "./layers.mjs";
import { throttle } from "./throttle.mjs";
import { arrows, fresh, grown, strength } from "./tracks.mjs";
import { epochMs } from "./worker_layer.mjs";

const PANE = "tracks";
const PANE_Z = 440; // under the devices
const LINE = "63, 208, 255";
const EVERY_PX = 90; // from arrow to arrow
const ARROW_PX = 5;
const REDRAW_MS = 1_000;

/** A part of the page (parts.mjs). */
export class TrackLayer {
  /** @param {any} page */
  constructor(page) {
    this.page = page;
    this.tracks = new Map(); // worker -> places
    this.of = null; // whose tracks they are: "area 320404", "worker W001"
    this.chosen = null;
    this.soon = throttle(() => this.#draw(), REDRAW_MS);
    watchLayers(() => this.#want());
    document.addEventListener("chengyun:thing", (event) => this.#choose(event.detail));
  }

  /** @param {import("./scene.mjs").Scene} scene */
  onMap({ map }) {
    this.map = map;
    const pane = map.getPane(PANE) ?? map.createPane(PANE);
    Object.assign(pane.style, { zIndex: String(PANE_Z), pointerEvents: "none" });
    this.canvas = document.createElement("canvas");
    this.canvas.className = "leaflet-zoom-hide";
    pane.append(this.canvas);
    map.on("moveend resize", () => this.#draw());
    this.#want();
  }

  look() {
    this.#want();
  }

  #choose(thing) {
    this.chosen = thing?.type === "worker" && thing.track ? thing.id : null;
    this.#want();
  }

  /** What should be there now is fetched once; then it grows with the places that are pushed. */
  #want() {
    if (!this.map) return;
    const all = isOn("tracks") ? `area ${this.page.view.area}` : null;
    const of = [all, this.chosen && `worker ${this.chosen}`].filter(Boolean).join(" ") || null;
    if (of === this.of) return;
    this.of = of;
    this.page.looking.follow(of !== null);
    this.tracks = new Map();
    this.#draw();
    if (all) this.#fetch(`area=${this.page.view.area}`, of);
    if (this.chosen) this.#fetch(`worker=${encodeURIComponent(this.chosen)}`, of);
  }

  async #fetch(query, of) {
    try {
      const answer = await get(`/api/v1/tracks?${query}`);
      const { workers } = await answer.json();
      if (of !== this.of) return;
      for (const { id, places } of workers) this.tracks.set(id, places);
      this.#draw();
    } catch (why) {
      if (why?.status === 403) return; // tracks are for who dispatches
      console.warn("tracks did not come", why);
    }
  }

  /** New places of workers make their tracks longer. @param {import("./facts.mjs").Snapshot} snapshot */
  moved({ workers }) {
    if (!this.of) return;
    let changed = false;
    for (const one of workers) {
      const track = this.tracks.get(one.id);
      if (!track) continue;
      const longer = grown(track, [one.lon, one.lat, epochMs(one.at) ?? 0]);
      changed ||= longer !== track;
      this.tracks.set(one.id, longer);
    }
    if (changed) this.soon();
  }

  #draw() {
    if (!this.canvas) return;
    const size = this.map.getSize();
    const ratio = window.devicePixelRatio || 1;
    this.canvas.hidden = this.tracks.size === 0;
    if (this.canvas.hidden) return;
    Object.assign(this.canvas, { width: Math.round(size.x * ratio), height: Math.round(size.y * ratio) });
    Object.assign(this.canvas.style, { width: `${size.x}px`, height: `${size.y}px` });
    window.L.DomUtil.setPosition(this.canvas, this.map.containerPointToLayerPoint([0, 0]));
    const pen = this.canvas.getContext("2d");
    pen.scale(ratio, ratio);
    const now = this.page.clock.now();
    for (const [id, track] of this.tracks) this.#line(pen, fresh(track, now), now, id === this.chosen);
  }

  #line(pen, track, now, chosen) {
    const line = track.map(([lon, lat]) => this.map.latLngToContainerPoint([lat, lon]));
    Object.assign(pen, { lineWidth: chosen ? 2.5 : 1.5, lineJoin: "round", lineCap: "round" });
    for (let n = 1; n < line.length; n += 1) {
      pen.strokeStyle = tone(track[n][2], now, chosen);
      pen.beginPath();
      pen.moveTo(line[n - 1].x, line[n - 1].y);
      pen.lineTo(line[n].x, line[n].y);
      pen.stroke();
    }
    for (const arrow of arrows(line, EVERY_PX)) {
      pen.fillStyle = tone(track[arrow.n][2], now, chosen);
      head(pen, arrow, chosen ? ARROW_PX * 1.4 : ARROW_PX);
    }
  }
}

const tone = (at, now, chosen) => `rgba(${LINE}, ${(strength(at, now) * (chosen ? 1 : 0.8)).toFixed(2)})`;

function head(pen, { x, y, angle }, size) {
  pen.save();
  pen.translate(x, y);
  pen.rotate(angle);
  pen.beginPath();
  pen.moveTo(size, 0);
  pen.lineTo(-size * 0.7, size * 0.75);
  pen.lineTo(-size * 0.7, -size * 0.75);
  pen.fill();
  pen.restore();
}
