import assert from "node:assert/strict";
import { it } from "node:test";

import { press, stampOf } from "../../layouts/assets/live/stamps.mjs";

const SOLID = 0xff0000ff;
const HALF = 0x80ff0000;
const picture = Uint32Array.from([HALF, SOLID, 0, SOLID]);

it("a stamp keeps the pixels that are seen, the solid ones first", () => {
  const stamp = stampOf(picture, 2);
  assert.deepEqual([[...stamp.dx], [...stamp.dy], [...stamp.colour], stamp.solid], [[1, 1, 0], [0, 1, 0], [SOLID, SOLID, HALF], 2]);
});

it("is pressed where it belongs and cut off at the borders", () => {
  const image = new Uint32Array(9);
  press(image, 3, 3, stampOf(picture, 2), 1, 1);
  assert.deepEqual([...image], [0, 0, 0, 0, HALF, SOLID, 0, 0, SOLID]);
  for (const [left, top] of [[-1, -1], [2, 2], [-5, 0], [9, 9]]) press(image, 3, 3, stampOf(picture, 2), left, top);
  assert.deepEqual([image[0], image[8], image.length], [SOLID, SOLID, 9]);
});

it("what is half transparent never wipes away what is solid", () => {
  const image = new Uint32Array(4).fill(SOLID);
  press(image, 2, 2, stampOf(picture, 2), 0, 0);
  assert.equal(image[0], SOLID);
});

it("fits images of any width, one after the other", () => {
  const stamp = stampOf(picture, 2);
  for (const width of [2, 5, 3]) {
    const image = new Uint32Array(width * 2);
    press(image, width, 2, stamp, 0, 0);
    assert.deepEqual([image[0], image[1], image[width], image[width + 1]], [HALF, SOLID, 0, SOLID]);
  }
});
