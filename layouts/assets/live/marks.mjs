// Some hundred things on the map as HTML marks, kept true by id: cases, workers, alerts. Only what is in view is an element.

/**
 * @typedef {{id: string, lon: number, lat: number, html: string, classes: string, size: number, order?: number}} Mark
 */

const AROUND = 0.3; // of the view on each side

/** A layer of marks: a mark is touched only when it has changed. */
export class MarkLayer {
  /** @param {any} L @param {any} map @param {string} pane @param {number} order z-index of the pane */
  constructor(L, map, pane, order) {
    this.L = L;
    this.map = map;
    this.pane = pane;
    this.kept = new Map();
    this.marks = [];
    map.on("moveend", () => this.show(this.marks));
    const element = map.getPane(pane) ?? map.createPane(pane);
    element.style.zIndex = String(order);
    element.style.pointerEvents = "none";
  }

  /** Show exactly these. @param {Mark[]} marks */
  show(marks) {
    this.marks = marks;
    const view = this.map.getBounds().pad(AROUND);
    this.#showOnly(marks.filter((mark) => view.contains([mark.lat, mark.lon])));
  }

  #showOnly(marks) {
    const wanted = new Set(marks.map((mark) => mark.id));
    for (const [id, { marker }] of this.kept)
      if (!wanted.has(id)) {
        marker.remove();
        this.kept.delete(id);
      }
    for (const mark of marks) this.#keep(mark);
  }

  #keep(mark) {
    const kept = this.kept.get(mark.id);
    if (!kept) {
      this.kept.set(mark.id, { mark, marker: this.#add(mark) });
      return;
    }
    const { marker, mark: before } = kept;
    if (before.lon !== mark.lon || before.lat !== mark.lat) marker.setLatLng([mark.lat, mark.lon]);
    if (before.html !== mark.html || before.classes !== mark.classes) marker.setIcon(this.#icon(mark));
    kept.mark = mark;
  }

  #add(mark) {
    return this.L.marker([mark.lat, mark.lon], {
      icon: this.#icon(mark), pane: this.pane, interactive: false, keyboard: false, zIndexOffset: mark.order ?? 0,
    }).addTo(this.map);
  }

  #icon({ html, classes, size }) {
    return this.L.divIcon({ html, className: `mark ${classes}`, iconSize: null, iconAnchor: [0, 0], size });
  }

  /**
   * Marks near a place on the map's container, nearest first.
   * @param {{x: number, y: number}} at @param {number} radius added to half of the mark's size
   * @returns {{id: string, distance: number}[]}
   */
  hits(at, radius) {
    const found = [];
    for (const [id, { mark, marker }] of this.kept) {
      const place = this.map.latLngToContainerPoint(marker.getLatLng());
      const distance = Math.hypot(place.x - at.x, place.y - at.y);
      if (distance <= radius + mark.size / 2) found.push({ id, distance });
    }
    return found.sort((a, b) => a.distance - b.distance);
  }
}

const ESCAPES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** @param {any} text @returns {string} safe inside HTML */
export const escapeHtml = (text) => String(text ?? "").replace(/[&<>"']/g, (c) => ESCAPES[c]);

/** The prefix that all codes inside an area begin with: a city's code ends in 00. @param {string|null} code */
export const prefixOf = (code) => (code ?? "").replace(/^(\d{4})00$/, "$1");

/** Whether a thing lies inside the looked-at area: area codes are prefixes. @param {string} area @param {string} prefix */
export const inside = (area, prefix) => (area ?? "").startsWith(prefixOf(prefix));

/** Whether two areas overlap: one lies inside the other. @param {string} a @param {string} b */
export const overlaps = (a, b) => inside(a, b) || inside(b, a);
