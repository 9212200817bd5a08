// What a device is called and measures: fetched once per device, kept for as many as an officer can have looked at.

const KEPT = 400;

/** @typedef {{n: number, name: string, place: string, unit: string, digits: number, metric: string, lon: number, lat: number}} DeviceFact */

/** Names of devices by number. */
export class DeviceFacts {
  /** @param {(n: number) => Promise<any>} fetchDevice */
  constructor(fetchDevice) {
    this.fetchDevice = fetchDevice;
    this.known = new Map(); // n -> DeviceFact, null while it is asked for or when there is none
  }

  /** @param {number} n @returns {DeviceFact|null|undefined} undefined when nobody has asked */
  get(n) {
    return this.known.get(n);
  }

  /** Fetch it if nobody has. @param {number} n @returns {Promise<DeviceFact|null>} null when it cannot be had */
  async ask(n) {
    const known = this.known.get(n);
    if (known !== undefined) return known;
    this.#keep(n, null);
    try {
      this.#keep(n, factOf(n, await this.fetchDevice(n)));
    } catch (why) {
      console.warn(`device ${n} cannot be named`, why);
      if (why?.status === undefined) this.known.delete(n); // no answer at all: another time
    }
    return this.known.get(n) ?? null;
  }

  #keep(n, fact) {
    this.known.delete(n);
    this.known.set(n, fact);
    if (this.known.size > KEPT) this.known.delete(this.known.keys().next().value);
  }
}

/** @param {number} n @param {any} card as /api/v1/devices answers @returns {DeviceFact} */
export function factOf(n, { device, place, metrics }) {
  const { name = "", unit = "", digits = 1 } = metrics[0] ?? {};
  return { n, name: device.name || device.code, place, unit, digits, metric: name, lon: device.lon, lat: device.lat };
}
