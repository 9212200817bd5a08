import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { areaOf, areaText, growing, isDone, isWhole, length, lengthText, metres, ringArea, shapeOf, textOf } from "../../layouts/assets/live/shapes.mjs";

const near = (found, wanted, share) => assert.ok(Math.abs(found / wanted - 1) < share, `${found} is not about ${wanted}`);

describe("measuring", () => {
  it("knows a degree of latitude and of longitude", () => {
    near(metres([120, 31], [120, 32]), 110_881, 0.004); // WGS-84: 110,881 m at 31.5°
    near(metres([120, 31.78], [121, 31.78]), 94_700, 0.004);
    assert.equal(metres([120, 31], [120, 31]), 0);
  });
  it("adds up a line", () => near(length([[120, 31], [120, 32], [120, 31]]), 2 * 110_881, 0.004));
  it("knows the area of a ring, however it runs", () => {
    const ring = [[119.95, 31.78], [119.96, 31.78], [119.96, 31.79], [119.95, 31.79]];
    near(ringArea(ring), 947 * 1108.8, 0.005);
    near(ringArea([...ring].reverse()), ringArea(ring), 1e-9);
    near(areaOf({ type: "circle", points: [[120, 31]], radius: 100 }), Math.PI * 1e4, 1e-9);
    assert.equal(areaOf({ type: "line", points: ring }), 0);
  });
  it("says lengths and areas as people do", () => {
    assert.deepEqual([820, 3400, 12_345].map(lengthText), ["820 m", "3.40 km", "12.3 km"]);
    assert.deepEqual([950, 25_000, 3_400_000].map(areaText), ["950 m²", "0.025 km²", "3.400 km²"]);
  });
});

describe("drawing", () => {
  it("a circle and a box end with their second point", () => {
    assert.equal(growing("circle", [], [120, 31]), null);
    const circle = growing("circle", [[120, 31]], [120, 31.01]);
    near(circle.radius, 1109, 0.01);
    assert.deepEqual(growing("box", [[1, 2]], [3, 4]).points, [[1, 2], [3, 2], [3, 4], [1, 4]]);
    assert.ok(isDone("circle", [[0, 0], [1, 1]]) && !isDone("ring", [[0, 0], [1, 1], [2, 2]]));
  });
  it("a ring needs three points, a line two", () => {
    assert.ok(!isWhole("ring", [[0, 0], [1, 1]]) && isWhole("ring", [[0, 0], [1, 1], [2, 0]]) && isWhole("line", [[0, 0], [1, 1]]));
    assert.equal(growing("area", [[0, 0], [1, 1]], [2, 0]).type, "ring");
  });
});

describe("the text of a shape", () => {
  it("comes back as it was", () => {
    const circle = { type: "circle", points: [[119.95, 31.78]], radius: 500 };
    const ring = { type: "ring", points: [[119.9, 31.7], [119.95, 31.7], [119.95, 31.75]] };
    for (const shape of [circle, ring]) assert.deepEqual(shapeOf(textOf(shape)), shape);
    assert.equal(textOf(circle), "circle:119.95,31.78,500");
  });
  it("that is none is nothing", () => {
    for (const text of [null, "", "circle:1,2", "circle:a,b,c", "ring:1,2;3,4", "ring:1,2;3,4;5", "line:1,2;3,4"]) assert.equal(shapeOf(text), null, text);
  });
});
