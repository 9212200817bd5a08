// The replay of one page: what the slider asks for goes to the map, while everything else stays live.
import { say } from "./announce.mjs";
import { fetchReplay, fetchSpan, fetchSteps } from "./fetching.mjs";
import { mayFly, newReds, zoomOf } from "./flight.mjs";
import { isTyping, ownAction } from "./keys.mjs";
import { MINUTE_MS, begin, beside, reduce, windowOf } from "./replay.mjs";
import { Badge } from "./replay_badge.mjs";
import { aged, continued, forTheDots } from "./replay_frame.mjs";
import { Reel, unpack } from "./replay_reel.mjs";
import { Strip, clockOf } from "./replay_strip.mjs";
import { act } from "./stores.mjs";
import { getOurs, setOurs, watchOurs } from "./view_url.mjs";

const FRAME_MS = 100;
const CALM_MS = 1_000; // who wants little motion gets one picture a second
const DRAG_MS = 150; // while the handle is dragged
const AGAIN_MS = 2_000;
const TURN_MS = 2_000; // so long other hours may take to be painted
const KEEP_MS = 5_000; // how often a moment that plays is written into the address
const HEAL_MS = 20_000; // of the city's time: what has become stale meanwhile
const SOON_MS = 1_000; // but not more often than this
const LEAP_MS = 2_000; // a page that was in the background goes on where it stood: its clock had nearly stood still
const NOTHING = { as_of: 0, alerts: [], cases: [], tasks: [], workers: [] };
const MANY = 2; // above this speed a dot that has spoken is not lit: nearly all of them would be

/** @implements {import("./parts.mjs").Part} */
export class ReplayPart {
  /** @param {any} page */
  constructor(page) {
    this.page = page;
    this.words = page.words.replay;
    this.state = begin();
    this.reel = new Reel((asked) => fetchSteps(asked));
    this.badge = new Badge(this.words);
    this.snapshot = null; // as of then
    this.turn = 0;
    this.loading = false;
    this.failed = false;
    this.gone = false; // there is no history of the moment
    this.reds = 0;
    this.healed = 0;
    this.turned = -Infinity; // when the slider was last asked for other hours
    this.clock = { now: () => this.state.at };
    this.#listen();
    page.ready.then(() => this.#fromAddress(getOurs("at")));
    watchOurs("at", (at) => this.#fromAddress(at));
  }

  #listen() {
    ownAction("replay-live", () => this.run({ do: "live" }));
    ownAction("replay-toggle", () => this.run({ do: "toggle" }));
    ownAction("replay-step", (by) => this.run({ do: "step", by: Number(by) * MINUTE_MS }));
    document.addEventListener("keydown", (event) => this.#space(event), { capture: true });
  }

  /** Space plays and pauses a replay, unless it presses a button or is typed. */
  #space(event) {
    if (event.key !== " " || this.state.mode === "live" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (isTyping(event.target) || event.target.matches?.("button, a, [role=button], [role=treeitem], [type=checkbox], [type=radio]")) return;
    event.preventDefault();
    this.run({ do: "toggle" });
  }

  #fromAddress(at) {
    const moment = Number(at);
    if (moment > 0) this.#go(moment);
    else if (this.state.mode !== "live") this.run({ do: "live" });
  }

  /** To a moment that somebody has named: the slider goes there too. */
  #go(at) {
    this.#turn(at);
    this.run({ do: "seek", at, named: true });
  }

  /** Let the slider show the hours around a moment. */
  #turn(at) {
    const until = windowOf(at, this.page.clock.now());
    if (until === null && !this.elsewhere) return;
    this.elsewhere = until !== null;
    this.turned = performance.now();
    this.strip?.window(until);
  }

  /** @param {import("./scene.mjs").Scene} scene */
  onMap(scene) {
    this.scene = scene;
    this.wasCalm = scene.layer.calm;
    this.badge.on(scene.map.getContainer());
    this.strip ??= new Strip(this.#heard(), this.words);
    if (this.state.mode !== "live") this.#keyframe();
  }

  #heard() {
    return {
      state: () => this.state,
      now: () => this.page.clock.now(),
      seek: (at, done) => this.run({ do: "seek", at }, done ? 0 : DRAG_MS),
      step: (by) => this.run({ do: "step", by }),
      speed: (speed) => this.run({ do: "speed", speed }),
      date: (at) => this.#go(at),
      painted: (since, until) => (this.state = reduce(this.state, { do: "window", since, until })),
    };
  }

  /** Do what was asked for. @param {any} event without its `now` @param {number} [wait] before the moment is fetched, ms */
  run(event, wait = 0) {
    if (this.gone && event.do === "toggle") return; // there is nothing to play
    const before = this.state;
    this.state = reduce(before, { now: this.page.clock.now(), ...event });
    const { mode } = this.state;
    if (mode === "live") this.#live(before);
    else this.#past(before, wait);
    if (mode !== before.mode) say(this.words.said[mode]);
    if (this.scene) this.scene.layer.calm = this.wasCalm || (mode === "playing" && this.state.speed > MANY);
    this.#run();
    this.#tell();
  }

  #past(before, wait) {
    const { mode, at } = this.state;
    if (before.mode === "live") this.#leave();
    if (at !== before.at) this.#fetchSoon(wait);
    else if (mode === "paused" && !this.loading) this.#keep(at);
  }

  /** The present is left: from here on the map is ours. */
  #leave() {
    this.reds = 0;
    this.snapshot = null;
    document.documentElement.style.setProperty("--replay-card", `"${this.words.card}"`);
    this.page.replay(this.clock);
    fetchSpan().then(({ oldest }) => (this.state = reduce(this.state, { do: "oldest", oldest })), () => {});
  }

  #live(before) {
    if (before.mode === "live") return;
    this.turn++;
    this.#forgetAsked();
    this.loading = this.failed = this.gone = false;
    this.reel.rewind(0);
    setOurs("at", null);
    if (this.elsewhere) this.strip?.window(null);
    this.elsewhere = false;
    this.page.replay(null);
    this.#goToTheRed();
  }

  /** What the badge has called for is shown, when the present is back: nobody looks for it. */
  #goToTheRed() {
    const red = this.reds ? this.page.live.snapshot.alerts.find((one) => one.id === this.newest.id) : null;
    this.reds = 0;
    if (red) this.scene?.flight.to(red.lon, red.lat, zoomOf(red, this.scene.map.getZoom()));
  }

  // -- one moment -------------------------------------------------------------------------------

  /** What was asked for and has not come is not wanted any more. */
  #forgetAsked() {
    clearTimeout(this.waiting);
    this.abort?.abort();
  }

  #fetchSoon(wait) {
    this.#forgetAsked();
    this.loading = true;
    this.turn++;
    if (wait) this.waiting = setTimeout(() => this.#keyframe(), wait);
    else this.#keyframe();
  }

  async #keyframe() {
    const turn = ++this.turn;
    const { at } = this.state;
    this.loading = true;
    this.abort?.abort();
    this.abort = new AbortController();
    try {
      const { told, records } = unpack(await fetchReplay({ at }, this.abort.signal));
      if (turn === this.turn) this.#take(at, told, records);
    } catch (why) {
      if (turn === this.turn) this.#again(why);
    }
    this.#tell();
  }

  #take(at, told, records) {
    this.loading = this.failed = this.gone = false;
    this.reel.rewind(at);
    this.#paint(told, records);
    this.#keep(at);
    this.page.tellAges();
  }

  #paint(told, records) {
    this.snapshot = told;
    this.scene?.load(records);
    this.scene?.show(told);
  }

  /** A moment without history is an empty map: the present must not stand there as the past. */
  #again(why) {
    console.warn("the moment did not come", why);
    this.gone = why?.status === 422;
    this.failed = !this.gone;
    this.loading = this.failed;
    if (this.gone) {
      this.state = reduce(this.state, { do: "pause" });
      this.#run();
      this.#paint(NOTHING, new ArrayBuffer(0));
      this.#keep(this.state.at);
      say(this.words.gone);
    } else this.waiting = setTimeout(() => this.#keyframe(), AGAIN_MS);
  }

  #keep(at) {
    this.kept = at;
    setOurs("at", String(Math.round(at)));
  }

  // -- time passes ------------------------------------------------------------------------------

  #run() {
    clearInterval(this.ticking);
    if (this.state.mode !== "playing") return;
    this.ticked = performance.now();
    this.ticking = setInterval(() => this.tick(), this.page.calm ? CALM_MS : FRAME_MS);
  }

  tick() {
    const now = performance.now();
    const ms = Math.min(now - this.ticked, LEAP_MS);
    this.ticked = now;
    if (this.loading || document.hidden) return;
    const present = this.page.clock.now();
    this.reel.feed(this.state.at, this.state.speed, present);
    const before = this.state;
    this.state = reduce(before, { do: "tick", ms, now: present, loaded: this.reel.loaded });
    if (this.state.at > before.at) this.#show(now);
    if (this.state.mode !== "playing") {
      this.#keep(this.state.at);
      this.#run();
    }
    this.#tell();
  }

  #show(now) {
    const { at, speed } = this.state;
    const due = this.reel.due(at);
    const { scene } = this;
    if (!scene || !this.snapshot) return;
    const { readings, states } = forTheDots(due, scene.points);
    if (readings.length) scene.layer.readings(readings);
    if (states.length) scene.layer.states(states);
    if (due.facts.length || due.positions.length) {
      this.snapshot = continued(this.snapshot, due);
      if (due.facts.length) scene.show(this.snapshot);
      else scene.showWorkers(this.snapshot);
    }
    if (now - this.healed > Math.max(SOON_MS, HEAL_MS / speed)) {
      this.healed = now;
      scene.layer.states(aged(scene.points, at / 1000));
    }
    if (Math.abs(at - this.kept) > KEEP_MS * speed) this.#keep(at);
  }

  // -- what is said -----------------------------------------------------------------------------

  /** New facts of the present: a red alert still calls, but the map does not fly. @param {any[]} applied */
  facts(applied) {
    if (this.state.mode === "live") return;
    const reds = newReds(applied);
    if (!reds.length) return;
    this.reds += reds.length;
    this.newest = reds[0];
    if (this.page.config.fly && mayFly(Date.now(), this.scene?.flight.touched ?? 0)) act("select-alert", reds[0].id, "auto");
    this.#tell();
  }

  #tell() {
    const { state } = this;
    const now = this.page.clock.now();
    const root = document.documentElement;
    if (state.mode === "live") delete root.dataset.replay;
    else root.dataset.replay = state.mode;
    const waiting = this.loading || (state.mode === "playing" && this.reel.loaded <= state.at);
    this.badge.show(state, { time: clockOf(state.at, now), waiting, gone: this.gone, failed: this.failed || this.reel.failed, reds: this.reds });
    if (beside(state) && performance.now() - this.turned > TURN_MS) this.#turn(state.at);
    this.strip?.show();
  }
}
