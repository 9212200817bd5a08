// The time slider in the strip below the map: its handle, its keys, its speed and its date. It tells, and shows what it is told.
import { REPLAY_DATE, REPLAY_HANDLE, REPLAY_SPEED, REPLAY_WINDOW, STRIP } from "./ids.mjs";
import { ends, momentOf, share } from "./replay.mjs";
import { setStore } from "./stores.mjs";

const MINUTE_MS = 60_000;
const TEN_MS = 10 * MINUTE_MS;
const ZONE = "+08:00"; // the city's time is Beijing's, wherever this computer stands
const FORMAT = new Intl.DateTimeFormat("sv-SE", {
  timeZone: "Asia/Shanghai", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit",
});

/** "2026-11-22 14:32:10" in the city's time. @param {number} ms */
export const stamp = (ms) => FORMAT.format(ms);

/** "14:32:10", with the day when it is not today's, and the year when it is not this one's. @param {number} ms @param {number} now */
export function clockOf(ms, now) {
  const [day, time] = stamp(ms).split(" ");
  const [today] = stamp(now).split(" ");
  if (day === today) return time;
  return `${day.slice(0, 4) === today.slice(0, 4) ? day.slice(5) : day} ${time}`;
}

/** The moment of a date field, null when it is empty. @param {string} text "2026-11-22T14:32" in the city's time */
export function momentOfField(text) {
  const ms = Date.parse(`${text}:00${ZONE}`);
  return Number.isNaN(ms) ? null : ms;
}

/** Where End leads: to the end of the slider, which is the present when it shows the last hours (its bars may be some minutes old). @param {number} until @param {number} now */
export const lastOf = (until, now) => (until > now - TEN_MS ? now : until);

/** What a key on the slider means: how far to go in ms, or an end of it. @param {string} key @returns {number|"first"|"last"|null} */
export const keyOf = (key) => ({
  ArrowLeft: -MINUTE_MS, ArrowDown: -MINUTE_MS, ArrowRight: MINUTE_MS, ArrowUp: MINUTE_MS,
  PageDown: -TEN_MS, PageUp: TEN_MS, Home: "first", End: "last",
})[key] ?? null;

/**
 * @typedef {{seek: (at: number, done: boolean) => void, step: (by: number) => void, speed: (speed: number) => void, date: (at: number) => void,
 *   state: () => import("./replay.mjs").Replay, now: () => number, painted: (since: number, until: number) => void}} Heard
 */

/** The strip of one page; Dash paints the bars whenever it likes. */
export class Strip {
  /** @param {Heard} heard @param {any} words */
  constructor(heard, words) {
    Object.assign(this, { heard, words, dragging: false });
    const strip = document.getElementById(STRIP);
    this.track = strip?.parentElement;
    this.handle = document.getElementById(REPLAY_HANDLE);
    if (!this.track || !this.handle) return;
    this.#drag();
    this.handle.addEventListener("keydown", (event) => this.#key(event));
    document.getElementById(REPLAY_SPEED)?.addEventListener("change", (event) => heard.speed(Number(event.target.value)));
    this.#field();
    new MutationObserver(() => this.#painted()).observe(strip, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-until"] });
    new window.ResizeObserver(() => this.show()).observe(this.track);
    this.#painted();
  }

  get bar() {
    return this.track?.querySelector("[data-until]") ?? null;
  }

  #painted() {
    const { since, until } = this.bar?.dataset ?? {};
    if (until) this.heard.painted(Number(since), Number(until));
    this.show();
  }

  /** Let the bars end elsewhere. @param {number|null} until null for now */
  window(until) {
    setStore(REPLAY_WINDOW, { until });
  }

  #drag() {
    const { track } = this;
    const at = (event) => {
      const box = (this.bar ?? track).getBoundingClientRect();
      return momentOf(this.heard.state(), (event.clientX - box.left) / Math.max(1, box.width), this.heard.now());
    };
    track.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      this.dragging = true;
      track.setPointerCapture(event.pointerId);
      this.heard.seek(at(event), false);
      this.handle.focus({ preventScroll: true });
      event.preventDefault();
    });
    track.addEventListener("pointermove", (event) => this.dragging && this.heard.seek(at(event), false));
    for (const name of ["pointerup", "pointercancel"])
      track.addEventListener(name, (event) => {
        if (!this.dragging) return;
        this.dragging = false;
        this.heard.seek(at(event), true);
      });
  }

  #key(event) {
    const meant = event.ctrlKey || event.metaKey || event.altKey ? null : keyOf(event.key);
    if (meant === null) return;
    event.preventDefault();
    const now = this.heard.now();
    const [since, until] = ends(this.heard.state(), now);
    if (meant === "first") this.heard.seek(since, true);
    else if (meant === "last") this.heard.seek(lastOf(until, now), true);
    else this.heard.step(meant);
  }

  #field() {
    const place = document.getElementById(REPLAY_DATE);
    if (!place) return;
    const field = document.createElement("input");
    Object.assign(field, { type: "datetime-local", title: this.words.date });
    field.setAttribute("aria-label", this.words.date);
    const go = () => {
      const at = momentOfField(field.value);
      if (at !== null) this.heard.date(at);
    };
    field.addEventListener("change", go);
    field.addEventListener("focus", () => (field.max = stamp(this.heard.now()).replace(" ", "T").slice(0, 16)));
    field.addEventListener("keydown", (event) => event.key === "Enter" && go());
    place.replaceChildren(field);
    this.field = field;
  }

  /** Show where the replay stands. */
  show() {
    if (!this.handle) return;
    const [state, now] = [this.heard.state(), this.heard.now()];
    const [since, until] = ends(state, now);
    const bar = this.bar ?? this.track;
    const left = (this.bar ? bar.offsetLeft : 0) + share(state, now) * bar.offsetWidth;
    this.handle.style.transform = `translateX(${left.toFixed(1)}px)`;
    const live = state.mode === "live";
    const said = { min: since, max: until, now: live ? now : state.at, text: (live ? this.words.now : this.words.at)(clockOf(live ? now : state.at, now)) };
    for (const [name, value] of Object.entries(said)) this.handle.setAttribute(`aria-value${name}`, String(value));
    const time = this.track.closest(".time");
    if (time.dataset.mode !== state.mode) time.dataset.mode = state.mode;
    time.querySelector("[data-action=replay-live]")?.setAttribute("aria-pressed", String(live));
  }
}
