// Drawing by keyboard: where the cross goes, and that the map comes along.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Cross, stepOf } from "../../layouts/assets/live/draw_cross.mjs";

class FakeMap {
  panned = [];
  getCenter = () => ({ lng: 100, lat: 50 });
  latLngToContainerPoint = ([lat, lng]) => ({ add: ([x, y]) => ({ x: lng + x, y: lat + y }) });
  containerPointToLatLng = ({ x, y }) => ({ lng: x, lat: y });
  panInside = (at, { animate }) => this.panned.push([at.lng, at.lat, animate]);
}

let marks;

beforeEach(() => {
  marks = [];
  const mark = { addTo: () => mark, setLatLng: (at) => marks.push(at), remove: () => marks.push("gone") };
  globalThis.getComputedStyle ??= () => ({ fontSize: "16px" });
  globalThis.document = { documentElement: {} };
  globalThis.window = { L: { divIcon: () => ({}), marker: (at) => (marks.push(at), mark) } };
});

test("arrows are steps, fine ones with Shift; other keys are none", () => {
  assert.deepEqual(stepOf("ArrowLeft", false), [-40, 0]);
  assert.deepEqual(stepOf("ArrowDown", true), [0, 5]);
  for (const key of ["Enter", "a", "toString"]) assert.equal(stepOf(key, false), null);
});

test("it begins in the middle, goes where the arrows say and takes the map along", () => {
  const map = new FakeMap();
  const cross = new Cross(map);
  cross.move([40, 0], true);
  cross.move([0, -5], false);
  assert.deepEqual(cross.place, [140, 45]);
  assert.deepEqual(map.panned, [[140, 50, false], [140, 45, true]]);
  cross.hide();
  assert.equal(cross.place, null);
  assert.equal(marks.at(-1), "gone");
  assert.deepEqual(cross.show(), [100, 50]);
});
