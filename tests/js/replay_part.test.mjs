/* global TextEncoder */
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { ReplayPart } from "../../layouts/assets/live/replay_part.mjs";
import { wordsOf } from "../../layouts/assets/live/words.mjs";
import { settled } from "./fakes.mjs";

const NOW = 1_795_000_000_000;
const HOUR = 3_600_000;
const GLOBALS = ["document", "window", "location", "history", "fetch"];
let asked; // what was fetched: {at, signal, answer(alerts), refuse(status)}
let shown; // the alerts of each snapshot that was put onto the map
let part;

/** As much of an element as a badge needs. */
const element = () => ({ dataset: {}, style: { setProperty() {} }, setAttribute() {}, append() {}, closest: () => null });

function fakeFetch(url, { signal }) {
  const at = Number(new URL(url, "http://wall").searchParams.get("at"));
  if (!at) return new Promise(() => {}); // the span, which nobody waits for
  return new Promise((resolve) => {
    const answer = (id) => resolve({ ok: true, arrayBuffer: async () => packed({ alerts: [{ id }], cases: [], tasks: [], workers: [] }) });
    asked.push({ at, signal, answer, refuse: (status) => resolve({ ok: false, type: "basic", status }) });
  });
}

function packed(told) {
  const text = new TextEncoder().encode(JSON.stringify(told));
  const buffer = new ArrayBuffer(4 + text.length);
  new DataView(buffer).setUint32(0, text.length, true);
  new Uint8Array(buffer).set(text, 4);
  return buffer;
}

beforeEach(() => {
  [asked, shown] = [[], []];
  const location = { search: "", pathname: "/wall/", hash: "", href: "" };
  Object.assign(globalThis, {
    location, fetch: fakeFetch, window: { dash_clientside: { set_props() {} } },
    history: { state: null, replaceState: (_, __, url) => (location.search = url.slice(url.indexOf("?"))) },
    document: Object.assign(element(), {
      addEventListener() {}, body: element(), createElement: element, documentElement: element(), getElementById: () => null,
      querySelector: (what) => (what.startsWith("#react") ? {} : null),
    }),
  });
  const map = { getContainer: () => ({ closest: () => ({ append() {} }) }) };
  const scene = { map, layer: { calm: false }, load() {}, show: (told) => shown.push(told.alerts.map((one) => one.id).join()) };
  part = new ReplayPart({
    words: wordsOf("zh-CN"), clock: { now: () => NOW }, config: {}, ready: new Promise(() => {}), replay() {}, tellAges() {}, calm: false,
  });
  part.onMap(scene);
});

afterEach(() => {
  part.run({ do: "live" }); // its timers end
  for (const name of GLOBALS) delete globalThis[name];
});

test("of many moments of a drag only the newest is shown, in whatever order the answers come", async () => {
  part.run({ do: "seek", at: NOW - 3 * HOUR });
  part.run({ do: "seek", at: NOW - 2 * HOUR });
  part.run({ do: "seek", at: NOW - HOUR });
  const [first, second, third] = asked;
  assert.deepEqual([first.signal.aborted, second.signal.aborted, third.signal.aborted], [true, true, false]);
  third.answer("new");
  await settled();
  first.answer("old");
  second.answer("older");
  await settled();
  assert.deepEqual(shown, ["new"]);
  assert.match(location.search, new RegExp(`at=${NOW - HOUR}`));
});

test("an answer that comes when the present is back is not shown", async () => {
  part.run({ do: "seek", at: NOW - HOUR });
  part.run({ do: "live" });
  asked[0].answer("old");
  await settled();
  assert.deepEqual(shown, []);
  assert.doesNotMatch(location.search, /at=/);
});

test("where there is no history the map is empty, the address says the moment, and nothing plays", async () => {
  part.run({ do: "seek", at: NOW - HOUR });
  part.run({ do: "toggle" });
  part.run({ do: "seek", at: NOW - 9000 * HOUR, named: true });
  asked.at(-1).refuse(422);
  await settled();
  assert.deepEqual([shown, part.state.mode, part.gone, part.loading], [[""], "paused", true, false]);
  assert.match(location.search, new RegExp(`at=${NOW - 9000 * HOUR}`));
  part.run({ do: "toggle" });
  assert.equal(part.state.mode, "paused");
  const before = asked.length;
  part.run({ do: "seek", at: NOW - 2 * HOUR });
  asked.at(-1).answer("there");
  await settled();
  assert.deepEqual([asked.length, shown.at(-1), part.gone], [before + 1, "there", false]);
});

test("who pauses finds this very moment in the address, however fast it has played", async () => {
  part.run({ do: "seek", at: NOW - HOUR });
  asked[0].answer("A");
  await settled();
  part.run({ do: "speed", speed: 60 });
  part.run({ do: "toggle" });
  part.state = { ...part.state, at: NOW - HOUR + 200_000 }; // played on, for less than the address is written again
  part.run({ do: "toggle" });
  assert.match(location.search, new RegExp(`at=${NOW - HOUR + 200_000}`));
});
