import assert from "node:assert/strict";
import { it } from "node:test";

const heard = {};
globalThis.document = { addEventListener: (name, hear) => (heard[name] = hear) };
globalThis.location = { search: "" };
const { InSight } = await import("../../layouts/assets/live/in_sight.mjs");
const PAGE = { facts: { ask: async () => {}, get: () => null } };

/** A part of a page with that address. */
function opened(search = "") {
  globalThis.location.search = search;
  return new InSight(PAGE);
}

it("what the address chooses is brought in sight once, whatever else of the view changes later", () => {
  const sight = opened();
  sight.look({ alert: "a1" });
  assert.ok(sight.until > 0);
  heard["chengyun:thing"]({ detail: { type: "camera", id: "c1", lon: 1, lat: 2 } });
  heard.keydown({ type: "keydown", target: null }); // the officer moves the map himself
  sight.look({ alert: "a1", area: "320402" });
  assert.equal(sight.until, 0);
  sight.look({ alert: "a2" });
  assert.ok(sight.until > 0);
});

it("whoever goes to another area is not called back", () => {
  const sight = opened();
  sight.look({ case: "c1" });
  heard.pointerdown({ type: "pointerdown", target: { closest: () => null } });
  assert.ok(sight.until > 0, "a panel");
  heard.pointerdown({ type: "pointerdown", target: { closest: () => ({}) } });
  assert.equal(sight.until, 0);
});

it("only a link that says what to look at, and not from where, flies there", () => {
  assert.deepEqual(["?alert=a1", "?device=n:7", "?alert=a1&view=119.9,31.8,14", "?area=320402", ""].map((search) => opened(search).far), [true, true, false, false, false]);
});
