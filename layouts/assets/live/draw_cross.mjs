// The cross by which the keyboard draws: the arrows move it over the map, and the map after it where it would leave.
import { pageScale } from "./canvas.mjs";

const STEP_PX = 40;
const FINE_PX = 5; // with Shift
const EDGE_PX = 90; // nearer to the edge the map moves along
const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** How far a key moves the cross, in pixels; null for another key. @param {string} key @param {boolean} fine @returns {[number, number]|null} */
export function stepOf(key, fine) {
  const way = Object.hasOwn(WAYS, key) ? WAYS[key] : null;
  const px = fine ? FINE_PX : STEP_PX;
  return way && [way[0] * px, way[1] * px];
}

/** A cross on a map; without a place while the mouse draws. */
export class Cross {
  /** @param {any} map */
  constructor(map) {
    this.map = map;
    this.place = null; // [lon, lat]
    this.mark = null;
  }

  /** Where it stands, first in the middle of the map. @returns {[number, number]} lon, lat */
  show() {
    if (!this.place) {
      const { lng, lat } = this.map.getCenter();
      this.#put([lng, lat]);
    }
    return this.place;
  }

  /** @param {[number, number]} step pixels @param {boolean} calm whether the map jumps instead of gliding */
  move([right, down], calm) {
    const [lon, lat] = this.show();
    const scale = pageScale();
    const at = this.map.latLngToContainerPoint([lat, lon]).add([right * scale, down * scale]);
    const to = this.map.containerPointToLatLng(at);
    this.#put([to.lng, to.lat]);
    this.map.panInside(to, { padding: [EDGE_PX * scale, EDGE_PX * scale], animate: !calm });
  }

  hide() {
    this.mark?.remove();
    this.mark = this.place = null;
  }

  #put(place) {
    this.place = place;
    const at = [place[1], place[0]];
    if (this.mark) {
      this.mark.setLatLng(at);
      return;
    }
    const icon = window.L.divIcon({ className: "draw-cross", iconSize: [0, 0] });
    this.mark = window.L.marker(at, { icon, pane: "drawn", interactive: false, keyboard: false }).addTo(this.map);
  }
}
