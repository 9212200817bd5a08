import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { merged, ours } from "../../layouts/assets/live/view_url.mjs";

describe("the browser's part of the address", () => {
  it("reads only its own names, and none that is empty", () => {
    assert.deepEqual([...ours("?area=320404&view=119.9,31.7,14&layers=&at=5")], [["view", "119.9,31.7,14"], ["at", "5"]]);
  });
  it("leaves the names of Python alone", () => {
    assert.equal(merged("?area=320404&tab=safety", new Map([["view", "119.9,31.7,14"]])), "?area=320404&tab=safety&view=119.9,31.7,14");
  });
  it("takes away what is no longer there", () => {
    assert.equal(merged("?at=5", new Map()), "");
    assert.equal(merged("?area=3204&at=5&base=none", new Map([["base", "xyz"]])), "?area=3204&base=xyz");
  });
});
