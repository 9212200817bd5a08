import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { HitGrid } from "../../layouts/assets/live/hit.mjs";
import { oneOfEach } from "../../layouts/assets/live/picking.mjs";

function gridOf(places) {
  const grid = new HitGrid(places.length, 640, 400);
  places.forEach((at, i) => at && grid.put(i, ...at));
  return grid;
}

describe("hit test", () => {
  it("finds what is near, nearest first", () => {
    const near = gridOf([[103, 100], [105, 100], [101, 101], [200, 200]]).near(101, 100, 8);
    assert.deepEqual(near.map(({ i }) => i), [2, 0, 1]);
  });

  it("looks across the borders of cells, also left of and above the origin", () => {
    assert.deepEqual(gridOf([[15.9, 15.9]]).near(16.1, 16.1, 8).map(({ i }) => i), [0]);
    assert.deepEqual(gridOf([[-1, -1]]).near(1, 1, 8).map(({ i }) => i), [0]);
  });

  it("leaves out what is not drawn and what is too far", () => {
    assert.deepEqual(gridOf([null, [100, 100]]).near(100, 109, 8), []);
    assert.deepEqual(gridOf([null, [100, 100]]).near(100, 108, 8).map(({ i }) => i), [1]);
  });

  it("follows what moves and forgets what goes", () => {
    const grid = gridOf([[10, 10], [12, 10], [300, 300]]);
    grid.put(0, 301, 300);
    grid.put(1, 13, 11);
    assert.deepEqual(grid.near(10, 10, 8).map(({ i }) => i), [1]);
    assert.deepEqual(grid.near(300, 300, 8).map(({ i }) => i), [2, 0]);
    for (const i of [2, 2, 1]) grid.take(i);
    assert.deepEqual([grid.near(300, 300, 8).map(({ i }) => i), grid.has(0), grid.has(2)], [[0], true, false]);
    grid.put(2, 300, 300);
    assert.equal(grid.near(300, 300, 8).length, 2);
  });

  it("agrees with a look at every point", () => {
    const places = Array.from({ length: 2000 }, (_, i) => [(i * 37) % 611, (i * 91) % 397]);
    const grid = gridOf(places);
    for (const [x, y] of [[10, 10], [300, 200], [610, 396], [0, 0]]) {
      const all = places.map(([px, py], i) => [Math.hypot(px - x, py - y), i]).filter(([d]) => d <= 8).map(([, i]) => i);
      assert.deepEqual(new Set(grid.near(x, y, 8).map(({ i }) => i)), new Set(all));
    }
  });
});

it("the device and the case under an alert's mark are no second choice", () => {
  const alert = { type: "alert", id: "A", distance: 2 };
  const own = { type: "device", n: 1, distance: 2.3 };
  const other = { type: "device", n: 2, distance: 5 };
  const itsCase = { type: "case", id: "C", distance: 2.1 };
  assert.deepEqual(oneOfEach([alert, own, itsCase, other]), [alert, other]);
  assert.deepEqual(oneOfEach([own, other]), [own, other]);
});
