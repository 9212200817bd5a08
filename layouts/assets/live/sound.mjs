// Tones by level: armed by the first gesture, muted with a reason only, red repeated until somebody acknowledges.
import { RED } from "./alert_layer.mjs";

const REPEAT_MS = 10_000;
const OLD_MS = 60_000; // a replay of what happened longer ago makes no tone
const MUTE_MS = 10 * 60_000;
const JUST_MS = 1_000;
const MUTED = "chengyun.muted";
const ARMED = "chengyun.armed"; // this tab has sounded before a reload

/** Notes [frequency Hz, begin s, length s] per level; worse is higher, longer and more of them. */
export const TONES = {
  1: [[523, 0, 0.16]],
  2: [[587, 0, 0.16], [587, 0.24, 0.16]],
  3: [[659, 0, 0.2], [784, 0.26, 0.2], [659, 0.52, 0.2]],
  4: [[880, 0, 0.22], [660, 0.26, 0.22], [880, 0.52, 0.22], [660, 0.78, 0.22], [880, 1.04, 0.34]],
};

/**
 * The level to sound for these facts: the worst alert that is new or has risen; 0 for silence.
 * @param {{fact: any, before: any}[]} applied @param {number} now server's epoch ms
 */
export function levelToSound(applied, now) {
  const levels = applied
    .filter(({ fact }) => now - Date.parse(fact.at) <= OLD_MS)
    .map(({ fact, before }) => risen(fact.body.alert, before));
  return Math.max(0, ...levels);
}

function risen(alert, before) {
  if (!alert || alert.status !== "raised") return 0;
  const known = before.alerts.find((one) => one.id === alert.id);
  return !known || alert.level > known.level ? alert.level : 0;
}

/** Which red alerts go on ringing: those that have sounded and are still red and unacknowledged. */
export class Ringing {
  constructor() {
    this.ids = new Set();
  }

  /** @param {{fact: any, before: any}[]} applied @param {number} now */
  hear(applied, now) {
    for (const one of applied) {
      const alert = one.fact.body.alert;
      if (alert && levelToSound([one], now) === RED) this.ids.add(alert.id);
    }
  }

  /** @param {any[]} alerts the open ones @returns {boolean} whether somebody must still be called */
  goesOn(alerts) {
    const calling = new Set(alerts.filter((one) => one.level === RED && one.status === "raised").map((one) => one.id));
    for (const id of this.ids) if (!calling.has(id)) this.ids.delete(id);
    return this.ids.size > 0;
  }
}

/** The loudspeaker. */
export class Sound {
  /** @param {{alerts: () => any[], changed: (state: string) => void}} page */
  constructor({ alerts, changed }) {
    this.alerts = alerts;
    this.changed = changed;
    this.ringing = new Ringing();
    this.context = null;
    this.armedAt = Infinity;
    this.muted = readMute(Date.now());
    for (const name of ["pointerdown", "keydown"]) addEventListener(name, () => this.arm(), { capture: true });
    setInterval(() => this.#again(), REPEAT_MS);
    if (sessionStorage.getItem(ARMED)) void this.arm(); // a browser that trusts the tab still lets it sound
  }

  /** "off" until the first gesture, "muted", or "armed". */
  get state() {
    if (this.muted && this.muted.until < Date.now()) this.unmute();
    if (this.muted) return "muted";
    return this.context?.state === "running" ? "armed" : "off";
  }

  /** Whether somebody is being called. */
  get rings() {
    return this.ringing.goesOn(this.alerts());
  }

  /** A browser lets a page sound only after a gesture. */
  async arm() {
    this.context ??= new AudioContext();
    if (this.context.state !== "running") await this.context.resume();
    sessionStorage.setItem(ARMED, "1");
    if (this.armedAt === Infinity) this.armedAt = Date.now();
    this.changed(this.state);
  }

  /** Whether this very click has armed it: then the click on the light asks for nothing more. */
  get justArmed() {
    return Date.now() - this.armedAt < JUST_MS;
  }

  /** @param {string} reason why, shown beside the light */
  mute(reason) {
    this.muted = { reason, until: Date.now() + MUTE_MS };
    localStorage.setItem(MUTED, JSON.stringify(this.muted));
    this.changed(this.state);
  }

  unmute() {
    this.muted = null;
    localStorage.removeItem(MUTED);
    this.changed(this.state);
  }

  /** @param {{fact: any, before: any}[]} applied @param {number} now server's epoch ms */
  facts(applied, now) {
    this.ringing.hear(applied, now);
    this.play(levelToSound(applied, now));
  }

  #again() {
    if (this.rings) this.play(RED);
  }

  /** @param {number} level 0 is silence */
  play(level) {
    if (!level || this.state !== "armed") return;
    for (const [frequency, begin, length] of TONES[level]) note(this.context, frequency, begin, length);
  }
}

/** One soft-edged note: without the ramps a loudspeaker clicks. */
function note(context, frequency, begin, length) {
  const at = context.currentTime + 0.02 + begin;
  const gain = context.createGain();
  gain.gain.setValueAtTime(0, at);
  gain.gain.linearRampToValueAtTime(0.35, at + 0.02);
  gain.gain.setValueAtTime(0.35, at + length - 0.05);
  gain.gain.linearRampToValueAtTime(0, at + length);
  const tone = context.createOscillator();
  tone.type = "triangle";
  tone.frequency.value = frequency;
  tone.connect(gain).connect(context.destination);
  tone.start(at);
  tone.stop(at + length);
}

function readMute(now) {
  const kept = JSON.parse(localStorage.getItem(MUTED) ?? "null");
  return kept && kept.until > now ? kept : null;
}
