// The devices of the map's view as typed arrays, decoded from /api/v1/points and kept true by what is pushed.

export const RECORD = 28; // bytes: u32 n, then the 24-byte packed point (app/store/live.py: POINT)
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

const FIELDS = { n: Uint32Array, x: Float64Array, y: Float64Array, at: Uint32Array, value: Float32Array, area: Uint32Array,
  kind: Uint8Array, quality: Uint8Array, presence: Uint8Array, level: Uint8Array, stale: Uint8Array, shown: Uint8Array };
const SPARE = 64; // rows for devices that come into view

/** All devices; a row is addressed by its index, a device by its number n. The row of one that left is the next newcomer's. */
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
    this.room = count;
    for (const [field, Array] of Object.entries(FIELDS)) this[field] = new Array(count);
    this.index = new Map();
    this.free = []; // rows whose device has left
    this.around = [Infinity, Infinity, -Infinity, -Infinity];
  }

  #newRow() {
    if (this.count === this.room) this.#grow();
    return this.count++;
  }

  #grow() {
    this.room += SPARE + (this.room >> 2);
    for (const [field, Array] of Object.entries(FIELDS)) {
      const before = this[field];
      this[field] = new Array(this.room);
      this[field].set(before);
    }
  }

  /**
   * Take devices that have come into view, or come back.
   * @param {number[][]} rows [n, lon, lat, at_s, value, grid, kind, quality, presence, level]
   * @param {number} nowS the server's epoch seconds
   * @returns {number[]} their rows
   */
  enter(rows, nowS) {
    return rows.map(([n, lon, lat, at, value, area, kind, quality, presence, level]) => {
      let i = this.indexOf(n);
      if (i < 0) {
        i = this.free.pop() ?? this.#newRow();
        this.index.set(n, i);
      }
      this.#place(i, lon, lat);
      Object.entries({ n, at, value: value ?? NaN, area, kind, quality, presence, level }).forEach(([field, one]) => (this[field][i] = one));
      this.stale[i] = this.isStale(i, nowS) ? 1 : 0;
      this.shown[i] = this.#isShown(i) ? 1 : 0;
      return i;
    });
  }

  /** Devices have left the view. @param {number[]} numbers @returns {number[]} the rows to wipe away */
  leave(numbers) {
    const gone = numbers.map((n) => this.indexOf(n)).filter((i) => i >= 0);
    for (const i of gone) {
      this.shown[i] = 0;
      this.index.delete(this.n[i]);
      this.free.push(i);
    }
    return gone;
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
    const { around } = this;
    if (x < around[0]) around[0] = x;
    if (y < around[1]) around[1] = y;
    if (x > around[2]) around[2] = x;
    if (y > around[3]) around[3] = y;
  }

  /** @param {number} n @returns {number} the row of a device, -1 when it is unknown */
  indexOf(n) {
    return this.index.get(n) ?? -1;
  }

  /** Around all places that a device has stood at since the last load, on the zoom-0 world. @returns {[number, number, number, number]} left, top, right, bottom */
  extent() {
    return this.count ? this.around : [0, 0, 0, 0];
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
   * @returns {{dirty: number[], moved: number[]}} rows to draw, and those of them that stand elsewhere now
   */
  applyReadings(rows, nowS) {
    const dirty = [];
    const moved = [];
    for (const row of rows) {
      const i = this.indexOf(row[0]);
      if (i < 0 || row[1] < this.at[i]) continue;
      if (this.#take(i, row, nowS)) moved.push(i);
      dirty.push(i);
    }
    return { dirty, moved };
  }

  #take(i, [, at, value, quality, lon, lat], nowS) {
    this.at[i] = at;
    this.value[i] = value ?? NaN;
    this.quality[i] = quality;
    this.stale[i] = this.isStale(i, nowS) ? 1 : 0;
    if (lon === undefined || lat === undefined) return false;
    const [x, y] = [this.x[i], this.y[i]];
    this.#place(i, lon, lat);
    return x !== this.x[i] || y !== this.y[i];
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

  /** Whether a device has not spoken yet, and nobody says that it should have: neither fresh nor stale. */
  isUnheard(i) {
    return this.at[i] === 0 && this.presence[i] !== OFFLINE;
  }

  /** Whether a device's dot can no longer be trusted: offline, or silent for 3 periods. */
  isStale(i, nowS) {
    if (this.presence[i] === OFFLINE) return true;
    return this.at[i] > 0 && nowS - this.at[i] > QUIET_PERIODS * (this.periods[this.kind[i]] ?? 60);
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

  #isShown(i) {
    const kind = this.shownKinds ? this.shownKinds[this.kind[i]] ?? true : true;
    return kind && inRanges(this.grids, this.area[i]) && this.index.get(this.n[i]) === i;
  }

  #show() {
    for (let i = 0; i < this.count; i++) this.shown[i] = this.#isShown(i) ? 1 : 0;
  }
}

/** @param {[number, number][]|null} ranges inclusive; null is everything @param {number} index */
export function inRanges(ranges, index) {
  return !ranges || ranges.some(([first, last]) => index >= first && index <= last);
}
