import assert from "node:assert/strict";
import { it } from "node:test";

import { hiddenLayers, shownLayers, switchLayer } from "../../layouts/assets/live/layers.mjs";

/** What a browser keeps. @returns {any} */
function store(kept = {}) {
  return { getItem: (key) => kept[key] ?? null, setItem: (key, value) => (kept[key] = value) };
}

const VIEW = { area: "320404", layers: ["devices", "cases", "workers"] };

it("everything is shown at first", () => assert.deepEqual(shownLayers(VIEW, store()), VIEW));

it("a layer that is switched off stays off until it is switched on again", () => {
  const kept = store();
  switchLayer("workers", kept);
  assert.deepEqual(hiddenLayers(kept), ["workers"]);
  assert.deepEqual(shownLayers(VIEW, kept).layers, ["devices", "cases"]);
  switchLayer("workers", kept);
  assert.deepEqual(hiddenLayers(kept), []);
});

it("an unknown layer and nonsense in the store change nothing", () => {
  const kept = store({ "chengyun.hidden-layers": "alerts x cases" });
  switchLayer("alerts", kept);
  assert.deepEqual(hiddenLayers(kept), ["cases"]);
});
