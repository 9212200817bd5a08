/* global EventTarget */
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it, mock } from "node:test";
import { SearchBox } from "../../layouts/assets/live/search_box.mjs";

const PAUSE_MS = 200; // more than the box waits between two letters

/** As much of an element as the search field needs. */
class Field extends EventTarget {
  dataset = { words: "搜索" };
  value = "";
  attributes = new Map();

  setAttribute(name, value) {
    this.attributes.set(name, value);
  }

  append(child) {
    this.child = child;
  }
}

let asked;
let field;

/** Somebody types: the value is there before its event. */
function type(value, event = "input") {
  field.value = value;
  field.dispatchEvent(new Event(event));
  mock.timers.tick(PAUSE_MS);
}

beforeEach(() => {
  mock.timers.enable({ apis: ["setTimeout"] });
  asked = [];
  const place = new Field();
  globalThis.MutationObserver = class { observe() {} };
  globalThis.window = { dash_clientside: { set_props: (id, { data }) => asked.push(data.id) } };
  globalThis.document = Object.assign(new EventTarget(), {
    body: null, querySelector: (what) => (what.startsWith("#react") ? {} : null), createElement: () => new Field(), getElementById: (id) => (id === "map-search-box" ? place : null),
  });
  new SearchBox({ words: {} });
  field = place.child;
});

afterEach(() => {
  mock.timers.reset();
  for (const name of ["document", "window", "MutationObserver"]) delete globalThis[name];
});

describe("the search field and an input method", () => {
  it("looks for nothing while a word is half composed, then once for the word", () => {
    type("", "compositionstart");
    for (const half of ["q", "qing", "qing tan"]) type(half);
    assert.deepEqual(asked, []);
    type("清潭");
    type("清潭", "compositionend"); // Chromium tells of the text before the end …
    assert.deepEqual(asked, ["清潭"]);
  });

  it("… and Firefox after it: still once", () => {
    type("", "compositionstart");
    field.value = "清潭";
    field.dispatchEvent(new Event("compositionend"));
    type("清潭");
    assert.deepEqual(asked, ["清潭"]);
  });

  it("letters from before a composition are not looked for with its half", () => {
    field.value = "G";
    field.dispatchEvent(new Event("input"));
    type("G", "compositionstart");
    type("Gj");
    assert.deepEqual(asked, []);
    type("G井", "compositionend");
    assert.deepEqual(asked, ["G井"]);
  });

  it("who types letters is answered after a short pause", () => {
    for (const more of ["G", "GA"]) {
      field.value = more;
      field.dispatchEvent(new Event("input"));
    }
    type("GAS ");
    assert.deepEqual(asked, ["GAS"]);
  });
});
