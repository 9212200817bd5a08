import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { chosen, spoken } from "../../layouts/assets/live/cluster_keys.mjs";
import { ClusterTable, placeOf, radiusOf, ringOf, shortCount, worstOf } from "../../layouts/assets/live/clusters.mjs";
import { wordsOf } from "../../layouts/assets/live/words.mjs";

const clusterOf = (counts, offline = 0) => ({ x: 3, y: 5, lon: 119.9, lat: 31.8, counts, offline, size: counts.reduce((a, b) => a + b, 0) });
const TURN = Math.PI * 2;

describe("table", () => {
  const table = () => {
    const one = new ClusterTable();
    one.load({ level: 12, rows: [[3, 5, 119.9, 31.8, 7, 0, 0, 0, 1, 2], [4, 5, 119.95, 31.8, 2, 0, 0, 0, 0, 0]] });
    return one;
  };

  it("reads rows", () => {
    assert.deepEqual(table().cells.get("3,5"), { x: 3, y: 5, lon: 119.9, lat: 31.8, counts: [7, 0, 0, 0, 1], offline: 2, size: 8 });
    assert.equal(table().size, 10);
  });

  it("takes cells as they are now: newer ones replace, empty ones go, new ones come", () => {
    const one = table();
    one.apply([[3, 5, 0, 0, 0, 0, 0, 0, 0, 0], [4, 5, 119.95, 31.8, 1, 1, 0, 0, 0, 0], [9, 9, 120, 31, 1, 0, 0, 0, 0, 0]]);
    assert.deepEqual([...one.cells.keys()], ["4,5", "9,9"]);
    assert.deepEqual(one.cells.get("4,5").counts, [1, 1, 0, 0, 0]);
  });

  it("forgets the level before", () => {
    const one = table();
    one.load({ level: 13, rows: [] });
    assert.deepEqual([one.level, one.size], [13, 0]);
  });
});

it("the worst level inside is its own", () => {
  assert.deepEqual([[9, 0, 0, 0, 0], [9, 1, 0, 0, 0], [9, 1, 0, 2, 0], [0, 0, 0, 0, 1]].map((counts) => worstOf(clusterOf(counts))), [0, 1, 3, 4]);
});

describe("ring", () => {
  it("goes once around, worst first", () => {
    const ring = ringOf(clusterOf([50, 0, 25, 0, 25]));
    assert.deepEqual(ring.map(({ level }) => level), [4, 2, 0]);
    assert.ok(Math.abs(ring.at(-1).to - ring[0].from - TURN) < 1e-9);
    assert.ok(ring.every((part, i) => i === 0 || part.from === ring[i - 1].to));
  });

  it("is alike for clusters that look alike: then one picture serves them", () => {
    assert.deepEqual(ringOf(clusterOf([1700, 3, 2, 1, 7])), ringOf(clusterOf([1701, 2, 2, 1, 6])));
  });

  it("shows one red among a thousand", () => {
    const [red] = ringOf(clusterOf([999, 0, 0, 0, 1]));
    assert.ok((red.to - red.from) / TURN > 0.06);
  });

  it("shows who is offline, those with an alert by their alert", () => {
    assert.deepEqual(ringOf(clusterOf([10, 0, 0, 0, 0], 4)).map(({ level }) => level), [5, 0]);
    assert.deepEqual(ringOf(clusterOf([0, 0, 0, 0, 3], 3)).map(({ level }) => level), [4]);
    assert.deepEqual(ringOf(clusterOf([5, 0, 0, 0, 0], 5)).map(({ level }) => level), [5]);
  });
});

describe("for the keyboard", () => {
  const drawn = [[1, 0, 0, 0, 0], [90, 0, 0, 0, 0], [20, 1, 0, 0, 0], [5, 0, 0, 0, 1], [300, 0, 0, 0, 0]].map((counts) => ({ cluster: clusterOf(counts) }));
  it("the worst come first, then the largest, and no single one", () => {
    assert.deepEqual(chosen(drawn).map(({ cluster }) => cluster.size), [6, 21, 300, 90]);
    assert.equal(chosen(Array.from({ length: 40 }, () => drawn[1])).length, 12);
  });

  it("each is called by what it holds", () => {
    assert.equal(spoken(clusterOf([5, 0, 2, 0, 1], 3), wordsOf("zh-CN")), "8 台设备、红 1、黄 2、离线 3");
  });
});

describe("on the screen", () => {
  it("is larger with more", () => {
    const sizes = [1, 2, 12, 120, 1200, 12_000].map(radiusOf);
    assert.deepEqual([...sizes].sort((a, b) => a - b), sizes);
    assert.equal(new Set(sizes).size, sizes.length);
  });

  it("stays whole inside its cell, so that no two overlap", () => {
    const scale = 2 ** 12;
    const width = 64;
    for (const middle of [[3 * 64 / 4096, 5 * 64 / 4096], [4 * 64 / 4096 - 1e-9, 5.5 * 64 / 4096]]) {
      const [x, y] = placeOf(clusterOf([2, 0, 0, 0, 0]), 12, middle, scale, 20);
      assert.ok(x - 20 >= 3 * width - 1e-6 && x + 20 <= 4 * width + 1e-6);
      assert.ok(y - 20 >= 5 * width - 1e-6 && y + 20 <= 6 * width + 1e-6);
    }
    assert.equal(placeOf(clusterOf([2, 0, 0, 0, 0]), 12, [0, 0], scale, 40)[0], 3.5 * width);
  });

  for (const [n, zh, en] of [[7, "7", "7"], [999, "999", "999"], [1234, "1,234", "1,234"], [12_345, "1.2万", "12k"]])
    it(`says ${n} shortly`, () => assert.deepEqual([shortCount(n, "zh-CN"), shortCount(n, "en")], [zh, en]));
});
