import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";

import { act, setStore } from "../../layouts/assets/live/stores.mjs";

/** Dash's renderer as stores.mjs meets it: each input that is set becomes one more entry of the undo history. */
function fakeDash() {
  const state = { history: { past: [], present: null, future: [] } };
  const told = [];
  const set_props = (id, props) => {
    told.push([id, props]);
    state.history = { past: [...state.history.past, { id, props }], present: null, future: [] };
  };
  return { told, state, window: { dash_clientside: { set_props }, dash_stores: [{ getState: () => state }] } };
}

describe("stores", () => {
  let dash;
  beforeEach(() => {
    dash = fakeDash();
    globalThis.window = dash.window;
    globalThis.document = { querySelector: (what) => (what === "._dash-loading" ? null : {}) };
  });
  afterEach(() => {
    delete globalThis.window;
    delete globalThis.document;
  });

  it("are set through Dash", () => {
    setStore("pulse", 7);
    act("area", "320404");
    assert.deepEqual(dash.told[0], ["pulse", { data: 7 }]);
    assert.deepEqual([dash.told[1][0], dash.told[1][1].data.id], ["act-area", "320404"]);
  });

  it("leave one entry for Dash to revert to, however long a wall runs", () => {
    for (let k = 0; k < 100; k++) setStore("pulse", k);
    assert.deepEqual(dash.state.history.past, [{ id: "pulse", props: { data: 99 } }]);
  });

  it("need no history", () => {
    delete window.dash_stores;
    setStore("pulse", 1);
    assert.equal(dash.told.length, 1);
  });
});
