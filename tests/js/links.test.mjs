import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { readMapView, writeView } from "../../layouts/assets/live/map_view.mjs";
import { readPin, writePin } from "../../layouts/assets/live/pin.mjs";
import { linkOf } from "../../layouts/assets/live/share.mjs";

describe("where the map stands", () => {
  it("is written and read again", () => {
    const text = writeView({ lng: 119.9501239, lat: 31.78 }, 12.5499);
    assert.equal(text, "119.95012,31.78,12.55");
    assert.deepEqual(readMapView(text), { lon: 119.95012, lat: 31.78, zoom: 12.55 });
  });
  for (const text of [null, "", "119,31", "119,31,", "a,b,c", "181,31,12", "119,91,12", "119,31,99", "NaN,31,12"])
    it(`is not said by ${text}`, () => assert.equal(readMapView(text), null));
});

describe("a pin", () => {
  it("says how far off it may be and how sure it is", () =>
    assert.deepEqual(readPin("119.93,31.77,280,0.95", "清潭"), { lon: 119.93, lat: 31.77, within: 280, sure: 0.95, name: "清潭" }));
  it("is exact where nothing is said", () => assert.deepEqual(readPin("119.93,31.77"), { lon: 119.93, lat: 31.77, within: 0, sure: null, name: "" }));
  for (const text of [null, "", "x", "119", "200,31", "119,NaN"]) it(`is not ${text}`, () => assert.equal(readPin(text), null));
  it("leaves its name out of the address", () => assert.equal(writePin(readPin("119.93,31.77,280,0.95", "某某家")), "119.93,31.77,280"));
});

describe("a link", () => {
  const at = "http://city/wall/";
  it("says its area, which is not the same for everybody", () => assert.equal(linkOf(`${at}?tab=safety`, "320404"), `${at}?tab=safety&area=320404`));
  it("keeps its area and its numbers readable", () =>
    assert.equal(linkOf(`${at}?area=320404005&view=119.9,31.7,12`, "320404"), `${at}?area=320404005&view=119.9,31.7,12`));
  it("does not tell the next one what was outside for the last", () => assert.equal(linkOf(`${at}?outside=alert&area=1`, "1"), `${at}?area=1`));
});
