import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { isOpen, nearestOpen } from "../../layouts/assets/live/open_room.mjs";
import { zoomIn } from "../../layouts/assets/live/resizing.mjs";

const SIZE = { x: 1000, y: 700 };
const CARD = { left: 600, top: 300, right: 980, bottom: 620 };
const STRIP = { left: 10, top: 640, right: 990, bottom: 690 };
const BOTH = [CARD, STRIP];

describe("a place on the map", () => {
  it("is open where no panel and no edge is near", () => {
    assert.ok(isOpen({ x: 300, y: 300 }, BOTH, SIZE, 30));
    for (const at of [{ x: 700, y: 400 }, { x: 580, y: 400 }, { x: 10, y: 300 }, { x: 300, y: 630 }, { x: 300, y: -50 }]) assert.ok(!isOpen(at, BOTH, SIZE, 30), JSON.stringify(at));
  });

  it("that is open stays", () => assert.deepEqual(nearestOpen({ x: 300, y: 300 }, BOTH, SIZE, 30), { x: 300, y: 300 }));

  it("goes the shortest way out", () => {
    assert.deepEqual(nearestOpen({ x: 640, y: 450 }, BOTH, SIZE, 30), { x: 570, y: 450 });
    assert.deepEqual(nearestOpen({ x: 300, y: 660 }, BOTH, SIZE, 30), { x: 300, y: 610 });
    assert.deepEqual(nearestOpen({ x: 2000, y: 100 }, BOTH, SIZE, 30), { x: 970, y: 100 });
  });

  it("under two panels leaves both", () => {
    const open = nearestOpen({ x: 700, y: 640 }, BOTH, SIZE, 30);
    assert.ok(isOpen(open, BOTH, SIZE, 30));
    assert.deepEqual(open, { x: 570, y: 610 });
  });

  it("has nowhere to go on a map full of panels", () => assert.equal(nearestOpen({ x: 5, y: 5 }, [{ left: 0, top: 0, right: 1000, bottom: 700 }], SIZE, 30), null));
});

it("another window shows all that was seen", () => {
  const stood = { centre: null, zoom: 13, window: { width: 1920, height: 1080 } };
  assert.equal(zoomIn(stood, { width: 3840, height: 2160 }), 14);
  assert.equal(zoomIn(stood, { width: 3840, height: 1080 }), 13);
  assert.equal(zoomIn(stood, { width: 960, height: 1080 }), 12);
});
