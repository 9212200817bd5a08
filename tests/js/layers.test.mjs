import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { Layers, PLAIN, shownLayers } from "../../layouts/assets/live/layers.mjs";

const BOOK = {
  groups: {
    devices: ["gas", "rain", "river"], cases: ["handling", "returned"], alerts: [], workers: [], tracks: [],
    resources: ["team", "shelter"], heat: ["cases", "alerts"],
  },
  presets: {
    daily: ["devices", "cases", "alerts", "workers"],
    flood: ["devices:rain", "devices:river", "cases", "alerts", "resources"],
  },
  start: "daily",
};
const VIEW = { area: "320404", tab: "all", layers: ["devices", "cases", "workers"], kinds: null };

const read = (words) => new Layers(BOOK, words);

describe("what is on", () => {
  it("begins with the preset of the role", () => {
    const found = read(null);
    assert.equal(found.now(), "daily");
    for (const name of ["devices", "devices:gas", "cases:returned", "alerts", "workers"]) assert.ok(found.isOn(name), name);
    for (const name of ["tracks", "heat", "heat:cases", "resources:team"]) assert.ok(!found.isOn(name), name);
  });

  it("a parent off means that its children are off", () => {
    const found = read(null);
    found.turn("devices", false);
    assert.ok(!found.isOn("devices:gas"));
    found.turn("devices");
    assert.ok(found.isOn("devices:gas"));
  });

  it("a parent of which some children are on is mixed, and a turn of it turns all on", () => {
    const found = read("daily,-devices:gas");
    assert.equal(found.state("devices"), "mixed");
    assert.ok(found.isOn("devices") && !found.isOn("devices:gas"));
    found.turn("devices");
    assert.equal(found.state("devices"), "true");
    found.turn("devices");
    assert.equal(found.state("devices"), "false");
  });

  it("a child that nobody has told of follows its parent", () => {
    const found = read(null);
    assert.ok(found.isOn("devices:new"));
    found.turn("devices:gas");
    assert.ok(!found.isOn("devices:new"));
  });
});

describe("the address", () => {
  it("says nothing for the preset to start with, a preset's name for another", () => {
    assert.equal(read(null).write(), null);
    assert.equal(read("daily").write(), null);
    assert.equal(read("flood").write(), "flood");
  });

  it("says what differs from the preset, and is read again as the same", () => {
    const found = read("flood");
    found.turn("heat:cases");
    found.turn("cases", false);
    found.turn("devices:rain", false);
    assert.equal(found.write(), "flood,heat:cases,-devices:rain,-cases");
    assert.deepEqual([...read(found.write()).on].sort(), [...found.on].sort());
    assert.equal(found.now(), null);
  });

  it("without a preset it is a list, and nothing at all is none", () => {
    const found = read("devices,resources:team");
    assert.equal(found.write(), "devices,resources:team");
    found.set(["resources:team", "resources:shelter"]);
    assert.equal(found.write(), "resources");
    found.set([]);
    assert.equal(found.write(), "none");
    assert.equal(read("none").on.size, 0);
  });

  it("what nobody knows is left out", () => {
    assert.deepEqual([...read("workers,constructor,foo:bar,-x").on], ["workers"]);
  });

  it("layers that make up a preset are that preset", () => {
    const found = read("devices,cases,alerts");
    found.turn("workers");
    assert.equal(found.now(), "daily");
    assert.equal(found.write(), null);
  });
});

describe("the view", () => {
  it("has the layers, the kinds and the states that are on", () => {
    const shown = shownLayers(VIEW, read("flood,-cases:returned"));
    assert.deepEqual(shown.layers, ["devices", "cases", "alerts", "resources"]);
    assert.deepEqual(shown.kinds, ["rain", "river"]);
    assert.deepEqual(shown.statuses, ["handling"]);
  });

  it("all is all", () => {
    const shown = shownLayers(VIEW, read(null));
    assert.equal(shown.kinds, null);
    assert.equal(shown.statuses, null);
  });

  it("before the page has told its layers, the four plain ones are on", () => {
    const plain = new Layers(PLAIN);
    assert.deepEqual(shownLayers(VIEW, plain).layers, ["devices", "cases", "alerts", "workers"]);
    assert.ok(plain.isOn("devices:gas"));
  });
});
