// One page with live parts: what comes from the server goes to the scene, the parts, the lights and the stores.
import { tickAges } from "./ages.mjs";
import { showBlind } from "./banner.mjs";
import { Blindness } from "./blind.mjs";
import { askMute, cardOpen, closeCard, showHelp } from "./cards.mjs";
import { ServerClock } from "./clock.mjs";
import { readView, watchView } from "./config.mjs";
import { DeviceFacts } from "./device_facts.mjs";
import { fetchDevice, fetchMe, fetchShown, fetchSnapshot } from "./fetching.mjs";
import { newReds } from "./flight.mjs";
import { BEAT, CALM_CASES } from "./ids.mjs";
import { focusSearch, foundOpen, isTyping, listen } from "./keys.mjs";
import { showSwitches, shownLayers, watchLayers } from "./layers.mjs";
import { linkState, oldestFeed, showFeed, showLink, showSound, showTime } from "./lights.mjs";
import { Live } from "./live.mjs";
import { Looking } from "./looking.mjs";
import { LiveNumbers } from "./newest.mjs";
import { PARTS } from "./parts.mjs";
import { Editions, Renewal, editionOfPage } from "./renewal.mjs";
import { Scene } from "./scene.mjs";
import { Sound } from "./sound.mjs";
import { Pulses } from "./pulses.mjs";
import { act, setStore } from "./stores.mjs";
import { throttle } from "./throttle.mjs";
import { showTiles } from "./tiles.mjs";
import { wordsOf } from "./words.mjs";

const BEAT_MS = 5_000; // how often a page of figures about the system itself is repainted
const TICK_MS = 1_000;
const RETELL_MS = 150; // new rows of a panel get their ages at once, not with the next tick

/** One page's live layer. */
export class Page {
  /** @param {import("./config.mjs").Config} config @param {any} socket of Socket.IO, which connects already */
  constructor(config, socket) {
    this.config = config;
    this.words = wordsOf(config.locale);
    this.clock = new ServerClock();
    this.shown = this.clock; // the time that the map shows: another one in a replay
    this.blind = new Blindness(config, Date.now());
    this.calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.view = readView("");
    this.pulse = null;
    this.linked = false; // once at least
    this.numbers = new LiveNumbers();
    this.scene = null;
    this.painted = new Set();
    this.replaying = false;
    this.pulses = new Pulses();
    this.editions = new Editions(editionOfPage(config.edition));
    this.renewal = new Renewal(this.editions, () => this.replaying || Boolean(this.sound?.rings));
    this.ready = new Promise((resolve) => (this.#isReady = resolve));
    this.socket = socket;
    const facts = config.city !== false; // an administrator's page shows nothing of the city
    const outside = { socket: this.socket, fetchSnapshot: facts ? fetchSnapshot : fetchMe, now: () => performance.now(), facts };
    this.live = new Live(outside, this.#hearers());
    this.facts = new DeviceFacts(fetchDevice);
    this.looking = this.#looking();
    this.beat = throttle((at) => setStore(BEAT, at), BEAT_MS);
    this.parts = config.map ? PARTS.map((Part) => new Part(this)) : [];
    this.sound = config.sound
      ? new Sound({ alerts: () => this.live.snapshot.alerts, changed: () => this.#soundLight() }) : null;
  }

  #isReady;

  start() {
    watchView((view) => this.#look(view));
    this.live.begin();
    listen({ moment: () => this.#moment(), run: (command) => this.#run(command) });
    setInterval(() => this.#tick(), TICK_MS);
    document.addEventListener("visibilitychange", () => document.hidden || this.#tick());
    document.addEventListener("chengyun:signed-out", () => this.live.leave());
    for (const sign of ["visibilitychange", "focus"]) window.addEventListener(sign, () => document.hidden || this.live.comeBack());
    document.addEventListener("chengyun:area", (event) => act("area", event.detail));
    this.#tick();
    this.numbers.watch((numbers) => this.looking.watch(numbers));
    watchLayers(() => this.#layers());
    watchPanels(throttle(() => this.tellAges(), RETELL_MS));
  }

  /** A map has been made (or React has made a new one). */
  onMap(map) {
    const nowS = () => this.shown.now() / 1000;
    this.scene = new Scene(window.L, map, { config: this.config, words: this.words, facts: this.facts, nowS, calm: this.calm });
    for (const listener of this.painted) this.scene.layer.onPainted(listener);
    this.#parts((part) => part.onMap?.(this.scene));
    this.scene.look(this.view);
    this.#show();
    map.on("moveend", () => this.scene?.map === map && this.looking.look());
    this.looking.onMap(this.scene);
  }

  #looking() {
    return new Looking(this.config.kinds, {
      connected: () => this.socket.connected,
      tell: (message, ms) => this.socket.timeout(ms).emitWithAck("look", message),
      fetchShown,
      out: () => this.live.out,
      failed: (failed) => {
        this.blind.note("points", failed, Date.now());
        if (!failed) this.#settle();
      },
    });
  }

  /** Other layers are on. */
  #layers() {
    showSwitches();
    this.scene?.look(this.view);
    this.looking.turnTo(shownLayers(this.view));
  }

  #parts(tell) {
    for (const part of this.parts) tell(part);
  }

  /** What is true now goes onto the map, unless the map shows another time (replay). */
  #show() {
    const { snapshot } = this.live;
    if (!this.replaying) this.scene?.show(snapshot);
    this.#parts((part) => part.show?.(snapshot));
  }

  /** The map shows another time until it is handed back; lists, figures and the sound stay live. @param {{now: () => number}|null} time epoch ms, null for the present */
  replay(time) {
    this.replaying = time !== null;
    this.shown = time ?? this.clock;
    if (!this.replaying) this.scene?.show(this.live.snapshot);
    this.looking.pause(this.replaying);
    this.tellAges();
  }

  /** Ages on the map are those of the time that it shows. */
  tellAges() {
    tickAges(document, this.clock.now(), this.words);
    if (this.replaying && this.scene) tickAges(this.scene.map.getContainer(), this.shown.now(), this.words);
  }

  #look(view) {
    this.view = view;
    this.scene?.look(view);
    this.#parts((part) => part.look?.(view));
    this.looking.turnTo(shownLayers(view));
  }

  #hearers() {
    return {
      onLink: (live) => this.#link(live),
      onSnapshot: (snapshot) => this.#anew(snapshot),
      onFacts: (applied) => this.#facts(applied),
      onPushed: (event, rows) => this.looking.hear(event, rows),
      onNumbers: (rows) => this.numbers.take(rows),
      onPositions: () => this.#moved(),
      onPulse: (pulse) => this.#pulse(pulse),
      onFailure: (what, failed) => this.blind.note(what, failed, Date.now()),
    };
  }

  #moved() {
    if (this.replaying) return;
    this.scene?.showWorkers(this.live.snapshot);
    this.#parts((part) => part.moved?.(this.live.snapshot));
  }

  /** Readings are not replayed: after each connection what the map shows is taken anew. */
  #link(live) {
    this.linked ||= live;
    this.#mark();
    if (!live) return;
    this.looking.look(true);
  }

  #facts(applied) {
    const { snapshot } = this.live;
    this.#show();
    this.#parts((part) => part.facts?.(applied));
    this.pulses.facts(snapshot.as_of, applied.map(({ fact }) => fact), this.view);
    this.sound?.facts(applied, this.clock.now());
    const red = this.config.fly && !this.replaying ? newReds(applied)[0] : null;
    if (red) this.scene?.flight.offer(red);
  }

  #anew(snapshot) {
    this.#show();
    this.pulses.all(snapshot.as_of);
    this.#settle();
  }

  /** The first snapshot and the first points are on the screen (a page without a map needs no points). */
  #settle() {
    if (!this.live.loaded || !(this.scene?.loaded || !this.config.map)) return;
    document.documentElement.dataset.live = "ready";
    this.#isReady();
  }

  #pulse(pulse) {
    this.clock.learn(pulse.at);
    const back = pulse.redis && this.pulse?.redis === false;
    this.pulse = pulse;
    this.blind.heard(pulse, Date.now(), this.clock.offset);
    this.editions.hear(pulse.edition, Date.now()); // a wall runs for weeks, and the server is upgraded meanwhile
    if (!pulse.area || pulse.area === this.view.area) {
      if (showTiles(pulse.tiles)) setStore(CALM_CASES, Date.now());
    }
    if (back) this.looking.look(true);
    if (this.live.facts) this.pulses.passing(Date.now());
    else this.beat(pulse.at);
    this.#mark();
  }

  #tick() {
    if (this.blind.tick(Date.now())) this.#woke();
    const now = this.clock.now();
    this.tellAges();
    showTime(now, this.words);
    showSwitches();
    this.#soundLight();
    this.#mark();
  }

  /** This computer slept: nothing on the screen is known to be true until all of it has come again. */
  async #woke() {
    this.clock.forget();
    this.looking.look(true);
    await this.live.load();
    if (this.live.loaded) this.blind.caughtUp();
  }

  #mark() {
    const now = Date.now();
    const edition = this.editions.mark(now);
    for (const kind of ["edition", "editions"]) this.blind.note(kind, edition === kind, now);
    const marks = this.blind.marks(now);
    this.renewal.tick(marks, now);
    showBlind(marks, now, this.clock.offset, this.words);
    const live = this.socket.connected && !marks.some((mark) => mark.kind === "socket");
    showLink(linkState({ live, before: this.linked, age: now - this.blind.began }), this.words);
    this.#feedLight(now, marks);
  }

  #feedLight(now, marks) {
    if (!this.pulse) return;
    const oldest = oldestFeed(this.pulse.feeds, this.config.feeds);
    const late = (now - this.blind.lastPulse) / 1000;
    const stale = marks.some((mark) => ["feed", "socket", "redis"].includes(mark.kind));
    showFeed(oldest === null ? null : oldest + late, stale, this.words);
  }

  #soundLight() {
    if (this.sound) showSound(this.sound.state, this.words, this.sound.muted?.reason);
  }

  #moment() {
    return { view: this.view, alerts: this.live.snapshot.alerts, open: cardOpen(), typing: false, listing: foundOpen() };
  }

  #run(command) {
    const verbs = {
      act: () => act(command.name, command.id, command.value),
      light: () => this.sound && !this.sound.justArmed && this.sound.state !== "off" && this.#mute(),
      mute: () => this.#mute(), help: () => showHelp(this.words), close: closeCard, search: focusSearch,
      call: () => command.run(),
      leave: () => isTyping(document.activeElement) && document.activeElement.blur(),
    };
    verbs[command.do]();
  }

  #mute() {
    if (!this.sound) return;
    if (this.sound.muted) this.sound.unmute();
    else askMute(this.words, (reason) => this.sound.mute(reason));
  }

  /** @param {(n: number, atS: number, value: number) => void} listener */
  onPainted(listener) {
    this.painted.add(listener);
    const stop = this.scene?.layer.onPainted(listener);
    return () => {
      this.painted.delete(listener);
      stop?.();
    };
  }
}

/** Call back when a panel has been painted anew; the map's own marks do not count. @param {() => void} changed */
function watchPanels(changed) {
  const inPanel = ({ target, addedNodes }) => !target.closest?.(".leaflet-container")
    && [...addedNodes].some((node) => node.querySelector?.("[data-at], [data-due]") || node.matches?.("[data-at], [data-due]"));
  new MutationObserver((all) => all.some(inPanel) && changed()).observe(document.body, { childList: true, subtree: true });
}
