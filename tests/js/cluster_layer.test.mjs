import assert from "node:assert/strict";
import { afterEach, beforeEach, it } from "node:test";

import { createClusterLayer } from "../../layouts/assets/live/cluster_layer.mjs";

/** What the page knows of its fonts. */
class FakeFonts {
  hearers = new Set();
  addEventListener = (_, hearer) => this.hearers.add(hearer);
  removeEventListener = (_, hearer) => this.hearers.delete(hearer);
  come = () => this.hearers.forEach((hear) => hear());
}

const L = { Renderer: { extend: (methods) => function Layer() { Object.assign(this, methods); } } };

beforeEach(() => {
  const canvas = () => ({ style: {}, append() {}, remove() {}, getContext: () => ({}) });
  globalThis.document = { createElement: canvas, fonts: new FakeFonts() };
  globalThis.cancelAnimationFrame = () => {};
});
afterEach(() => {
  delete globalThis.document;
  delete globalThis.cancelAnimationFrame;
});

it("another font draws the clusters anew as long as their map stands, and no longer", () => {
  const layer = createClusterLayer(L, { pane: "clusters", words: {}, locale: "zh-CN" });
  let placed = 0;
  layer._placed = () => (placed += 1);
  layer._initContainer();
  document.fonts.come();
  layer._destroyContainer();
  document.fonts.come();
  assert.deepEqual([placed, document.fonts.hearers.size], [1, 0]);
});
