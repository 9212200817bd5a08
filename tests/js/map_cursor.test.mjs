import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { figureOf } from "../../layouts/assets/live/focus.mjs";
import { nextOption } from "../../layouts/assets/live/search_box.mjs";
import { inOrder, isArrow, nearest, stepped, towards } from "../../layouts/assets/live/map_cursor.mjs";
import { alertStop, caseStop, stopsIn, workerStop } from "../../layouts/assets/live/stops.mjs";
import { FINDING } from "../../layouts/assets/live/words_finding.mjs";
import { alertOf } from "./fakes.mjs";

const spot = (key, x, y) => ({ key, x, y });
const CROSS = [spot("middle", 0, 0), spot("right", 10, 1), spot("far right", 30, 0), spot("up", 1, -10), spot("down left", -8, 9)];
const [middle] = CROSS;
const key = (one) => one?.key ?? null;

describe("the cursor on the map", () => {
  it("begins with what is nearest to the middle", () => assert.equal(key(nearest({ x: 1, y: 1 }, CROSS)), "middle"));
  it("has no begin where there is nothing", () => assert.equal(nearest({ x: 0, y: 0 }, []), null));
  for (const [arrow, where] of [["ArrowRight", "right"], ["ArrowUp", "up"], ["ArrowDown", "down left"], ["ArrowLeft", "down left"]])
    it(`${arrow} goes to what lies that way`, () => assert.equal(key(towards(middle, CROSS, arrow)), where));
  it("prefers what lies straight ahead", () =>
    assert.equal(key(towards(middle, [middle, spot("aside", 5, 9), spot("ahead", 12, 0)], "ArrowRight")), "ahead"));
  it("stays where nothing lies that way", () => assert.equal(towards(CROSS[2], CROSS, "ArrowRight"), null));
  it("comes back the way it went", () => assert.equal(key(towards(CROSS[1], CROSS, "ArrowLeft")), "middle"));
  it("says the figure that stands in the label of an area", () => {
    globalThis.window = { chengyun: { areaLabels: new Map([["320404001", { text: "12" }], ["320404002", { text: "" }]]) } };
    assert.deepEqual(["320404001", "320404002", "320404003"].map(figureOf), ["12", "", ""]);
    delete globalThis.window;
  });
  it("knows an arrow", () => assert.deepEqual(["ArrowUp", "a", "toString"].map(isArrow), [true, false, false]));
});

const stop = (name, weight, lat, lon = 0) => ({ key: name, weight, lat, lon });

describe("stops", () => {
  const stops = inOrder([stop("case", 500, 2), stop("north", 1000, 3), stop("south", 1000, 1), stop("west", 1000, 1, -1)]);
  it("come the heaviest first, then as one reads", () => assert.deepEqual(stops.map(key), ["north", "west", "south", "case"]));
  it("go round", () => assert.deepEqual([1, -1].map((step) => key(stepped(stops, "case", step))), ["north", "south"]));
  it("begin anew for what is gone", () => assert.deepEqual([1, -1].map((step) => key(stepped(stops, "gone", step))), ["north", "case"]));
  it("are none where there is nothing", () => assert.equal(stepped([], null, 1), null));
  const words = FINDING.zh.map;
  it("say the level in words", () => {
    const red = alertStop(alertOf("A1", 4, "raised", { title: "燃气泄漏" }), words);
    assert.equal(red.words, "红色预警 · 燃气泄漏 · 未确认");
    assert.ok(red.weight > alertStop(alertOf("A2", 4, "acknowledged"), words).weight);
  });
  it("say what is late and who somebody is", () => {
    assert.equal(caseStop({ id: "C", title: "井盖", overdue: true }, words).words, "案件 · 井盖 · 超期");
    assert.deepEqual(workerStop({ id: "W1", name: "周平" }, words).hit, { type: "worker", id: "W1", name: "周平" });
  });
});

describe("single devices", () => {
  const none = { kept: new Map() };
  const points = { count: 3, n: [7, 8, 9], x: [128, 128, 128], y: [128, 128, 128], level: [0, 3, 0], kind: [0, 0, 0], shown: [1, 1, 0] };
  const scene = (far, showing = "points") => ({
    map: { getBounds: () => ({ contains: () => true }), getContainer: () => ({ classList: { contains: () => far } }) },
    alerts: none, cases: none, workers: none, points, showing, config: { kinds: [{ name: "燃气监测" }] }, facts: new Map([[7, { name: "七号井" }]]),
  });
  const stops = (...how) => stopsIn(scene(...how), FINDING.zh.map).map(({ words, hit }) => [words, hit.n]);
  it("are stops near, the worst first, and only what is shown", () =>
    assert.deepEqual(stops(false), [["设备 · 燃气监测 · 橙色预警", 8], ["设备 · 七号井", 7]]));
  it("are none far out, nor under clusters", () => assert.deepEqual([...stops(true), ...stops(false, "clusters")], []));
});

describe("the options of the search", () => {
  for (const [what, now, step, count, next] of [["the first after none", -1, 1, 3, 0], ["the last before none", -1, -1, 3, 2],
    ["round at the end", 2, 1, 3, 0], ["round at the beginning", 0, -1, 3, 2], ["none of none", -1, 1, 0, -1]])
    it(what, () => assert.equal(nextOption(now, step, count), next));
});
