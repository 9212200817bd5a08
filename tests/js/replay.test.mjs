/* global TextEncoder */
import assert from "node:assert/strict";
import { test } from "node:test";
import { PointTable } from "../../layouts/assets/live/points.mjs";
import { EDGE_MS, begin, beside, ends, momentOf, reduce, share, windowOf } from "../../layouts/assets/live/replay.mjs";
import { aged, continued, forTheDots } from "../../layouts/assets/live/replay_frame.mjs";
import { badgeWords } from "../../layouts/assets/live/replay_badge.mjs";
import { clockOf, keyOf, lastOf, momentOfField, stamp } from "../../layouts/assets/live/replay_strip.mjs";
import { wordsOf } from "../../layouts/assets/live/words.mjs";
import { HEARD, Reel, pieceMs, stepS, unpack } from "../../layouts/assets/live/replay_reel.mjs";

const NOW = 1_795_000_000_000;
const HOUR = 3_600_000;
const play = (...events) => events.reduce((state, event) => reduce(state, { now: NOW, ...event }), begin());

test("live, paused, playing, live", () => {
  assert.equal(begin().mode, "live");
  const paused = play({ do: "seek", at: NOW - HOUR });
  assert.deepEqual([paused.mode, paused.at], ["paused", NOW - HOUR]);
  const playing = reduce(paused, { do: "toggle", now: NOW });
  assert.equal(playing.mode, "playing");
  assert.equal(reduce(playing, { do: "toggle", now: NOW }).mode, "paused");
  const live = reduce(playing, { do: "live", now: NOW });
  assert.deepEqual([live.mode, live.at], ["live", 0]);
});

test("time passes as fast as chosen, and only while it plays", () => {
  const playing = play({ do: "seek", at: NOW - HOUR }, { do: "speed", speed: 60 }, { do: "toggle" });
  assert.equal(reduce(playing, { do: "tick", ms: 1000, now: NOW }).at, NOW - HOUR + 60_000);
  const paused = play({ do: "seek", at: NOW - HOUR });
  assert.equal(reduce(paused, { do: "tick", ms: 1000, now: NOW }).at, NOW - HOUR);
  assert.equal(play({ do: "speed", speed: 7 }).speed, 1);
});

test("it never shows what has not been fetched, and never goes back for it", () => {
  const playing = play({ do: "seek", at: NOW - HOUR }, { do: "speed", speed: 60 }, { do: "toggle" });
  const waiting = reduce(playing, { do: "tick", ms: 1000, now: NOW, loaded: NOW - HOUR + 5_000 });
  assert.equal(waiting.at, NOW - HOUR + 5_000);
  assert.equal(reduce(waiting, { do: "tick", ms: 1000, now: NOW, loaded: NOW - HOUR }).at, waiting.at);
});

test("at the present it stops and offers to go live", () => {
  const playing = play({ do: "seek", at: NOW - 10_000 }, { do: "speed", speed: 60 }, { do: "toggle" });
  const ended = reduce(playing, { do: "tick", ms: 1000, now: NOW });
  assert.deepEqual([ended.mode, ended.ended, ended.at], ["paused", true, NOW]);
  assert.equal(reduce(ended, { do: "toggle", now: NOW }).mode, "paused");
  assert.equal(reduce(ended, { do: "step", by: -60_000, now: NOW }).ended, false);
});

test("nothing before history, nothing in the future", () => {
  const old = reduce(reduce(begin(), { do: "oldest", oldest: NOW - HOUR }), { do: "seek", at: 0, now: NOW });
  assert.equal(old.at, NOW - HOUR);
  assert.equal(play({ do: "seek", at: NOW + HOUR }).at, NOW);
});

test("every moment is in whole milliseconds, however time has passed: the server refuses others", async () => {
  const played = reduce(play({ do: "seek", at: NOW - HOUR }, { do: "toggle" }), { do: "tick", ms: 100.3, now: NOW + 0.7 });
  assert.equal(played.at, NOW - HOUR + 100);
  assert.equal(reduce(played, { do: "step", by: -60_000.2, now: NOW + 0.7 }).at, NOW - HOUR - 59_900);
  const asked = [];
  const reel = new Reel(async (what) => asked.push(what.until) && packed({}, []));
  reel.rewind(NOW);
  await reel.feed(NOW, 1, NOW + 10_000.4);
  assert.deepEqual(asked, [NOW + 8000]);
});

test("playing on from the present goes back a minute first; a step leaves the present too", () => {
  assert.deepEqual([play({ do: "toggle" }).mode, play({ do: "toggle" }).at], ["playing", NOW - 60_000]);
  assert.deepEqual([play({ do: "step", by: -60_000 }).mode, play({ do: "step", by: -60_000 }).at], ["paused", NOW - 60_000]);
  assert.ok(play({ do: "pause" }).at >= NOW - EDGE_MS);
});

test("a moment that somebody has named is shown, or said to be without history, but is no other one", () => {
  const known = reduce(begin(), { do: "oldest", oldest: NOW - HOUR });
  const named = reduce(known, { do: "seek", at: NOW - 9 * HOUR, now: NOW, named: true });
  assert.equal(named.at, NOW - 9 * HOUR);
  assert.equal(reduce(known, { do: "seek", at: NOW + HOUR, now: NOW, named: true }).at, NOW);
  assert.equal(reduce(named, { do: "step", by: 60_000, now: NOW }).at, NOW - HOUR, "a step leads to where history begins");
});

test("a moment that leaves the slider's hours is seen", () => {
  const hours = { since: NOW - 24 * HOUR, until: NOW - 12 * HOUR };
  const inside = reduce(play({ do: "seek", at: NOW - 13 * HOUR }), { do: "window", ...hours });
  assert.equal(beside(inside), false);
  assert.equal(beside({ ...inside, at: NOW - 11 * HOUR }), true);
  assert.equal(beside({ ...inside, at: NOW - 25 * HOUR }), true);
  assert.equal(beside({ ...begin(), ...hours }), false, "not of the present");
  assert.equal(beside(play({ do: "seek", at: NOW - 13 * HOUR })), false, "not before its bars are painted");
});

test("the slider's ends and its handle", () => {
  const state = play({ do: "seek", at: NOW - 3 * HOUR });
  assert.deepEqual(ends(state, NOW), [NOW - 12 * HOUR, NOW]);
  assert.equal(share(state, NOW), 0.75);
  assert.equal(share(begin(), NOW), 1);
  assert.equal(momentOf(state, 0.5, NOW), NOW - 6 * HOUR);
  assert.equal(momentOf(state, 7, NOW), NOW);
  assert.equal(windowOf(NOW - HOUR, NOW), null);
  assert.equal(windowOf(NOW - 100 * HOUR, NOW), NOW - 94 * HOUR);
  const moved = reduce(state, { do: "window", since: NOW - 106 * HOUR, until: NOW - 94 * HOUR });
  assert.deepEqual(ends(moved, NOW), [NOW - 106 * HOUR, NOW - 94 * HOUR]);
});

/** An answer as the server makes it. */
function packed(told, readings = []) {
  const text = new TextEncoder().encode(JSON.stringify(told));
  const buffer = new ArrayBuffer(4 + text.length + readings.length * HEARD);
  const bytes = new DataView(buffer);
  bytes.setUint32(0, text.length, true);
  new Uint8Array(buffer).set(text, 4);
  readings.forEach(([n, shown, at, value, quality], i) => {
    const o = 4 + text.length + i * HEARD;
    bytes.setUint32(o, n, true);
    bytes.setUint32(o + 4, shown, true);
    bytes.setUint32(o + 8, at, true);
    bytes.setFloat32(o + 12, value, true);
    bytes.setUint8(o + 16, quality);
  });
  return buffer;
}

test("an answer is a text and records", () => {
  const { told, records } = unpack(packed({ word: "钟楼" }, [[1, 2, 3, 4, 0]]));
  assert.equal(told.word, "钟楼");
  assert.equal(records.byteLength, HEARD);
});

test("pieces are fetched ahead and handed out when their time has come", async () => {
  const asked = [];
  const reel = new Reel(async (what) => {
    asked.push(what);
    const second = what.since / 1000;
    return packed({ since: what.since, until: what.until, facts: [{ seq: 1, at: what.since + 5000, body: {} }], states: [[second + 6, 1, 2, 0]], positions: [] },
      [[1, second + 1, second + 1, 3, 0], [1, second + 9, second + 8, 4, 0]]);
  });
  reel.rewind(NOW);
  await reel.feed(NOW, 1, NOW + HOUR);
  assert.deepEqual(asked, [{ since: NOW, until: NOW + pieceMs(1), step: 1 }]);
  assert.equal(reel.loaded, NOW + pieceMs(1));
  assert.deepEqual(reel.due(NOW + 2000).readings, [[1, NOW / 1000 + 1, 3, 0]]);
  const later = reel.due(NOW + 7000);
  assert.deepEqual([later.readings.length, later.facts.length, later.states.length], [0, 1, 1]);
  assert.equal(reel.due(NOW + 10_000).readings.length, 1);
  await reel.feed(NOW + 10_000, 1, NOW + HOUR);
  assert.equal(asked.length, 1, "half of a piece is still there");
  await reel.feed(NOW + 20_000, 1, NOW + HOUR);
  assert.equal(asked.length, 2);
});

test("what comes for another moment is thrown away; a failure is tried again", async () => {
  let answer;
  const reel = new Reel(() => new Promise((resolve, reject) => (answer = { resolve, reject })));
  reel.rewind(NOW);
  const first = reel.feed(NOW, 1, NOW + HOUR);
  reel.rewind(NOW + HOUR);
  answer.resolve(packed({}));
  await first;
  assert.equal(reel.pieces.length, 0);
  const second = reel.feed(NOW + HOUR, 1, NOW + 2 * HOUR);
  answer.reject(new Error("503"));
  await second;
  assert.equal(reel.failed, true);
  answer = null;
  await reel.feed(NOW + HOUR, 1, NOW + 2 * HOUR + 100);
  assert.equal(answer, null, "not at once");
  const third = reel.feed(NOW + HOUR, 1, NOW + 2 * HOUR + 5_000);
  answer.resolve(packed({}));
  await third;
  assert.equal(reel.failed, false);
});

test("at the present nothing more is asked for", async () => {
  const reel = new Reel(() => assert.fail("asked"));
  reel.rewind(NOW);
  await reel.feed(NOW, 60, NOW);
});

test("at sixty times a piece lasts for some seconds, and its steps for a tenth of one", () => {
  assert.equal(stepS(60), 6);
  assert.equal(stepS(1), 1);
  assert.ok(pieceMs(60) >= 5 * 60_000);
});

test("a snapshot goes on by facts and places", () => {
  const alert = { id: "A", status: "raised", level: 4 };
  const before = { as_of: 1, alerts: [], cases: [], tasks: [], workers: [{ id: "W", lon: null, lat: null, at: null }, { id: "X", lon: 1, lat: 2, at: 3 }] };
  const after = continued(before, { facts: [{ seq: 2, body: { alert } }], positions: [[1, "W", 119.9, 31.8, 1000]] });
  assert.deepEqual(after.alerts, [alert]);
  assert.deepEqual(after.workers, [{ id: "W", lon: 119.9, lat: 31.8, at: 1000 }, before.workers[1]]);
  assert.deepEqual(continued(after, { facts: [{ seq: 3, body: { alert: { ...alert, status: "cleared" } } }], positions: [] }).alerts, []);
});

test("a reading without a value keeps the one before; who speaks is online", () => {
  const table = new PointTable([{ code: "gas", domain: "safety", period_s: 30 }]);
  const record = new DataView(new ArrayBuffer(28));
  record.setUint32(0, 7, true);
  record.setInt32(4, 1_199_000_000, true);
  record.setInt32(8, 318_000_000, true);
  record.setFloat32(16, 5, true);
  record.setUint8(26, 2);
  table.load(record.buffer);
  const due = { readings: [[7, 100, NaN, 0], [8, 100, 1, 0]], states: [[100, 7, -1, 3], [100, 9, 1, 0]] };
  const { readings, states } = forTheDots(due, table);
  assert.deepEqual(readings, [[7, 100, 5, 0]]);
  assert.deepEqual(states, [[7, 1, 0], [7, 1, 3]]);
  table.applyReadings(readings, 100);
  table.applyStates(states, 100);
  assert.deepEqual(aged(table, 150), []);
  assert.deepEqual(aged(table, 300), [[7, 1, 3]]);
});

test("the badge says the moment, the speed and what waits", () => {
  const words = wordsOf("zh-CN").replay;
  const now = { time: "14:32:10", waiting: false, failed: false, reds: 0 };
  const playing = play({ do: "seek", at: NOW - HOUR }, { do: "speed", speed: 10 }, { do: "toggle" });
  assert.deepEqual(badgeWords(playing, now, words), { title: "回放 14:32:10", how: "10×", red: "" });
  assert.equal(badgeWords(playing, { ...now, waiting: true }, words).how, words.waiting);
  assert.equal(badgeWords(playing, { ...now, waiting: true, failed: true }, words).how, words.failed);
  assert.equal(badgeWords(playing, { ...now, waiting: true, gone: true }, words).how, "该时刻没有历史数据");
  assert.equal(badgeWords(play({ do: "seek", at: NOW }), now, words).how, words.ended);
  assert.equal(badgeWords(playing, { ...now, reds: 1 }, words).red, "有新的红色预警");
});

test("moments are the city's, wherever this computer stands", () => {
  const at = Date.parse("2026-11-22T14:32:10+08:00");
  assert.equal(stamp(at), "2026-11-22 14:32:10");
  assert.equal(clockOf(at, at + HOUR), "14:32:10");
  assert.equal(clockOf(at - 24 * HOUR, at), "11-21 14:32:10");
  assert.equal(clockOf(at - 365 * 24 * HOUR, at), "2025-11-22 14:32:10");
  assert.equal(momentOfField("2026-11-22T14:32"), at - 10_000);
  assert.equal(momentOfField(""), null);
});

test("keys on the slider", () => {
  assert.deepEqual([lastOf(NOW + 60_000, NOW), lastOf(NOW - 60_000, NOW), lastOf(NOW - HOUR, NOW)], [NOW, NOW, NOW - HOUR]);
  assert.deepEqual(["ArrowLeft", "ArrowRight", "PageDown", "Home", "End", "a"].map(keyOf), [-60_000, 60_000, -600_000, "first", "last", null]);
});
