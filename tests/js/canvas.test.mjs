import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { partOf } from "../../layouts/assets/live/canvas.mjs";
import { ClusterTable } from "../../layouts/assets/live/clusters.mjs";
import { PointTable, worldOf } from "../../layouts/assets/live/points.mjs";

const SIZE = { x: 1300, y: 1290 };
const KINDS = [{ code: "gas", domain: "safety", period_s: 30 }];

describe("partOf", () => {
  test("everything without an extent", () => {
    assert.deepEqual(partOf(null, 2, { x: 10, y: 10 }, SIZE), { left: 0, top: 0, width: 1300, height: 1290 });
  });

  test("only what is drawn, with a margin, in steps", () => {
    const part = partOf([100, 100, 200, 150], 4, { x: 200, y: 100 }, SIZE);
    assert.deepEqual(part, { left: 128, top: 256, width: 640 - 128, height: 576 - 256 });
  });

  test("a small move asks for the same part", () => {
    const at = (shift) => partOf([100 + shift, 100, 200 + shift, 150], 4, { x: 200, y: 100 }, SIZE);
    assert.deepEqual(at(0.5), at(0));
  });

  test("never out of the view, never empty", () => {
    assert.deepEqual(partOf([-1e6, -1e6, 1e6, 1e6], 1, { x: 0, y: 0 }, SIZE), { left: 0, top: 0, width: 1300, height: 1290 });
    const away = partOf([5000, 5000, 6000, 6000], 1, { x: 0, y: 0 }, SIZE);
    assert.equal(away.left + away.top, 1300 + 1290);
    assert.deepEqual([away.width, away.height], [1, 1]);
  });
});

describe("extents", () => {
  test("of devices: grows with those that come and move", () => {
    const table = new PointTable(KINDS);
    assert.deepEqual(table.extent(), [0, 0, 0, 0]);
    table.enter([[1, 119.9, 31.8, 1, 1, 0, 0, 0, 1, 0], [2, 120, 31.7, 1, 1, 0, 0, 0, 1, 0]], 10);
    assert.deepEqual(table.extent(), [...worldOf(119.9, 31.8), ...worldOf(120, 31.7)]);
    table.applyReadings([[2, 5, 1, 0, 120.1, 31.7]], 10);
    assert.deepEqual(table.extent().slice(2), worldOf(120.1, 31.7));
    table.load(new ArrayBuffer(0));
    assert.deepEqual(table.extent(), [0, 0, 0, 0]);
  });

  test("of clusters: whole cells", () => {
    const table = new ClusterTable();
    assert.deepEqual(table.extent(), [0, 0, 0, 0]);
    table.load({ level: 6, rows: [[3, 4, 0, 0, 1, 0, 0, 0, 0, 0], [5, 4, 0, 0, 1, 0, 0, 0, 0, 0]] });
    assert.deepEqual(table.extent(), [3, 4, 6, 5]);
  });
});
