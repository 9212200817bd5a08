import assert from "node:assert/strict";
import { it } from "node:test";

import { countOf, drawnOf, stateOfAll } from "../../layouts/assets/live/layer_tree.mjs";
import { treeMove } from "../../layouts/assets/live/tree_keys.mjs";

const ROWS = [
  { level: 1, open: true, name: "Devices" }, { level: 2, open: false, name: "Safety" }, { level: 2, open: null, name: "Stale" },
  { level: 1, open: null, name: "Cases" },
];

it("the arrows go up and down, Home and End to the ends, and stop there", () => {
  assert.deepEqual(treeMove(ROWS, 0, "ArrowDown"), { focus: 1 });
  assert.deepEqual(treeMove(ROWS, 1, "ArrowUp"), { focus: 0 });
  assert.deepEqual(treeMove(ROWS, 3, "ArrowDown"), { focus: 3 });
  assert.deepEqual(treeMove(ROWS, 0, "ArrowUp"), { focus: 0 });
  assert.deepEqual(treeMove(ROWS, 2, "Home"), { focus: 0 });
  assert.deepEqual(treeMove(ROWS, 0, "End"), { focus: 3 });
});

it("right opens, then goes in; left closes, then goes out", () => {
  assert.deepEqual(treeMove(ROWS, 1, "ArrowRight"), { open: true });
  assert.deepEqual(treeMove(ROWS, 0, "ArrowRight"), { focus: 1 });
  assert.deepEqual(treeMove(ROWS, 3, "ArrowRight"), { focus: 3 });
  assert.deepEqual(treeMove(ROWS, 0, "ArrowLeft"), { open: false });
  assert.deepEqual(treeMove(ROWS, 2, "ArrowLeft"), { focus: 0 });
  assert.deepEqual(treeMove(ROWS, 3, "ArrowLeft"), { focus: 3 });
});

it("space and Enter switch, a letter looks for a name", () => {
  assert.deepEqual(treeMove(ROWS, 0, " "), { turn: true });
  assert.deepEqual(treeMove(ROWS, 0, "Enter"), { turn: true });
  assert.deepEqual(treeMove(ROWS, 0, "s"), { focus: 1 });
  assert.deepEqual(treeMove(ROWS, 1, "s"), { focus: 2 });
  assert.equal(treeMove(ROWS, 0, "x"), null);
  for (const key of ["1", "/", "Tab", "Escape", "constructor"]) assert.equal(treeMove(ROWS, 0, key), null);
  assert.equal(treeMove([], -1, "ArrowDown"), null);
});

it("a row stands as the layers below it do", () => {
  const states = { a: "true", b: "false", c: "mixed" };
  const of = (name) => states[name];
  assert.equal(stateOfAll(["a", "a"], of), "true");
  assert.equal(stateOfAll(["b"], of), "false");
  assert.equal(stateOfAll(["a", "b"], of), "mixed");
  assert.equal(stateOfAll(["c"], of), "mixed");
});

it("of a layer that is on in part, those parts are counted", () => {
  const counts = { devices: 7, "devices:gas": 5, "devices:air": 2, "devices/safety": 5 };
  const states = { devices: "mixed", "devices:gas": "true", "devices:air": "false" };
  assert.equal(drawnOf(counts, "devices", (name) => states[name]), 5);
  assert.equal(drawnOf(counts, "devices", () => "true"), 7);
});

it("who is silent is counted among the devices that are drawn", () => {
  const counts = { devices: 9, offline: 3, "offline:gas": 2, "offline:air": 1, unheard: 1, "unheard:air": 1 };
  const states = { devices: "mixed", "devices:gas": "true", "devices:air": "false" };
  assert.deepEqual(["offline", "unheard"].map((name) => drawnOf(counts, name, (one) => states[one])), [2, 0]);
  assert.deepEqual(["offline", "unheard"].map((name) => drawnOf(counts, name, () => "true")), [3, 1]);
});

it("a count of none is told where its sort is counted, else nothing is said", () => {
  const counts = { devices: 5, "devices:gas": 5, alerts: 0 };
  assert.equal(countOf(counts, "devices:gas"), 5);
  assert.equal(countOf(counts, "devices:air"), 0);
  assert.equal(countOf(counts, "alerts/4"), 0);
  assert.equal(countOf(counts, "cameras"), undefined);
  assert.equal(countOf(counts, "resources:team"), undefined);
});
