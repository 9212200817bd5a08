import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { PointTable, inRanges, lonLatOf, worldOf } from "../../layouts/assets/live/points.mjs";
import { KINDS, packed } from "./fakes.mjs";

const NOW = 1_795_000_000;
const VIEW = { grids: null, tab: "all", kinds: null, layers: ["devices"] };

function table(rows) {
  const points = new PointTable(KINDS);
  points.load(packed(rows));
  points.refreshStale(NOW);
  return points;
}

const one = (more = {}) => table([{ n: 7, lon: 119.95, lat: 31.78, at: NOW - 5, value: 3.5, kind: 0, ...more }]);

describe("decoding", () => {
  it("reads every field of a record", () => {
    const points = table([{ n: 0, lon: 1, lat: 2 }, { n: 70_000, lon: -119.9512345, lat: 31.7812345, at: NOW, value: 3.25, area: 12, kind: 1, quality: 2, presence: 1, level: 4 }]);
    const i = points.indexOf(70_000);
    const row = ["at", "value", "area", "kind", "quality", "presence", "level"].map((field) => points[field][i]);
    assert.deepEqual(row, [NOW, 3.25, 12, 1, 2, 1, 4]);
    const [lon, lat] = points.placeOf(70_000);
    assert.ok(Math.abs(lon + 119.9512345) < 1e-9 && Math.abs(lat - 31.7812345) < 1e-9);
  });

  it("takes an empty city and refuses half a record", () => {
    assert.equal(table([]).count, 0);
    assert.throws(() => new PointTable(KINDS).load(new ArrayBuffer(30)), RangeError);
  });

  it("does not know a device that is not there", () => {
    assert.equal(one().indexOf(8), -1);
    assert.equal(one().placeOf(8), null);
  });

  it("projects as Leaflet does: the world is 256 px wide at zoom 0", () => {
    assert.deepEqual(worldOf(0, 0).map(Math.round), [128, 128]);
    assert.deepEqual(worldOf(180, 85.0511287798).map(Math.round), [256, 0]);
    assert.ok(Math.abs(lonLatOf(...worldOf(119.95, 31.78))[1] - 31.78) < 1e-9);
  });
});

describe("readings", () => {
  it("replaces the value and asks for the dot", () => {
    const points = one();
    assert.deepEqual(points.applyReadings([[7, NOW, 9.5, 1]], NOW), { dirty: [0], moved: [] });
    assert.deepEqual([points.at[0], points.value[0], points.quality[0]], [NOW, 9.5, 1]);
  });

  it("never lets an older reading overwrite", () => {
    const points = one();
    assert.deepEqual(points.applyReadings([[7, NOW - 100, 9.5, 0]], NOW).dirty, []);
    assert.equal(points.value[0], 3.5);
  });

  it("leaves out devices it does not know and says which moved", () => {
    const points = one();
    assert.deepEqual(points.applyReadings([[99, NOW, 1, 0], [7, NOW, 1, 0, 120, 32]], NOW), { dirty: [0], moved: [0] });
    assert.ok(Math.abs(points.placeOf(7)[0] - 120) < 1e-9);
    assert.deepEqual(points.applyReadings([[7, NOW, 1, 0, 120, 32]], NOW).moved, []);
  });

  it("takes a reading without its primary metric", () => {
    const points = one();
    points.applyReadings([[7, NOW, null, 0]], NOW);
    assert.ok(Number.isNaN(points.value[0]));
  });
});

describe("coming and going", () => {
  const rowOf = (n) => [n, 120, 32, NOW, 4.5, 3, 1, 0, 1, 2];

  it("a device comes into view with all that is known of it", () => {
    const points = one();
    assert.deepEqual(points.enter([rowOf(9)], NOW), [1]);
    assert.deepEqual([points.count, points.indexOf(9), points.level[1], points.value[1], points.stale[1]], [2, 1, 2, 4.5, 0]);
    assert.deepEqual(points.applyReadings([[9, NOW + 1, 5, 0]], NOW).dirty, [1]);
  });

  it("a thousand may come, and one that is here is told anew", () => {
    const points = one();
    points.enter(Array.from({ length: 1000 }, (_, i) => rowOf(100 + i)), NOW);
    points.enter([rowOf(7)], NOW);
    assert.deepEqual([points.count, points.indexOf(1099), points.level[0]], [1001, 1000, 2]);
  });

  it("one that leaves is not seen any more, and may come back", () => {
    const points = one();
    assert.deepEqual(points.leave([7, 99]), [0]);
    assert.deepEqual([points.shown[0], points.indexOf(7)], [0, -1]);
    points.filter(VIEW);
    assert.equal(points.shown[0], 0);
    assert.deepEqual(points.enter([rowOf(7)], NOW), [0]);
  });

  it("a year of coming and going takes no more room than one day", () => {
    const points = one();
    for (let n = 100; n < 5_000; n++) {
      points.enter([rowOf(n)], NOW);
      points.leave([n]);
    }
    assert.deepEqual([points.count, points.index.size], [2, 1]);
  });
});

describe("stale", () => {
  for (const [what, more, stale] of [
    ["fresh", {}, 0],
    ["silent for exactly three periods", { at: NOW - 90 }, 0],
    ["silent for longer", { at: NOW - 91 }, 1],
    ["a slower kind has longer", { at: NOW - 91, kind: 1 }, 0],
    ["said to be offline", { presence: 2 }, 1],
    ["not heard yet", { at: 0, presence: 0 }, 0],
    ["born, and not heard yet", { at: 0, presence: 1 }, 0],
    ["not heard until somebody missed it", { at: 0, presence: 2 }, 1],
    ["of a kind we do not know: one minute", { at: NOW - 170, kind: 99 }, 0],
  ]) it(`${what}: ${stale}`, () => assert.equal(one(more).stale[0], stale));

  it("is not what nobody has heard yet: that has a state of its own", () => {
    const points = one({ at: 0, presence: 0 });
    assert.ok(points.isUnheard(0));
    points.applyStates([[7, 2, 1]], NOW);
    assert.deepEqual([points.isUnheard(0), points.stale[0]], [false, 1]);
    points.applyReadings([[7, NOW, 1, 0]], NOW);
    assert.ok(!points.isUnheard(0));
  });

  it("ends with a new reading, and comes with the watch role's word", () => {
    const points = one({ at: NOW - 500 });
    points.applyReadings([[7, NOW, 1, 0]], NOW);
    assert.equal(points.stale[0], 0);
    assert.deepEqual(points.applyStates([[7, 2, 3], [99, 1, 1]], NOW), [0]);
    assert.deepEqual([points.stale[0], points.level[0]], [1, 3]);
  });
});

describe("filter", () => {
  const rows = [{ n: 1, lon: 1, lat: 1, kind: 0, area: 3 }, { n: 2, lon: 1, lat: 1, kind: 1, area: 9 }, { n: 3, lon: 1, lat: 1, kind: 1 }];
  for (const [what, view, shown] of [
    ["everything", {}, [1, 1, 1]],
    ["a tab", { tab: "governance" }, [0, 1, 1]],
    ["some grids", { grids: [[0, 3], [5, 5]] }, [1, 0, 0]],
    ["an area without grids", { grids: [] }, [0, 0, 0]],
    ["some kinds", { kinds: ["gas"] }, [1, 0, 0]],
    ["devices switched off", { layers: [] }, [0, 0, 0]],
  ]) it(what, () => {
    const points = table(rows);
    points.filter({ ...VIEW, ...view });
    assert.deepEqual([...points.shown], shown);
  });

  it("holds for points that come later", () => {
    const points = table(rows);
    points.filter({ ...VIEW, tab: "safety" });
    points.load(packed(rows));
    assert.deepEqual([...points.shown], [1, 0, 0]);
  });

  it("knows inclusive ranges", () => {
    assert.deepEqual([inRanges(null, 5), inRanges([[5, 5]], 5), inRanges([[0, 4]], 5)], [true, true, false]);
  });
});
