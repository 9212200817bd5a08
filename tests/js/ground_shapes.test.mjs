import assert from "node:assert/strict";
import { test } from "node:test";
import { holdsBox, middleOf, stepsToUnits, unitOffers, unitWords, unitsShown, widened, zoneOffers } from "../../layouts/assets/live/ground_shapes.mjs";
import { wordsOf } from "../../layouts/assets/live/words.mjs";

const CODE = "320404001002003";
const square = { type: "Polygon", coordinates: [[[0, 0], [2, 0], [2, 2], [0, 2], [0, 0]]] };

test("unit grids are drawn near only, and named nearer still", () => {
  assert.equal(unitsShown(14.9), false);
  assert.equal(unitsShown(15), true);
  assert.equal(unitWords(CODE, 16), "");
  assert.equal(unitWords(CODE, 17), "003");
  assert.equal(unitWords(CODE, 19), CODE);
  assert.deepEqual(unitOffers([{ properties: { code: CODE }, geometry: square }], 16), []);
  const [offer] = unitOffers([{ properties: { code: CODE }, geometry: square }], 17);
  assert.deepEqual([offer.lon, offer.lat, offer.text], [1, 1, "003"]);
});

test("far out, and where they are too many for a view, it is said how much nearer they are", () => {
  assert.deepEqual([11.2, 14.75, 15, 17].map((zoom) => stepsToUnits(zoom, null)), [4, 1, 0, 0]);
  assert.deepEqual([15, 15.5, 16].map((zoom) => stepsToUnits(zoom, 15.5)), [1, 1, 0]);
  for (const locale of ["zh-CN", "en"]) assert.match(wordsOf(locale).ground.nearer(4), /4/);
});

test("the middle of several pieces is that of the one with the most corners", () => {
  const small = [[[10, 10], [11, 10], [10, 11], [10, 10]]];
  assert.deepEqual(middleOf({ type: "MultiPolygon", coordinates: [small, square.coordinates] }), [1, 1]);
});

test("a schematic zone says so", () => {
  const zone = (schematic) => ({ properties: { code: "Z", name: "经开区", schematic, label: [1, 2] } });
  const said = zoneOffers([zone(true), zone(false)], { schematic: "示意" });
  assert.deepEqual(said.map(({ text }) => text), ["经开区(示意)", "经开区"]);
  assert.deepEqual([said[0].lon, said[0].lat], [1, 2]);
});

test("what was fetched answers for what lies in it", () => {
  const box = widened([0, 0, 10, 10], 0.2);
  assert.deepEqual(box, [-2, -2, 12, 12]);
  assert.equal(holdsBox(box, [-1, -1, 11, 11]), true);
  assert.equal(holdsBox(box, [-3, 0, 10, 10]), false);
  assert.equal(holdsBox(null, [0, 0, 1, 1]), false);
});
