// "Am I blind?": which of the things that the screen lives on are lost, and since when. Pure: time is given.

const NO_PULSE_MS = 6_000; // three pulses of 2 s
const SLEEP_MS = 10_000;
const SKEW_MS = 5_000;
const FIRST_MS = 10_000; // after loading, a first pulse must come within
const MARGIN_S = 3; // a pulse and a tick: the mark is up when a feed's limit is reached, not after it

/**
 * @typedef {{at: number, as_of: number, redis: boolean, ledger: boolean, feeds: Object<string, number|null>, silent?: Object<string, number>, roles: Object<string, number|null>}} Pulse
 * @typedef {{mark: string, kind: string, name: string|null, since: number, amount: number|null}} Mark
 *   mark is "socket" or "feed:telemetry"; since is the local epoch ms
 */

/** Watches the pulses and this computer's own clock. */
export class Blindness {
  /** @param {{feeds: Object<string, number>, role_dead_s: number}} limits @param {number} now local epoch ms */
  constructor(limits, now) {
    this.limits = limits;
    this.began = now;
    this.lastPulse = null;
    this.pulse = null;
    this.lastTick = now;
    this.sleptAt = null;
    this.offset = 0;
    this.failures = new Map();
    this.since = new Map();
  }

  /** A pulse has come. @param {Pulse} pulse @param {number} now @param {number} offset server − local, ms */
  heard(pulse, now, offset) {
    this.pulse = pulse;
    this.lastPulse = now;
    this.offset = offset;
  }

  /** Something else failed or works again: "points", "session". @param {string} what @param {boolean} failed @param {number} now */
  note(what, failed, now) {
    if (!failed) this.failures.delete(what);
    else if (!this.failures.has(what)) this.failures.set(what, now);
  }

  /** What was missed while asleep has come. */
  caughtUp() {
    this.sleptAt = null;
  }

  /** Call each second. @param {number} now @returns {boolean} whether this computer has just slept */
  tick(now) {
    const slept = now - this.lastTick > SLEEP_MS;
    if (slept) this.sleptAt ??= this.lastTick;
    this.lastTick = now;
    return slept;
  }

  /** What is lost now, worst first; to one who is signed out nothing else can be said. @param {number} now @returns {Mark[]} */
  marks(now) {
    const found = this.failures.has("session") ? [lost("session", { since: this.failures.get("session") })] : this.#found(now);
    this.#remember(found, now);
    return found.map((mark) => ({ ...mark, since: mark.since ?? this.since.get(mark.mark) }));
  }

  #found(now) {
    const found = [...this.#own(), ...this.#socket(now)];
    if (!found.some((mark) => mark.kind === "socket")) found.push(...this.#told(now));
    return found;
  }

  #own() {
    const found = [...this.failures].map(([kind, since]) => lost(kind, { since }));
    if (this.sleptAt !== null) found.push(lost("asleep", { since: this.sleptAt }));
    return found;
  }

  #socket(now) {
    const last = this.lastPulse ?? this.began;
    const limit = this.lastPulse === null ? FIRST_MS : NO_PULSE_MS;
    return now - last > limit ? [lost("socket", { since: last })] : [];
  }

  /** What the newest pulse says. */
  #told(now) {
    const pulse = this.pulse;
    if (!pulse) return [];
    const found = [];
    if (pulse.redis === false) found.push(lost("redis"));
    if (pulse.ledger === false) found.push(lost("ledger"));
    const late = (now - this.lastPulse) / 1000;
    const feeds = this.#feeds(pulse, late, now);
    found.push(...feeds, ...this.#sources(pulse, late, now, feeds.length > 0), ...this.#roles(pulse, late, now));
    if (Math.abs(this.offset) > SKEW_MS) found.push(lost("skew", { amount: Math.round(this.offset / 1000) }));
    return found;
  }

  /** With Redis lost nobody knows the feeds' ages: that one mark says enough. */
  #feeds(pulse, late, now) {
    if (pulse.redis === false) return [];
    return Object.entries(this.limits.feeds)
      .map(([name, limit]) => [name, limit, (pulse.feeds?.[name] ?? (now - this.began) / 1000) + late])
      .filter(([, limit, age]) => age > limit - MARGIN_S)
      .map(([name, , age]) => lost("feed", { name, since: now - age * 1000 }));
  }

  /** Sources that the watch holds to be silent, in one line, the longest silent first; without our own topics (city) when the feed is lost as a whole. */
  #sources(pulse, late, now, whole) {
    const silent = Object.entries(pulse.silent ?? {}).filter(([name]) => !(whole && name === "city"));
    if (pulse.redis === false || !silent.length) return [];
    silent.sort(([, one], [, other]) => other - one);
    return [lost("source", { name: silent.map(([name]) => name).join(), since: now - (silent[0][1] + late) * 1000 })];
  }

  #roles(pulse, late, now) {
    if (pulse.redis === false) return [];
    return Object.entries(pulse.roles ?? {})
      .map(([name, age]) => [name, age === null ? Infinity : age + late])
      .filter(([, age]) => age > this.limits.role_dead_s)
      .map(([name, age]) => lost("role", { name, since: Number.isFinite(age) ? now - age * 1000 : null }));
  }

  /** The moment a mark was first seen counts where nothing tells it more exactly. */
  #remember(found, now) {
    const present = new Set(found.map((mark) => mark.mark));
    for (const mark of this.since.keys()) if (!present.has(mark)) this.since.delete(mark);
    for (const mark of present) if (!this.since.has(mark)) this.since.set(mark, now);
  }
}

/** @returns {Mark} */
function lost(kind, { name = null, since = null, amount = null } = {}) {
  return { mark: name ? `${kind}:${name}` : kind, kind, name, since, amount };
}
