// The whole address on the phone: fetched when the task is opened, and gone with it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Refusal } from "../../app/web/phone/api.mjs";
import { Exact } from "../../app/web/phone/exact.mjs";

const FOUND = { address: "清潭三村15幢402室", about: "约：按地址推定到清潭三村", lon: 119.9, lat: 31.7 };
const TASK = { id: "t1", address: "清潭三村***", lon: null, lat: null };

/** A phone: what it keeps, what it asked, and a server that answers as told. */
function phone(answer = () => FOUND) {
  const shelf = new Map();
  const kept = { remember: async (key, value) => void shelf.set(key, structuredClone(value)), recall: async (key) => shelf.get(key) };
  const asked = [];
  const clock = { at: 1_000 };
  const post = async (path) => {
    asked.push(path);
    const said = answer(asked.length);
    if (said instanceof Error) throw said;
    return said;
  };
  return { shelf, asked, clock, kept, exact: new Exact(kept, post, () => clock.at) };
}

test("a task that is opened gets its address, once, and keeps it without a network", async () => {
  const { asked, exact, kept } = phone();
  assert.equal(exact.on(TASK).exact, undefined);
  assert.deepEqual(await Promise.all([exact.open(TASK), exact.open(TASK)]), [true, false]);
  assert.equal(await exact.open(TASK), false);
  assert.deepEqual(asked, ["/api/v1/tasks/t1/address"]);
  const again = new Exact(kept, async () => assert.fail("asked again"), () => 2_000);
  await again.load();
  assert.deepEqual(again.on(TASK), { ...TASK, exact: FOUND.address, about: FOUND.about, lon: 119.9, lat: 31.7 });
});

test("a place without a point leaves that of the task; nothing masked leaves the task as it is", async () => {
  const { exact } = phone((n) => (n === 1 ? { ...FOUND, lon: null, lat: null } : { address: "", about: "", lon: null, lat: null }));
  await exact.open({ ...TASK, lon: 1, lat: 2 });
  assert.deepEqual([exact.on({ ...TASK, lon: 1, lat: 2 }).lon, exact.on({ ...TASK, lon: 1, lat: 2 }).lat], [1, 2]);
  await exact.open({ ...TASK, id: "t2" });
  assert.deepEqual(exact.on({ ...TASK, id: "t2" }), { ...TASK, id: "t2" });
});

test("it goes with its task, after a shift, and when nobody is signed in", async () => {
  const { clock, exact, shelf } = phone();
  await exact.open(TASK);
  await exact.open({ ...TASK, id: "t2" });
  await exact.keepOnly(["t2"]);
  assert.deepEqual(Object.keys(shelf.get("exact")), ["t2"]);
  clock.at += 12 * 3_600_000;
  await exact.keepOnly(["t2"]);
  assert.deepEqual(shelf.get("exact"), {});
  assert.equal(await exact.open({ ...TASK, id: "t2" }), true); // and is asked for again
  await exact.clear();
  assert.deepEqual(shelf.get("exact"), {});
});

test("an answer that comes after the end is not kept", async () => {
  const { exact, shelf } = phone();
  const coming = exact.open(TASK);
  await exact.clear();
  assert.equal(await coming, false);
  assert.equal(shelf.has("exact"), false);
});

test("without a network it is tried again; what is refused is not", async () => {
  const { asked, exact } = phone((n) => (n === 1 ? new TypeError("network") : new Refusal(409, "ended")));
  assert.equal(await exact.open(TASK), false);
  assert.equal(await exact.open(TASK), false);
  assert.equal(await exact.open(TASK), false);
  assert.equal(asked.length, 2);
});
