// The devices of the map as typed arrays, decoded from /api/v1/points and kept true by readings and states.

export const RECORD = 28; // bytes: u32 n, then the 24-byte packed point (app/store/live.py: POINT)
export const OUTSIDE = 0xffffffff; // the grid index of a device outside the city
const OFFLINE = 2;
const QUIET_PERIODS = 3; // as in app/services/presence: silent for 3 periods is stale

/** Web Mercator at zoom 0, in pixels of a 256 px world. @returns {[number, number]} */
export function worldOf(lon, lat) {
  const sin = Math.sin((lat * Math.PI) / 180);
  return [256 * (lon / 360 + 0.5), 256 * (0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI))];
}

/** @returns {[number, number]} lon, lat of a place on the zoom-0 world */
export function lonLatOf(x, y) {
  const lat = (Math.atan(Math.sinh(Math.PI * (1 - (2 * y) / 256))) * 180) / Math.PI;
  return [(x / 256 - 0.5) * 360, lat];
}

/** All devices; a row is addressed by its index, a device by its number n. */
export class PointTable {
  /** @param {import("./config.mjs").KindRow[]} kinds in the order of the kind byte */
  constructor(kinds) {
    this.periods = kinds.map((kind) => kind.period_s || 60);
    this.domains = kinds.map((kind) => kind.domain);
    this.codes = kinds.map((kind) => kind.code);
    this.grids = null;
    this.shownKinds = null;
    this.#allocate(0);
  }

  /** Take all devices anew. @param {ArrayBuffer} buffer records of 28 bytes, little-endian */
  load(buffer) {
    if (buffer.byteLength % RECORD) throw new RangeError(`points: ${buffer.byteLength} bytes are no whole records`);
    this.#allocate(buffer.byteLength / RECORD);
    const bytes = new DataView(buffer);
    for (let i = 0; i < this.count; i++) this.#decode(bytes, i);
    this.#show();
  }

  #allocate(count) {
    this.count = count;
    this.n = new Uint32Array(count);
    this.x = new Float64Array(count);
    this.y = new Float64Array(count);
    this.at = new Uint32Array(count);
    this.value = new Float32Array(count);
    this.area = new Uint32Array(count);
    this.kind = new Uint8Array(count);
    this.quality = new Uint8Array(count);
    this.presence = new Uint8Array(count);
    this.level = new Uint8Array(count);
    this.stale = new Uint8Array(count);
    this.shown = new Uint8Array(count);
    this.index = new Map();
  }

  #decode(bytes, i) {
    const o = i * RECORD;
    this.n[i] = bytes.getUint32(o, true);
    this.#place(i, bytes.getInt32(o + 4, true) / 1e7, bytes.getInt32(o + 8, true) / 1e7);
    this.at[i] = bytes.getUint32(o + 12, true);
    this.value[i] = bytes.getFloat32(o + 16, true);
    this.area[i] = bytes.getUint32(o + 20, true);
    this.kind[i] = bytes.getUint8(o + 24);
    this.quality[i] = bytes.getUint8(o + 25);
    this.presence[i] = bytes.getUint8(o + 26);
    this.level[i] = bytes.getUint8(o + 27);
    this.index.set(this.n[i], i);
  }

  #place(i, lon, lat) {
    const [x, y] = worldOf(lon, lat);
    this.x[i] = x;
    this.y[i] = y;
  }

  /** @param {number} n @returns {number} the row of a device, -1 when it is unknown */
  indexOf(n) {
    return this.index.get(n) ?? -1;
  }

  /** @param {number} n @returns {[number, number]|null} lon, lat */
  placeOf(n) {
    const i = this.indexOf(n);
    return i < 0 ? null : lonLatOf(this.x[i], this.y[i]);
  }

  /**
   * Take newer readings; an older one never overwrites.
   * @param {number[][]} rows [n, at_s, value, quality] or [n, at_s, value, quality, lon, lat]
   * @param {number} nowS the server's epoch seconds
   * @returns {{dirty: number[], moved: boolean, unknown: number[]}} rows to draw, whether a place changed, devices we do not know
   */
  applyReadings(rows, nowS) {
    const dirty = [];
    let moved = false;
    const unknown = [];
    for (const row of rows) {
      const i = this.indexOf(row[0]);
      if (i < 0) unknown.push(row[0]);
      else if (row[1] >= this.at[i]) {
        moved = this.#take(i, row, nowS) || moved;
        dirty.push(i);
      }
    }
    return { dirty, moved, unknown };
  }

  #take(i, [, at, value, quality, lon, lat], nowS) {
    this.at[i] = at;
    this.value[i] = value ?? NaN;
    this.quality[i] = quality;
    this.stale[i] = this.isStale(i, nowS) ? 1 : 0;
    if (lon === undefined || lat === undefined) return false;
    this.#place(i, lon, lat);
    return true;
  }

  /**
   * Take presence and level from the watch role.
   * @param {[number, number, number][]} rows [n, presence, level]
   * @param {number} nowS
   * @returns {number[]} rows to draw
   */
  applyStates(rows, nowS) {
    const dirty = [];
    for (const [n, presence, level] of rows) {
      const i = this.indexOf(n);
      if (i < 0) continue;
      this.presence[i] = presence;
      this.level[i] = level;
      this.stale[i] = this.isStale(i, nowS) ? 1 : 0;
      dirty.push(i);
    }
    return dirty;
  }

  /** Whether a device's dot can no longer be trusted: never heard, offline, or silent for 3 periods. */
  isStale(i, nowS) {
    if (this.presence[i] === OFFLINE || this.at[i] === 0) return true;
    return nowS - this.at[i] > QUIET_PERIODS * (this.periods[this.kind[i]] ?? 60);
  }

  /** Look at every device's age again. @param {number} nowS @returns {number} how many are stale */
  refreshStale(nowS) {
    let stale = 0;
    for (let i = 0; i < this.count; i++) stale += this.stale[i] = this.isStale(i, nowS) ? 1 : 0;
    return stale;
  }

  /**
   * Show only the devices of some grids and of a tab or of some kinds.
   * @param {{grids: [number, number][]|null, tab: string, kinds: string[]|null, layers: string[]}} view
   */
  filter(view) {
    const wanted = (i) => (view.tab === "all" || this.domains[i] === view.tab)
      && (!view.kinds || view.kinds.includes(this.codes[i]));
    this.shownKinds = this.codes.map((_, i) => view.layers.includes("devices") && wanted(i));
    this.grids = view.grids;
    this.#show();
  }

  #show() {
    for (let i = 0; i < this.count; i++) {
      const kind = this.shownKinds ? this.shownKinds[this.kind[i]] ?? true : true;
      this.shown[i] = kind && inRanges(this.grids, this.area[i]) ? 1 : 0;
    }
  }
}

/** @param {[number, number][]|null} ranges inclusive; null is everything @param {number} index */
export function inRanges(ranges, index) {
  return !ranges || ranges.some(([first, last]) => index >= first && index <= last);
}
