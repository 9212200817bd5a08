// The worker's page: my tasks, one big button, a report; everything works without a network.

import { get, me, post, Refusal } from "./api.mjs";
import { Duty } from "./duty.mjs";
import { Exact } from "./exact.mjs";
import * as kept from "./kept.mjs";
import { listen } from "./live.mjs";
import { Outbox } from "./outbox.mjs";
import { Place } from "./place.mjs";
import { askFinish, askReport, askReturn, tellPlace } from "./report.mjs";
import { arm, ring } from "./ring.mjs";
import { arrivals, inOrder, unsent, withPending } from "./tasks.mjs";
import { bar, esc, list, outbox as outboxView } from "./views.mjs";
import { speak, word } from "./words.mjs";

const RETRY_MS = 15_000;
const SKEW_MS = 60_000;
const SAY_MS = 6_000;

const by = (id) => document.getElementById(id);
const state = { tasks: [], acts: [], told: [], asked: 0, read: 0, chosen: null, areas: {}, linked: false, skew: 0, signedOut: false, saidUntil: 0 };
const outbox = new Outbox(kept, post, () => void reload(), (done) => state.told.push(done));
const exact = new Exact(kept, post);
// the acts go first: a place from before his tap for duty is heard is refused
const place = new Place((here) => outbox.flush().then(() => post("/api/v1/position", { ...here, at: served(Date.parse(here.at)) })).catch(() => {}), () => paint());
const duty = new Duty(kept, place, () => outbox.mine(), (on) => keepOrSay({ kind: "duty", title: word(on ? "duty_on" : "duty_off"), url: "/api/v1/duty", body: { on_duty: on, at: tapped() } }));
const marked = new Set();
const english = new URLSearchParams(location.search).get("lang") === "en";

async function start() {
  speak(english ? "en" : "zh-CN");
  navigator.serviceWorker?.register("sw.js").catch((why) => console.warn("no service worker", why));
  outbox.user = (await kept.recall("user")) ?? null;
  state.tasks = (await kept.recall("tasks")) ?? [];
  state.areas = (await kept.recall("areas")) ?? {};
  await exact.load();
  wire(); // before anything is drawn: what can be seen can be tapped
  if (outbox.user === null) await refresh(); // what is done before it is known by whom would be nobody's
  else await reload();
  listen(() => void refresh(), (linked) => ((state.linked = linked), paint()), pulse);
  await refresh();
  if (!state.signedOut) await duty.resume();
  document.documentElement.dataset.live = "ready";
  setInterval(paint, 10_000);
  setInterval(() => void (outbox.flush(), state.linked || refresh()), RETRY_MS);
}

/** Read my tasks from the server; without a network the last ones stay. */
async function refresh() {
  try {
    await belongTo((await me()).id);
    const asked = await duty.asked();
    const turn = ++state.asked;
    const told = [...state.told];
    const { me: mine, tasks, workers } = await get("/api/v1/snapshot");
    if (turn < state.read) return; // an answer to a later question has come before
    state.read = turn;
    state.told = state.told.filter((act) => !told.includes(act)); // the answer knows of them
    state.signedOut = false;
    const fresh = arrivals(state.tasks, tasks);
    state.tasks = tasks;
    await kept.remember("tasks", tasks);
    await duty.believe(asked, workers.find(({ id }) => id === mine.worker));
    for (const task of fresh) ring(word("new_task", { title: task.title }), task.level);
    for (const task of tasks) if (task.status === "sent") await mark(task, "deliver");
    outbox.flush();
  } catch (why) {
    state.signedOut = why instanceof Refusal && why.status === 401;
    if (state.signedOut) await exact.clear();
    // nobody's phone yet: nothing is kept that he could go on with
    if (state.signedOut && outbox.user === null) return void location.replace("/login?next=/m/");
  }
  await reload();
}

/** Another worker on this phone: what was kept of the one before is none of his. */
async function belongTo(user) {
  if (outbox.user === user) return;
  outbox.user = user;
  state.tasks = [];
  state.areas = {};
  await duty.forget();
  await exact.clear();
  await Promise.all([kept.remember("user", user), kept.remember("tasks", []), kept.remember("areas", {})]);
}

/** Tell the server once that a task was delivered or seen. */
async function mark(task, kind) {
  const what = `${kind} ${task.id}`;
  if (marked.has(what)) return;
  marked.add(what); // at once: while the outbox is asked the page is painted again
  const already = (await outbox.mine()).some((act) => act.task === task.id && act.kind === kind);
  if (!already) await outbox.add(act(task, kind, {}));
}

/** A moment of this phone (epoch ms) by the server's clock, as far as it is known. */
function served(ms) {
  return new Date(ms + state.skew).toISOString();
}

function tapped() {
  return served(Date.now());
}

function act(task, kind, body) {
  return { kind, task: task.id, title: task.title, url: `/api/v1/tasks/${encodeURIComponent(task.id)}/${kind}`, body: { at: tapped(), ...place.now(), ...body } };
}

async function reload() {
  state.acts = await outbox.mine();
  await exact.keepOnly(shown().map((task) => task.id));
  paint();
}

function all() {
  return state.tasks.map((task) => withPending(task, state.acts, state.told));
}

function shown() {
  return inOrder(all());
}

function current() {
  const tasks = shown();
  return tasks.find((task) => task.id === state.chosen) ?? tasks[0];
}

function paint() {
  const tasks = shown();
  const task = current() && exact.on(current());
  const now = Date.now() + state.skew;
  const late = tasks.filter((each) => Date.parse(each.due_at) < now).length;
  const words = [word("counts", { n: tasks.length }), late && word("overdue", { n: late })].filter(Boolean);
  by("title").textContent = word("mine");
  by("counts").textContent = words.join(" · ");
  by("duty").textContent = word(place.onDuty ? (place.blind ? "duty_blind" : "duty_on") : "duty_off");
  by("duty").setAttribute("aria-pressed", String(place.onDuty));
  paintNet();
  tellPlace(place);
  const whole = tasks.map((each) => (each.id === task?.id ? task : each));
  const around = task && state.areas[task.area.slice(0, 12)];
  draw("page", list(whole, state.chosen, { now, here: place.here, areas: around, linked: state.linked, unsent: unsent(all()) }));
  draw("bar", bar(task));
  if (task) void opened(task);
  if (task && !document.hidden && !state.signedOut) void readAddress(task);
}

const drawn = new Map();

/** Write only what has changed: focus and a screen reader stay where they are. */
function draw(id, html) {
  if (drawn.get(id) === html) return;
  drawn.set(id, html);
  by(id).innerHTML = html;
}

function paintNet() {
  const refused = state.acts.filter((each) => each.refused).length;
  const waiting = state.acts.length - refused;
  const parts = [word(state.linked ? "online" : "offline"), waiting && word("waiting", { n: waiting }), refused && word("refused", { n: refused })];
  by("net").textContent = parts.filter(Boolean).join(" · ");
  by("net").className = refused ? "bad" : state.linked && !waiting ? "good" : "warn";
  document.documentElement.dataset.waiting = String(waiting);
  paintNotice();
}

function paintNotice() {
  const signIn = state.signedOut || outbox.signInNeeded;
  const skewed = Math.abs(state.skew) > SKEW_MS;
  by("notice").hidden = !signIn && !skewed && Date.now() > state.saidUntil;
  if (signIn) by("notice").innerHTML = `${esc(word("sign_in"))} <a href="/login?next=/m/">${esc(word("sign_in_button"))}</a>`;
  else if (skewed) by("notice").textContent = word("clock_wrong", { span: `${Math.round(Math.abs(state.skew) / 60_000)} min` });
}

/** The task in hand counts as seen; its surroundings are fetched once and kept. */
async function opened(task) {
  if (!document.hidden && ["sent", "delivered"].includes(task.status)) await mark(task, "see");
  const community = task.area.slice(0, 12);
  if (community.length < 9 || community in state.areas || !navigator.onLine) return;
  state.areas[community] = null;
  try {
    state.areas[community] = await get(`/api/v1/areas?parent=${community}`);
    await kept.remember("areas", state.areas);
    paint();
  } catch {
    // the map then shows only the target and the worker
  }
}

/** What is masked of its address, once. */
async function readAddress(task) {
  if (navigator.onLine && (await exact.open(task))) paint();
}

const MOVES = { accept: () => ({}), arrive: () => ({}), finish: askFinish, return: askReturn };

/** Ask what the move needs, keep it, and show the result at once. */
async function move(kind) {
  const task = current();
  const answer = task && (await MOVES[kind](task));
  if (!answer) return;
  const { photos = [], ...body } = answer;
  await keepOrSay(act(task, kind, body), photos);
}

async function report() {
  const answer = await askReport(place, english);
  if (!answer) return;
  await keepOrSay({ kind: "report", title: answer.title, url: "/api/v1/reports", body: { ...answer.body, at: tapped() } }, answer.photos);
  say(word("report_sent"));
}

async function keepOrSay(what, photos) {
  try {
    if (outbox.user === null) throw new Error("nobody is signed in");
    await outbox.add(what, photos);
  } catch (why) {
    say(word(outbox.user === null ? "sign_in" : "storage_full"));
    throw why;
  }
}

function say(text) {
  state.saidUntil = Date.now() + SAY_MS;
  by("notice").hidden = false;
  by("notice").textContent = text;
}

function pulse(serverMs) {
  const skew = serverMs - Date.now();
  state.skew = Math.abs(skew) > 5_000 ? skew : 0;
}

function showOutbox() {
  const box = by("dialog");
  box.innerHTML = outboxView(state.acts);
  box.showModal();
  box.onclick = async (event) => {
    if (event.target.dataset.drop) await outbox.drop(Number(event.target.dataset.drop));
    if (event.target.id === "retry") outbox.flush();
    if (event.target.matches("button")) box.close();
  };
  box.onclose = () => (box.onclick = null);
}

function wire() {
  document.addEventListener("pointerdown", arm, { once: true });
  window.addEventListener("online", () => void refresh());
  document.addEventListener("visibilitychange", () => document.hidden || void refresh());
  by("net").onclick = showOutbox;
  by("duty").onclick = () => void duty.toggle();
  by("page").onclick = (event) => {
    const open = event.target.closest("[data-open]");
    if (open) ((state.chosen = open.dataset.open), paint(), window.scrollTo(0, 0));
  };
  by("bar").onclick = (event) => {
    const button = event.target.closest("button");
    if (button?.dataset.move) void move(button.dataset.move);
    else if (button?.id === "return") void move("return");
    else if (button?.id === "report") void report();
  };
}

void start();
