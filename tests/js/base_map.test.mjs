import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { enlarged, optionsOf, shiftOf, stepOfScale } from "../../layouts/assets/live/base_layers.mjs";
import { chosenOf, creditOf, sightOf } from "../../layouts/assets/live/base_map.mjs";
import { FIRST_MS, MOST_MS, Supply, TRIALS } from "../../layouts/assets/live/base_supply.mjs";
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

/** The part of protomaps-leaflet's layer that knows which tile is drawn. */
class FakeVector {
  drawn = [];
  renderTile({ x, y, z }, element, key) {
    this.drawn.push([x, y, z, element, key]);
  }

  rerenderTile(key) {
    const [x, y, z] = key.split(":").map(Number);
    this.renderTile(at(x, y, z), "again", key);
  }
}
const at = (x, y, z) => ({ x, y, z, clone: () => ({ x, y }) }); // Leaflet's points forget what is no part of them

describe("vector tiles on a 4K wall", () => {
  it("are those of a zoom farther out, also when a name reaches into the next one", () => {
    const layer = enlarged(new FakeVector(), 1);
    layer.renderTile(at(6, 3, 14), "tile", "6:3:14");
    layer.rerenderTile("6:3:13"); // as the library names what it has drawn
    assert.deepEqual(layer.drawn, [[6, 3, 13, "tile", "6:3:14"], [6, 3, 13, "again", "6:3:14"]]);
  });
  it("and as they are at 1080p", () => {
    const layer = enlarged(new FakeVector(), 0);
    layer.renderTile(at(6, 3, 14), "tile", "6:3:14");
    assert.deepEqual(layer.drawn, [[6, 3, 14, "tile", "6:3:14"]]);
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

describe("what is seen of a base map", () => {
  const words = wordsOf("zh-CN");
  const base = { min_zoom: 9 };
  const sight = (...given) => sightOf(...given, words);
  it("is all of it while its tiles come", () => assert.deepEqual(sight(base, ["well", "well"], 12), { seen: true, note: "" }));
  it("is none without a base, and nothing is said", () => assert.deepEqual(sight(null, [], 12), { seen: false, note: "" }));
  it("is none farther out than its tiles reach, and it is said", () => {
    assert.deepEqual(sight(base, [], 8.4), { seen: false, note: words.base.nearer });
    assert.equal(sight(base, [], 8.5).seen, true);
  });
  it("is none when no layer comes; with one of two lost the other is seen, and it is said", () => {
    assert.deepEqual(sight(base, ["lost"], 12), { seen: false, note: words.base.lost });
    assert.deepEqual(sight(base, ["well", "lost"], 12), { seen: true, note: words.base.lost });
    assert.deepEqual(sight(base, ["slow", "well"], 12), { seen: true, note: words.base.slow });
  });
});

describe("tiles on a 4K wall", () => {
  const base = { urls: ["http://x/{z}/{x}/{-y}"], min_zoom: 3, max_zoom: 18 };
  it("are drawn twice as large, one zoom farther out, and so are their limits", () => {
    const { tileSize, zoomOffset, minZoom, maxNativeZoom, tms } = optionsOf(base, stepOfScale(2));
    assert.deepEqual({ tileSize, zoomOffset, minZoom, maxNativeZoom, tms }, { tileSize: 512, zoomOffset: -1, minZoom: 4, maxNativeZoom: 19, tms: true });
  });
  it("are as they are elsewhere", () => assert.equal(optionsOf(base, stepOfScale(1.33)).tileSize, 256));
});

describe("a tile server", () => {
  const view = (supply, came, missed) => {
    let asked = 0;
    for (let n = 0; n < came + missed; n++) if (supply.ask()) (supply.tile(n < came), asked++);
    return [asked, supply.settle()];
  };
  it("is asked for everything while anything comes", () => {
    const supply = new Supply();
    assert.deepEqual(view(supply, 1, 39), [40, "well"]);
    assert.deepEqual(view(supply, 0, 0), [0, "well"]); // a view that was left before anything was answered
    assert.equal(supply.ask(), true);
  });
  it("that gives nothing is asked for two tiles now and then, ever more rarely", () => {
    const supply = new Supply();
    assert.deepEqual(view(supply, 0, 40), [40, "lost"]);
    assert.equal(supply.pause, FIRST_MS);
    assert.deepEqual(view(supply, 0, 40), [0, "lost"]); // moved meanwhile
    assert.equal(supply.pause, FIRST_MS);
    for (let n = 0; n < 5; n++) {
      supply.retry();
      assert.deepEqual(view(supply, 0, 40), [TRIALS, "lost"]);
    }
    assert.equal(supply.pause, MOST_MS);
  });
  it("that gives again is asked for everything again", () => {
    const supply = new Supply();
    view(supply, 0, 40);
    supply.retry();
    assert.deepEqual(view(supply, 2, 38), [TRIALS, "again"]);
    assert.deepEqual(view(supply, 40, 0), [40, "well"]);
    view(supply, 0, 40);
    assert.equal(supply.pause, FIRST_MS);
  });
  it("that takes questions and answers none is held for one that gives nothing", () => {
    const supply = new Supply();
    for (let n = 0; n < 40; n++) supply.ask();
    supply.giveUp();
    assert.deepEqual(view(supply, 0, 40), [0, "lost"]);
    assert.equal(supply.pause, FIRST_MS);
    supply.retry();
    assert.deepEqual(view(supply, 2, 0), [TRIALS, "again"]);
  });
  it("is tried again after a trial that was broken off", () => {
    const supply = new Supply();
    view(supply, 0, 40);
    supply.retry();
    supply.ask();
    assert.equal(supply.settle(), "lost");
    supply.retry();
    assert.deepEqual(view(supply, 2, 0), [TRIALS, "again"]);
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
