import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { LAST_MS, arrows, fresh, grown, metres, strength } from "../../layouts/assets/live/tracks.mjs";

const STEP = 30 / 111_320; // degrees of 30 m
const NOW = 1_795_000_000_000;

describe("a track", () => {
  const track = [[119.9, 31.8, NOW - 60_000]];
  it("grows with a newer place a step away", () => {
    assert.equal(grown(track, [119.9, 31.8 + STEP, NOW]).length, 2);
  });
  it("stays the same array for who stands still, for an old place and for none", () => {
    assert.equal(grown(track, [119.9, 31.80001, NOW]), track);
    assert.equal(grown(track, [119.9, 31.8 + STEP, NOW - 120_000]), track);
    assert.equal(grown(track, [null, undefined, NOW]), track);
  });
  it("begins with the first place", () => assert.equal(grown([], [119.9, 31.8, NOW]).length, 1));
  it("forgets what is older than the server would keep", () => {
    const old = [[119.9, 31.8, NOW - LAST_MS - 1], [119.9, 31.9, NOW]];
    assert.deepEqual(fresh(old, NOW), [[119.9, 31.9, NOW]]);
    assert.equal(fresh(track, NOW), track);
    assert.deepEqual(fresh([], NOW), []);
  });
  it("measures in metres", () => {
    assert.ok(Math.abs(metres([119.9, 31.8], [119.9, 31.8 + STEP]) - 30) < 0.1);
    assert.ok(Math.abs(metres([119.9, 60], [119.9 + STEP, 60]) - 15) < 0.1);
  });
});

describe("the age of a track", () => {
  it("is strong now, faint four hours ago, and never gone or more than whole", () => {
    assert.equal(strength(NOW, NOW), 1);
    assert.equal(strength(NOW + 5_000, NOW), 1);
    const faint = strength(NOW - LAST_MS, NOW);
    assert.ok(faint > 0 && faint < 0.3);
    assert.equal(strength(NOW - 2 * LAST_MS, NOW), faint);
  });
  it("only falls", () => {
    const all = [0, 1, 2, 3, 4].map((hours) => strength(NOW - hours * 3_600_000, NOW));
    assert.deepEqual(all, [...all].sort((a, b) => b - a));
  });
});

describe("the arrows", () => {
  const line = [{ x: 0, y: 0 }, { x: 100, y: 0 }, { x: 100, y: 100 }];
  it("stand at equal steps along the whole line and point along it", () => {
    const found = arrows(line, 80);
    assert.deepEqual(found.map(({ x, y }) => [x, y]), [[40, 0], [100, 20], [100, 100]].slice(0, found.length));
    assert.equal(found[0].angle, 0);
    assert.ok(Math.abs(found[1].angle - Math.PI / 2) < 1e-9);
    assert.deepEqual(found.map(({ n }) => n), found.map(({ x, y }) => (y === 0 && x < 100 ? 1 : 2)));
  });
  it("are none on a line that is too short, or none at all", () => {
    assert.deepEqual(arrows([{ x: 0, y: 0 }, { x: 30, y: 0 }], 80), []);
    assert.deepEqual(arrows([{ x: 0, y: 0 }], 80), []);
    assert.deepEqual(arrows([], 80), []);
  });
});
