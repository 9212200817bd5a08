import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { chosenOf, creditOf, shiftOf } from "../../layouts/assets/live/base_map.mjs";
import { gcj02Of } from "../../layouts/assets/live/gcj02.mjs";
import { degreeText, linesOf, stepOf } from "../../layouts/assets/live/graticule.mjs";
import { wordsOf } from "../../layouts/assets/live/words.mjs";

const near = (found, wanted, tolerance) => found.forEach((value, i) => assert.ok(Math.abs(value - wanted[i]) < tolerance, `${found}`));

describe("GCJ-02", () => {
  it("fits the published vectors", () => { // the same as tests/geodata/test_coordinates.py
    near(gcj02Of(116.404, 39.915), [116.41024449916938, 39.91640428150164], 1e-9);
    near(gcj02Of(119.95, 31.78), [119.9547, 31.777905], 1e-6);
  });
  it("leaves the rest of the world alone", () => assert.deepEqual(gcj02Of(2.35, 48.86), [2.35, 48.86]));
  it("moves tiles by the same metres at each zoom, twice the pixels per level", () => {
    const [x, y] = shiftOf(119.95, 31.78, 15);
    near(shiftOf(119.95, 31.78, 16), [2 * x, 2 * y], 1e-6);
    const metres = Math.hypot(x, y) * (156543.034 * Math.cos((31.78 * Math.PI) / 180)) / 2 ** 15;
    assert.ok(metres > 400 && metres < 600, `${metres} m`);
  });
});

describe("which base map", () => {
  const bases = [{ name: "tdt" }, { name: "inner" }];
  it("is the first wish that there is", () => {
    assert.equal(chosenOf(bases, ["inner", "tdt"]).name, "inner");
    assert.equal(chosenOf(bases, ["gone", "inner"]).name, "inner");
    assert.equal(chosenOf(bases, ["none", "inner"]), null);
  });
  it("is the city's first without a wish, and none in a city without", () => {
    assert.equal(chosenOf(bases, [null, null]).name, "tdt");
    assert.equal(chosenOf([], ["tdt"]), null);
  });
  it("says whose it is, and its approval", () => {
    const words = wordsOf("zh-CN");
    assert.equal(creditOf({ attribution: "© 天地图", approval: "GS(2024)0650号" }, words), "© 天地图 · 审图号 GS(2024)0650号");
    assert.equal(creditOf({ attribution: "© 天地图", approval: "" }, words), "© 天地图");
    assert.equal(creditOf(null, words), "");
  });
});

describe("the graticule", () => {
  it("has about five lines in a view", () => {
    for (const span of [60, 3, 0.4, 0.03]) {
      const n = linesOf(119.7, 119.7 + span, stepOf(span)).length;
      assert.ok(n >= 5 && n <= 16, `${span}°: ${n}`);
    }
  });
  it("stands on round degrees, written with as many digits as they need", () => {
    assert.deepEqual(linesOf(119.71, 119.86, 0.05), [119.75, 119.8, 119.85]);
    assert.equal(degreeText(119.75, "EW", 0.05), "119.75°E");
    assert.equal(degreeText(-31, "NS", 1), "31°S");
  });
});
