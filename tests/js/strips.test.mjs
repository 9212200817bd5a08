import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";

import { PointPicture } from "../../layouts/assets/live/point_picture.mjs";
import { PointTable } from "../../layouts/assets/live/points.mjs";
import { Strips, heightOf, touched } from "../../layouts/assets/live/strips.mjs";

const FRAME = { width: 1000, height: 1500, left: 64, top: 128, ratio: 1, scale: 1, ox: 0, oy: 0 };
const SIZE = 10; // of a dot, px

/** A canvas that notes what is drawn on it. */
function fakeCanvas() {
  const done = [];
  const g = Object.fromEntries(["save", "restore", "beginPath", "rect", "clip"].map((name) => [name, () => {}]));
  return { style: {}, done, getContext: () => ({ ...g, drawImage: (_, x, y) => done.push([x, y]), clearRect: (...box) => done.push(["clear", ...box]) }) };
}

beforeEach(() => {
  globalThis.document = { createElement: fakeCanvas };
});
afterEach(() => {
  delete globalThis.document;
});

describe("strips", () => {
  it("are about as large as a frame bears, in whole steps, and no higher than the picture", () => {
    assert.deepEqual([heightOf(1000, 1500), heightOf(5000, 2800), heightOf(100, 90), heightOf(100_000, 900)], [600, 120, 90, 60]);
  });

  it("lie below each other and make the whole", () => {
    const { all } = new Strips(FRAME);
    assert.deepEqual(all.map(({ top, height }) => [top, height]), [[0, 600], [600, 600], [1200, 300]]);
    assert.deepEqual(all.map(({ canvas }) => canvas.style.top), ["128px", "728px", "1328px"]);
  });

  it("are found by what touches them", () => {
    assert.deepEqual(touched(595, 5, 600, 3), [0, 1]);
    assert.deepEqual(touched(300, 5, 600, 3), [0, 0]);
    assert.deepEqual(touched(-3, 5, 600, 3), [0, 0]);
    const [first, last] = touched(-30, 5, 600, 3);
    assert.ok(first > last);
  });

  it("wait for their turns, so that none waits for ever", () => {
    const strips = new Strips(FRAME);
    const turn = () => strips.due(700_000).map((strip) => strip.top);
    for (const strip of strips.all) strip.rows.add(1);
    assert.deepEqual([turn(), turn(), turn(), turn()], [[0], [600], [1200], [0]]);
    for (const strip of strips.all) strip.rows.clear();
    assert.deepEqual([turn(), strips.waiting()], [[], false]);
  });
});

describe("picture", () => {
  const tableOf = (places) => {
    const table = new PointTable([{ code: "gas", domain: "safety", period_s: 30 }]);
    table.enter(places.map(([, ], n) => [n, 0, 0, 100, 1, 0, 0, 0, 1, 0]), 100);
    places.forEach(([x, y], i) => Object.assign(table.x, { [i]: x }) && Object.assign(table.y, { [i]: y }));
    return table;
  };
  const pictureOf = (table) => {
    const sprites = { size: SIZE, get: () => "sprite", stamp: () => null };
    return new PointPicture({ table, frame: FRAME, sprites, shapeOf: null, lit: new Map() });
  };
  const drawn = (picture) => picture.strips.all.map(({ canvas }) => canvas.done.splice(0).filter(([first]) => first !== "clear"));

  it("is painted whole in steps, a dot on a border in both strips", () => {
    const picture = pictureOf(tableOf([[100, 100], [200, 600], [300, 1400]]));
    const steps = [...picture.all()];
    assert.equal(steps.length, 3);
    assert.deepEqual(drawn(picture), [[[95, 95], [195, 595]], [[195, -5]], [[295, 195]]]);
  });

  it("changes only the strips that are touched, and tells of a reading when it is drawn", () => {
    const table = tableOf([[100, 100], [200, 700], [300, 1400]]);
    const picture = pictureOf(table);
    for (const step of picture.all()) assert.equal(step, undefined);
    drawn(picture);
    picture.note([1], [], [[1, 100, 5]]);
    assert.deepEqual(picture.paint(), [[1, 100, 5]]);
    assert.deepEqual(drawn(picture), [[], [[195, 95]], []]);
  });

  it("wipes a dot that has moved to another strip away where it stood", () => {
    const table = tableOf([[100, 100], [103, 104]]);
    const picture = pictureOf(table);
    for (const step of picture.all()) assert.equal(step, undefined);
    drawn(picture);
    table.y[0] = 1400;
    picture.note([0], [0], []);
    picture.paint();
    picture.paint();
    assert.deepEqual(drawn(picture), [[[98, 99]], [], [[95, 195]]]);
    assert.equal(picture.strips.waiting(), false);
  });

  it("says when a dot has left it", () => {
    const table = tableOf([[100, 100]]);
    const picture = pictureOf(table);
    for (const step of picture.all()) assert.equal(step, undefined);
    table.x[0] = 5000;
    picture.note([0], [0], []);
    assert.equal(picture.outgrown, true);
  });
});
