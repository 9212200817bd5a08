import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { around, beside, insideRings, placeLabels, touch } from "../../layouts/assets/live/labels.mjs";

const FRAME = { width: 1000, height: 600 };
const label = (id, x, y, priority = 0, more = {}) => ({ id, x, y, w: 80, h: 20, priority, ...more });

/** Numbers that look random and are the same each time. */
function numbers(seed) {
  let s = seed;
  return () => (s = (s * 48271) % 2147483647) / 2147483647;
}

describe("labels", () => {
  it("one alone stands where it wants", () => {
    assert.deepEqual(placeLabels([label("a", 100, 100)], [], FRAME).get("a"), { x: 100, y: 100, w: 80, h: 20 });
  });

  it("the more important one stays, the other goes aside or away", () => {
    const two = [label("a", 100, 100, 1), label("b", 110, 105, 2)];
    assert.deepEqual([...placeLabels(two, [], FRAME).keys()], ["b"]);
    two[0].shifts = around(80, 20);
    assert.deepEqual(placeLabels(two, [], FRAME).get("a"), { x: 100, y: 80, w: 80, h: 20 });
  });

  it("does not cover what is blocked, nor leave the frame or its own area", () => {
    const wall = [{ x: 100, y: 100, w: 200, h: 200 }];
    assert.equal(placeLabels([label("a", 100, 100)], wall, FRAME).size, 0);
    assert.equal(placeLabels([label("a", -1, 100)], [], FRAME).size, 0);
    const shifts = around(80, 20);
    const home = { fits: (x, y) => y > 100, shifts };
    assert.equal(placeLabels([label("a", 100, 100, 0, home)], [], FRAME).get("a").y, 120);
  });

  it("no two of many ever touch, whatever they are", () => {
    for (let seed = 1; seed <= 20; seed++) {
      const next = numbers(seed * 7919);
      const labels = Array.from({ length: 400 }, (_, n) => ({
        id: `l${n}`, x: next() * 1000, y: next() * 600, w: 20 + next() * 120, h: 12 + next() * 30,
        priority: Math.floor(next() * 5), shifts: around(60, 20),
      }));
      const blocked = [{ x: 500, y: 300, w: 300, h: 100 }];
      const boxes = [...placeLabels(labels, blocked, FRAME).values(), ...blocked];
      assert.ok(boxes.length > 20);
      for (let i = 0; i < boxes.length; i++)
        for (let j = i + 1; j < boxes.length; j++) assert.ok(!touch(boxes[i], boxes[j]), `${seed}: ${i} ${j}`);
    }
  });

  it("does not depend on the order in which they come", () => {
    const all = [label("a", 10, 10), label("b", 20, 10), label("c", 200, 10)];
    const there = (labels) => [...placeLabels(labels, [], FRAME).keys()].sort();
    assert.deepEqual(there(all), there([...all].reverse()));
  });

  it("a mark's label stands beside the mark", () => {
    for (const [dx, dy] of beside(80, 20, 10)) assert.ok(Math.abs(dx) >= 50 || Math.abs(dy) >= 20);
  });
});

describe("inside rings", () => {
  const square = [[0, 0], [10, 0], [10, 10], [0, 10]];
  const hole = [[4, 4], [6, 4], [6, 6], [4, 6]];

  it("knows in from out and holes", () => {
    assert.ok(insideRings([square], 5, 5));
    assert.ok(!insideRings([square], 15, 5));
    assert.ok(!insideRings([square, hole], 5, 5));
    assert.ok(insideRings([square, hole], 2, 5));
    assert.ok(!insideRings([], 0, 0));
  });
});
