import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { readConfig, readView } from "../../layouts/assets/live/config.mjs";
import { radiusAt } from "../../layouts/assets/live/point_layer.mjs";
import { throttle } from "../../layouts/assets/live/throttle.mjs";

/** A clock of which the test is the master. */
function clock() {
  const timers = [];
  const self = { ms: 0, now: () => self.ms, later: (fn, wait) => timers.push([self.ms + wait, fn]) };
  self.go = (ms) => {
    self.ms = ms;
    for (const timer of timers.splice(0)) if (timer[0] <= ms) timer[1](); else timers.push(timer);
  };
  return self;
}

describe("throttle", () => {
  it("lets the first through at once and keeps the newest for the end", () => {
    const time = clock();
    const seen = [];
    const said = throttle((value) => seen.push(value), 300, time);
    [1, 2, 3].forEach(said);
    assert.deepEqual(seen, [1]);
    time.go(299);
    assert.deepEqual(seen, [1]);
    time.go(300);
    assert.deepEqual(seen, [1, 3]);
  });

  it("is at once again after a rest, and calls nobody for nothing", () => {
    const time = clock();
    const seen = [];
    const said = throttle((value) => seen.push(value), 300, time);
    said("a");
    time.go(1000);
    assert.deepEqual(seen, ["a"]);
    said("b");
    assert.deepEqual(seen, ["a", "b"]);
  });
});

describe("what the page says", () => {
  it("is filled with defaults", () => {
    assert.equal(readConfig('{"user": "duty"}').role_dead_s, 10);
    assert.deepEqual([readView("").tab, readView(undefined).area, readView('{"tab": "safety"}').tab], ["all", "", "safety"]);
  });
});

it("dots are small far out and large from the zoom of shapes on", () => {
  assert.ok(radiusAt(10) < radiusAt(13) && radiusAt(13) < radiusAt(14));
  assert.equal(radiusAt(3), 1.6);
});
