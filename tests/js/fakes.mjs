// What the tests put in the place of the outside: a socket, packed points, a clock.

/** A socket of which the test is the server. */
export class FakeSocket {
  connected = false;
  active = true;
  said = [];
  #hearers = new Map();

  on(event, hearer) {
    this.#hearers.set(event, hearer);
  }

  emit(event, message) {
    this.said.push([event, message]);
  }

  connect() {
    this.said.push(["connect"]);
  }

  disconnect() {
    this.said.push(["disconnect"]);
    if (this.connected) this.hear("disconnect", "io client disconnect");
  }

  /** The server says something. */
  hear(event, message) {
    if (event === "connect") this.connected = true;
    if (event === "disconnect") this.connected = false;
    this.#hearers.get(event)(message);
  }
}

/** Points as /api/v1/points sends them. @param {object[]} rows */
export function packed(rows) {
  const buffer = new ArrayBuffer(rows.length * 28);
  const view = new DataView(buffer);
  rows.forEach((row, i) => {
    const o = i * 28;
    view.setUint32(o, row.n, true);
    view.setInt32(o + 4, Math.round(row.lon * 1e7), true);
    view.setInt32(o + 8, Math.round(row.lat * 1e7), true);
    view.setUint32(o + 12, row.at ?? 0, true);
    view.setFloat32(o + 16, row.value ?? NaN, true);
    view.setUint32(o + 20, row.area ?? 0xffffffff, true);
    [row.kind ?? 0, row.quality ?? 0, row.presence ?? 1, row.level ?? 0].forEach((byte, k) => view.setUint8(o + 24 + k, byte));
  });
  return buffer;
}

export const KINDS = [
  { code: "gas", name: "燃气监测", domain: "safety", period_s: 30, shape: "hexagon" },
  { code: "air", name: "空气质量", domain: "governance", period_s: 60, shape: "circle" },
];

export const alertOf = (id, level, status = "raised", more = {}) => ({
  id, level, status, area: "320404005001001", domain: "safety", lon: 119.9, lat: 31.8, raised_at: "2026-11-21T08:00:00Z", ...more,
});

let seq = 0;
/** A fact about one thing; seq counts up unless given. */
export const factOf = (noun, thing, more = {}) => ({
  seq: ++seq, kind: `${noun}.changed`, thing: thing.id, at: "2026-11-21T08:00:00Z", body: { [noun]: thing }, ...more,
});

/** Let promises settle. */
export const settled = () => new Promise((resolve) => setImmediate(resolve));
