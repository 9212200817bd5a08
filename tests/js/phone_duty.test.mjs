// On and off duty: what was tapped is not undone by an older answer, and nobody inherits another's duty.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Duty } from "../../app/web/phone/duty.mjs";

/** A phone with a worker on duty; `told` waits until `sent` is called. */
function phone() {
  const known = new Map();
  const kept = { remember: async (key, value) => known.set(key, value), recall: async (key) => known.get(key) };
  const place = { onDuty: true, start: () => (place.onDuty = true), stop: () => (place.onDuty = false) };
  let waiting = [];
  const duty = new Duty(kept, place, async () => waiting, async (on) => void waiting.push({ kind: "duty", on }));
  return { duty, place, kept, sent: () => (waiting = []), refuse: () => (waiting = waiting.map((each) => ({ ...each, refused: "no" }))) };
}

test("a tap holds until the server has it, also against an answer that was asked for before", async () => {
  const { duty, place, sent } = phone();
  const before = await duty.asked();
  await duty.toggle();
  assert.equal(await duty.asked(), null, "not told yet");
  const between = await duty.asked();
  sent();
  for (const asked of [before, between]) {
    await duty.believe(asked, { on_duty: true });
    assert.equal(place.onDuty, false);
  }
  await duty.believe(await duty.asked(), { on_duty: true }); // another phone has turned it on since
  assert.equal(place.onDuty, true);
});

test("a tap that was refused counts no more", async () => {
  const { duty, place, refuse } = phone();
  await duty.toggle();
  refuse();
  await duty.believe(await duty.asked(), { on_duty: true });
  assert.equal(place.onDuty, true);
});

test("who is new on a phone is not looked for until the server says that he is on duty", async () => {
  const { duty, place } = phone();
  await duty.forget();
  await duty.resume();
  assert.equal(place.onDuty, false);
  await duty.believe(await duty.asked(), undefined);
  assert.equal(place.onDuty, false);
  await duty.believe(await duty.asked(), { on_duty: true });
  assert.equal(place.onDuty, true);
});

test("a phone without room for the tap goes off duty all the same", async () => {
  const { duty, place } = phone();
  duty.tell = () => Promise.reject(new Error("full"));
  await assert.rejects(duty.toggle());
  assert.equal(place.onDuty, false);
});
