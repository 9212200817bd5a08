import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { linkState } from "../../layouts/assets/live/lights.mjs";
import { heardOf, newerOf } from "../../layouts/assets/live/newest.mjs";

const PAINTED = { n: 7, at: 1_795_000_000_400, value: 52 };

describe("a number of one device", () => {
  it("is the newer of what was painted and what was heard", () => {
    const later = { n: 7, at: 1_795_000_030_000, value: 0 };
    assert.equal(newerOf(PAINTED, later), later);
    assert.equal(newerOf(PAINTED, { ...later, at: 1_794_999_970_000 }), PAINTED);
    assert.equal(newerOf(PAINTED, { ...later, n: 8 }), PAINTED);
    assert.equal(newerOf(PAINTED), PAINTED);
  });

  it("within one second the push is the later: a pushed time has whole seconds", () => {
    const pushed = { n: 7, at: 1_795_000_000_000, value: 2.5 };
    assert.equal(newerOf(PAINTED, pushed), pushed);
  });

  it("takes the newest row of the devices that are shown and forgets the others", () => {
    const before = new Map([[7, { n: 7, at: 9_000, value: 1 }], [8, { n: 8, at: 9_000, value: 1 }]]);
    const heard = heardOf(new Set([7]), [[7, 12, 3, 0], [7, 11, 4, 0], [9, 12, 5, 0]], before);
    assert.deepEqual([...heard], [[7, { n: 7, at: 12_000, value: 3 }]]);
  });
});

describe("the connection light", () => {
  for (const [what, link, state] of [
    ["a new page waits", { live: false, before: false, age: 4_999 }, "waiting"],
    ["for 5 s", { live: false, before: false, age: 5_000 }, "lost"],
    ["a connection is live at once", { live: true, before: false, age: 10 }, "live"],
    ["what was live is lost at once", { live: false, before: true, age: 10 }, "lost"],
  ]) it(what, () => assert.equal(linkState(link), state));
});
