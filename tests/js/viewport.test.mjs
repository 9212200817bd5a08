import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { levelAt, padded, shownKinds, wanted } from "../../layouts/assets/live/viewport.mjs";
import { KINDS } from "./fakes.mjs";

const BOUNDS = { west: 119.8, south: 31.7, east: 120, north: 31.8 };
const VIEW = { area: "320404", kinds: null };

describe("level", () => {
  it("has cells of 76 to 152 px of the screen at every zoom and page scale", () => {
    for (const scale of [0.8, 1, 2, 3])
      for (let zoom = 9; zoom < 18; zoom += 0.05) {
        const cell = (64 * 2 ** (zoom - levelAt(zoom, scale))) / scale;
        assert.ok(cell >= 76 && cell < 152.3, `${zoom} at ${scale}: ${cell}`);
      }
  });

  it("is none below zero and none above the deepest", () => assert.deepEqual([levelAt(-2), levelAt(25)], [0, 20]));
});

describe("what is asked for", () => {
  it("is wider than the view", () => {
    const wide = padded(BOUNDS);
    assert.ok(wide.west < BOUNDS.west && wide.east > BOUNDS.east && wide.south < BOUNDS.south && wide.north > BOUNDS.north);
  });

  it("stays the same for a small move and differs for a large one", () => {
    const moved = (by) => ({ ...BOUNDS, west: BOUNDS.west + by, east: BOUNDS.east + by });
    const key = (bounds) => wanted(bounds, 12.5, VIEW).key;
    assert.equal(key(moved(0.0001)), key(BOUNDS));
    assert.notEqual(key(moved(0.3)), key(BOUNDS));
  });

  it("differs by area, kinds and level", () => {
    const keys = [wanted(BOUNDS, 12.5, VIEW), wanted(BOUNDS, 12.5, { ...VIEW, area: "320404001" }), wanted(BOUNDS, 12.5, { ...VIEW, kinds: ["gas"] }),
      wanted(BOUNDS, 12.5, { ...VIEW, kinds: [] }), wanted(BOUNDS, 13.5, VIEW)].map(({ key }) => key);
    assert.equal(new Set(keys).size, keys.length);
  });
});

describe("kinds", () => {
  const view = { tab: "all", kinds: null, layers: ["devices"] };
  for (const [what, more, kinds] of [
    ["all of them", {}, null],
    ["a tab", { tab: "safety" }, ["gas"]],
    ["some", { kinds: ["air"] }, ["air"]],
    ["none of this tab", { tab: "safety", kinds: ["air"] }, []],
    ["devices switched off", { layers: [] }, []],
  ]) it(what, () => assert.deepEqual(shownKinds(KINDS, { ...view, ...more }), kinds));
});
