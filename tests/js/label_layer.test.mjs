import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";

import { LabelLayer } from "../../layouts/assets/live/label_layer.mjs";

const PANELS = [{}, {}, {}];
let observers = [];

class FakeObserver {
  seen = new Set();
  constructor() {
    observers.push(this);
  }

  observe(panel) {
    this.seen.add(panel);
  }

  disconnect() {
    this.seen.clear();
  }
}

const map = () => ({ getPane: () => ({ style: {} }), on() {} });

describe("labels of the map", () => {
  beforeEach(() => {
    observers = [];
    globalThis.window = { ResizeObserver: FakeObserver };
    globalThis.requestAnimationFrame = () => 0;
    globalThis.document = { addEventListener() {}, querySelectorAll: () => PANELS, createElement: () => ({ getContext: () => ({}) }) };
  });

  it("of however many maps one after the other, one watches the panels", () => {
    const labels = new LabelLayer({});
    for (let n = 0; n < 3; n++) labels.onMap({ map: map() });
    assert.deepEqual(observers.map(({ seen }) => seen.size), [0, 0, 3]);
  });
});
