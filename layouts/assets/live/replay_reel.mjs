/* global TextDecoder */
// The film of a replay: pieces of what changed, fetched ahead of the moment that is shown, and handed out as time passes.

const HEAD = 4; // bytes: the length of the JSON text
export const HEARD = 17; // bytes of a reading: n, shown, at (u32), value (f32), quality (u8); app/store/past.py
export const PIECE_S = 5; // seconds of the officer's time in a piece: at 60× five minutes of the city's
export const LONGEST_MS = 15 * 60_000; // of a piece, as the server allows
const AGAIN_MS = 2_000;
const TAIL_MS = 2_000; // what has just come may still be on its way into the store
const LEAST_MS = 1_000; // less is not worth asking for
const SHORTEST_MS = 30_000;
const FRAMES = 10; // a second: readings are merged to so many steps

/** An answer of /api/v1/replay…: what is told, and the records. @param {ArrayBuffer} buffer @returns {{told: any, records: ArrayBuffer}} */
export function unpack(buffer) {
  const length = new DataView(buffer).getUint32(0, true);
  const text = new TextDecoder().decode(new Uint8Array(buffer, HEAD, length));
  return { told: JSON.parse(text), records: buffer.slice(HEAD + length) };
}

/** How much of the city's time a piece holds, ms. @param {number} speed */
export const pieceMs = (speed) => Math.min(LONGEST_MS, Math.max(SHORTEST_MS, PIECE_S * 1000 * speed));

/** To how many seconds the readings of a piece are merged. @param {number} speed */
export const stepS = (speed) => Math.min(60, Math.max(1, Math.round(speed / FRAMES)));

/** One piece: what changed after `since` up to `until`; `next` is the first that has not been handed out. */
class Piece {
  constructor({ since, until, facts = [], states = [], positions = [] }, records) {
    Object.assign(this, { since, until, facts, states, positions, bytes: new DataView(records), count: records.byteLength / HEARD });
    this.next = { facts: 0, states: 0, positions: 0, readings: 0 };
  }

  /** What happened up to a moment and has not been handed out. @param {number} at epoch ms @param {Due} due */
  take(at, due) {
    this.#list("facts", (fact) => fact.at <= at, due);
    this.#list("states", ([second]) => second * 1000 <= at, due);
    this.#list("positions", ([second]) => second * 1000 <= at, due);
    for (; this.next.readings < this.count; this.next.readings++) {
      const o = this.next.readings * HEARD;
      if (this.bytes.getUint32(o + 4, true) * 1000 > at) break;
      due.readings.push([this.bytes.getUint32(o, true), this.bytes.getUint32(o + 8, true), this.bytes.getFloat32(o + 12, true), this.bytes.getUint8(o + 16)]);
    }
  }

  #list(name, isDue, due) {
    while (this.next[name] < this[name].length && isDue(this[name][this.next[name]])) due[name].push(this[name][this.next[name]++]);
  }
}

/**
 * @typedef {{readings: number[][], states: number[][], positions: any[][], facts: any[]}} Due
 *   readings: [n, at_s, value or NaN, quality]; states: [second, n, presence or -1, level]; positions: [second, worker, lon, lat, ms]
 */

/** Pieces one after another from a keyframe on. */
export class Reel {
  /** @param {(asked: {since: number, until: number, step: number}) => Promise<ArrayBuffer>} fetchSteps */
  constructor(fetchSteps) {
    this.fetchSteps = fetchSteps;
    this.rewind(0);
  }

  /** Begin again at a moment, of which a keyframe has been taken. @param {number} at */
  rewind(at) {
    this.pieces = [];
    this.loaded = at; // up to where there are pieces
    this.turn = (this.turn ?? 0) + 1;
    this.asking = false;
    this.failed = false;
    this.again = 0; // not before this moment of the present
  }

  /** Fetch on when what is there lasts for less than half a piece. @param {number} at @param {number} speed @param {number} now */
  async feed(at, speed, now) {
    const ms = pieceMs(speed);
    if (this.asking || this.loaded - at > ms / 2 || now - TAIL_MS - this.loaded < LEAST_MS || now < this.again) return;
    const asked = { since: this.loaded, until: Math.round(Math.min(this.loaded + ms, now - TAIL_MS)), step: stepS(speed) };
    const turn = this.turn;
    this.asking = true;
    try {
      const buffer = await this.fetchSteps(asked);
      if (turn === this.turn) this.#add(asked, buffer);
    } catch (why) {
      console.warn("what happened then did not come", why);
      if (turn === this.turn) Object.assign(this, { failed: true, again: now + AGAIN_MS });
    }
    if (turn === this.turn) this.asking = false;
  }

  #add({ until }, buffer) {
    const { told, records } = unpack(buffer);
    this.pieces.push(new Piece({ ...told, until }, records));
    this.loaded = until;
    this.failed = false;
  }

  /** What has happened up to a moment since the last time. @param {number} at @returns {Due} */
  due(at) {
    const due = { readings: [], states: [], positions: [], facts: [] };
    for (const piece of this.pieces) piece.take(at, due);
    this.pieces = this.pieces.filter((piece) => piece.until > at);
    return due;
  }
}
