import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { CELL, heatOf, kernelOf, paint, palette, weightOf } from "../../layouts/assets/live/heat.mjs";
import { hotDevices, sourcesOf } from "../../layouts/assets/live/heat_layer.mjs";

const FRAME = { width: 400, height: 200 };
const at = ({ columns, heat }, x, y) => heat[Math.floor(y / CELL) * columns + Math.floor(x / CELL)];

describe("heat", () => {
  it("is greatest in the middle and falls off evenly to nothing", () => {
    const kernel = kernelOf(2);
    assert.equal(kernel[12], 1);
    assert.ok(kernel[13] < 1 && kernel[14] < kernel[13]);
    assert.equal(kernel[11], kernel[13]);
    const field = heatOf([{ x: 200, y: 100, weight: 3 }], FRAME);
    assert.equal(at(field, 200, 100), 3);
    assert.equal(field.most, 3);
    assert.equal(at(field, 10, 10), 0);
  });

  it("adds up, and weighs", () => {
    const field = heatOf([{ x: 200, y: 100, weight: 1 }, { x: 200, y: 100, weight: 2 }], FRAME);
    assert.equal(field.most, 3);
    assert.deepEqual([0, 1, 2, 3, 4].map(weightOf), [0, 1, 2, 4, 8]);
  });

  it("a spot at the edge, or outside, stays within the grid", () => {
    const edge = heatOf([{ x: 0, y: 0, weight: 1 }, { x: 399, y: 199, weight: 1 }], FRAME);
    assert.equal(edge.heat.length, edge.columns * edge.rows);
    assert.equal(at(edge, 0, 0), 1);
    assert.equal(at(edge, 0, 199), 0); // nothing wraps around
    assert.equal(heatOf([{ x: -500, y: 100, weight: 9 }], FRAME).most, 0);
  });

  it("is painted lighter where it is denser, and not at all where there is none", () => {
    const colours = palette();
    const light = (k) => colours[k * 4] * 0.3 + colours[k * 4 + 1] * 0.59 + colours[k * 4 + 2] * 0.11;
    for (let k = 1; k < 256; k++) assert.ok(light(k) >= light(k - 1) - 1, String(k));
    const field = heatOf([{ x: 200, y: 100, weight: 1 }], FRAME);
    const into = new Uint8ClampedArray(field.heat.length * 4);
    paint(field, colours, into);
    assert.equal(into[3], 0);
    assert.ok(Math.max(...into) > 200);
    paint({ heat: field.heat, most: 0 }, colours, into);
    assert.equal(Math.max(...into), 0);
  });
});

describe("what is hot", () => {
  const view = { area: "320404", tab: "safety" };
  const thing = (more) => ({ lon: 119.9, lat: 31.8, area: "320404001", domain: "safety", level: 4, ...more });
  const snapshot = {
    cases: [thing({ overdue: true }), thing({}), thing({ area: "320402" }), thing({ lon: null }), thing({ domain: "social" })],
    alerts: [thing({}), thing({ level: 1 })],
  };

  it("is what lies in the view, of the layers that are on", () => {
    const weights = (on) => sourcesOf({ snapshot, view, devices: [{ lon: 1, lat: 2, weight: 5 }] }, (name) => on.includes(name)).map((one) => one.weight);
    assert.deepEqual(weights(["heat:cases"]), [2, 1]);
    assert.deepEqual(weights(["heat:alerts"]), [8, 1]);
    assert.deepEqual(weights(["heat:devices"]), [5]);
    assert.deepEqual(weights([]), []);
  });

  it("devices with an alert, as points or in clusters", () => {
    const points = { count: 3, shown: [1, 1, 0], level: [0, 3, 4], x: [1, 2, 3], y: [1, 2, 3] };
    const cells = new Map([["a", { lon: 119, lat: 31, counts: [9, 2, 0, 0, 1] }], ["b", { lon: 119, lat: 31, counts: [9, 0, 0, 0, 0] }]]);
    assert.deepEqual(hotDevices({ points, clusters: { table: { cells } } }), [{ x: 2, y: 2, weight: 4 }, { lon: 119, lat: 31, weight: 10 }]);
    assert.equal(hotDevices({ points }).length, 1);
  });
});
