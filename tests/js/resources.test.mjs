import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";

import { holds, roomy } from "../../layouts/assets/live/resource_layer.mjs";
import { LAYER_OF, glyph, nameOf, resourceMarks, short, whatOf } from "../../layouts/assets/live/resource_marks.mjs";
import { spotOf, thingOf } from "../../layouts/assets/live/things.mjs";
import { overAll } from "../../layouts/assets/live/picking.mjs";
import { wordsOf } from "../../layouts/assets/live/words.mjs";

const words = wordsOf("zh-CN");
const at = (properties) => ({ properties, geometry: { coordinates: [119.9, 31.8] } });
const TEAM = at({ id: "t1", sort: "team", name: "一队", what: "消防", level: 0, state: "ready" });
const CELL = at({ count: 1200, sorts: { camera: 900, hazard: 300 }, level: 4, box: [119.8, 31.7, 120, 31.9] });

describe("marks of resources", () => {
  it("have the shape of their sort and the tone of their level", () => {
    const hazard = at({ id: "h1", sort: "hazard", name: "站", what: "危化", level: 4, state: "ready" });
    const [mark] = resourceMarks([hazard], null);
    assert.equal(mark.classes, "resource-mark sort-hazard tone-red");
    assert.equal(mark.html, `<i>${glyph("hazard")}</i>`);
    assert.deepEqual([mark.lon, mark.lat], [119.9, 31.8]);
  });
  it("are six different shapes", () => assert.equal(new Set([...LAYER_OF.keys()].map(glyph)).size, 6));
  it("are the sorts of the domain", () => {
    const python = readFileSync(new URL("../../app/domain/resources.py", import.meta.url), "utf8");
    const sorts = [...python.matchAll(/^ {4}[A-Z]+ = "(team|supply|shelter|hazard|protected|camera)"/gm)].map((m) => m[1]);
    assert.deepEqual([...LAYER_OF.keys()].sort(), sorts.sort());
  });
  it("say what is out of use and what is chosen", () => {
    const out = at({ ...TEAM.properties, state: "out" });
    assert.match(resourceMarks([out], "t1")[0].classes, /out selected$/);
  });
  it("of many are a number with the shape of most of them", () => {
    const [mark] = resourceMarks([CELL], null);
    assert.match(mark.classes, /resource-cell sort-camera/);
    assert.match(mark.html, /<b>1.2k<\/b>/);
  });
  it("have one id each", () => {
    const other = at({ ...CELL.properties, box: [118, 31, 119, 32] });
    assert.equal(new Set(resourceMarks([TEAM, CELL, other], null).map(({ id }) => id)).size, 3);
  });
  it("write numbers in four characters", () => {
    assert.deepEqual([7, 999, 1000, 9949, 12_345].map(short), ["7", "999", "1.0k", "9.9k", "12k"]);
  });
});

describe("the words beside the mouse", () => {
  it("are name, sort and kind", () => {
    assert.equal(nameOf(TEAM.properties, words), "一队");
    assert.equal(whatOf(TEAM.properties, words), "救援队伍 · 消防");
  });
  it("of a number are how many of what", () => {
    assert.equal(nameOf(CELL.properties, words), "摄像头 900 · 风险隐患 300");
    assert.equal(whatOf(CELL.properties, words), "");
  });
});

describe("what was fetched", () => {
  const found = { box: [119, 31, 120, 32], sorts: "team", cells: false };
  it("answers for every viewport inside it", () => {
    assert.ok(holds(found, [119.1, 31.1, 119.2, 31.2], "team"));
    assert.ok(!holds(found, [118.9, 31.1, 119.2, 31.2], "team"));
    assert.ok(!holds(found, [119.1, 31.1, 119.2, 31.2], "team,camera"));
    assert.ok(!holds(null, [119.1, 31.1, 119.2, 31.2], "team"));
    assert.ok(!holds({ ...found, box: null }, [119.1, 31.1, 119.2, 31.2], "team"));
  });
  it("as numbers answers only for a viewport as large", () => {
    const view = [119.15, 31.15, 119.85, 31.85];
    const numbers = { box: roomy(view, 0.15), sorts: "team", cells: true };
    assert.ok(holds(numbers, view, "team"));
    assert.ok(!holds(numbers, [119.4, 31.4, 119.6, 31.6], "team"));
  });
});

describe("the card on the page", () => {
  it("says what it is about and where", () => {
    assert.deepEqual(thingOf({ thing: "worker:W001", place: "119.9,31.8", track: "1" }), { type: "worker", id: "W001", lon: 119.9, lat: 31.8, track: true });
    assert.equal(thingOf({ thing: "resource:a:b", place: "" }).id, "a:b");
    assert.ok(Number.isNaN(thingOf({ thing: "resource:a", place: "" }).lon));
  });
  it("is none when nothing is open", () => {
    for (const data of [undefined, {}, { thing: "" }, { thing: "worker:" }]) assert.equal(thingOf(data), null);
  });
  it("and the list say how far they reach", () => {
    assert.deepEqual(spotOf("119.9,31.8,3000,"), { lon: 119.9, lat: 31.8, within: 3000 });
    for (const text of ["", null, "119.9,31.8", "a,b,c"]) assert.equal(spotOf(text), null);
  });
});

describe("a click", () => {
  const open = () => {};
  it("on a number over devices is the number's", () => {
    assert.equal(overAll([{ type: "device", n: 1 }, { type: "resource", id: "cell", open }]).id, "cell");
  });
  it("on an alert over a number is the alert's", () => {
    assert.equal(overAll([{ type: "resource", id: "cell", open }, { type: "alert", id: "a" }]), null);
    assert.equal(overAll([{ type: "device", n: 1 }]) ?? null, null);
    assert.equal(overAll([]) ?? null, null);
  });
});
