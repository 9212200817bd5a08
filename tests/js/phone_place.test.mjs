// On duty the phone says whether it really gives a place.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Place } from "../../app/web/phone/place.mjs";

/** A phone whose two answers are called by the test. */
function phone() {
  const asked = {};
  const geolocation = {
    watchPosition: (found, lost) => Object.assign(asked, { found, lost }) && 7,
    clearWatch: (id) => (asked.cleared = id),
  };
  Object.defineProperty(globalThis, "navigator", { value: { geolocation }, configurable: true });
  return asked;
}

test("a phone that gives no place says so until it gives one", () => {
  const asked = phone();
  const told = [];
  const place = new Place((here) => told.push(here), () => {});
  place.start();
  assert.deepEqual([place.onDuty, place.blind], [true, false]);
  asked.lost();
  assert.equal(place.blind, true);
  asked.found({ coords: { longitude: 119.9, latitude: 31.7, accuracy: 8 }, timestamp: Date.now() });
  assert.deepEqual([place.blind, place.now(), told.length], [false, { lon: 119.9, lat: 31.7 }, 1]);
});

test("off duty nothing is asked and nothing is known", () => {
  const asked = phone();
  const place = new Place(() => {}, () => {});
  place.start();
  place.stop();
  assert.deepEqual([place.onDuty, place.blind, place.now(), asked.cleared], [false, false, {}, 7]);
});

test("a phone without a place sensor is on duty all the same, and says what it lacks", () => {
  Object.defineProperty(globalThis, "navigator", { value: {}, configurable: true });
  const place = new Place(() => {}, () => {});
  place.start();
  assert.deepEqual([place.onDuty, place.blind], [true, true]);
});

test("between going on duty and the first answer the place is awaited", () => {
  const asked = phone();
  const place = new Place(() => {}, () => {});
  assert.equal(place.awaited, false);
  place.start();
  assert.equal(place.awaited, true);
  asked.lost();
  assert.equal(place.awaited, false);
  asked.found({ coords: { longitude: 119.9, latitude: 31.7, accuracy: 8 }, timestamp: Date.now() });
  assert.equal(place.awaited, false);
});
