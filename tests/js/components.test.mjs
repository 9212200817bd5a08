import assert from "node:assert/strict";
import { it } from "node:test";

import { glyphRadius } from "../../layouts/assets/live/component_canvas.mjs";
import { answers, codeOf, decode, majorOf, nearest, shortOf, strengths } from "../../layouts/assets/live/component_table.mjs";
import { worldOf } from "../../layouts/assets/live/points.mjs";

/** An answer as app/web/components.py packs it. */
function packed(form, level, districts, size, rows, write) {
  const from = 20 + 4 * districts.length;
  const bytes = new DataView(new ArrayBuffer(from + rows.length * size));
  [form, rows.length, 99, level, districts.length, ...districts].forEach((word, k) => bytes.setUint32(4 * k, word, true));
  rows.forEach((row, i) => write(bytes, from + i * size, row));
  return bytes.buffer;
}

const near = (rows) => packed(1, 0, [320402, 320404], 16, rows, (bytes, at, row) => {
  bytes.setInt32(at, Math.round(row.lon * 1e7), true);
  bytes.setInt32(at + 4, Math.round(row.lat * 1e7), true);
  bytes.setUint32(at + 8, row.serial, true);
  bytes.setUint16(at + 12, row.kind, true);
  bytes.setUint8(at + 14, row.state ?? 0);
  bytes.setUint8(at + 15, row.district ?? 1);
});

const far = (rows) => packed(2, 14, [], 32, rows, (bytes, at, row) => {
  [row.x, row.y, ...row.counts, row.faulty].forEach((word, k) => bytes.setUint32(at + 4 * k, word, true));
});

const LAMP = { lon: 119.9465, lat: 31.7765, serial: 7, kind: 1037 };

it("components come with their place, state and mark of 17 digits", () => {
  const answer = decode(near([LAMP, { ...LAMP, kind: 5003, serial: 123456, state: 2, district: 0 }]));
  assert.equal(answer.form, "points");
  assert.equal(answer.total, 99);
  assert.deepEqual([codeOf(answer, 0), codeOf(answer, 1)], ["32040401037000007", "32040205003123456"]);
  const [x, y] = worldOf(LAMP.lon, LAMP.lat);
  assert.ok(Math.abs(answer.things.x[0] - x) < 1e-9 && Math.abs(answer.things.y[0] - y) < 1e-9);
  assert.equal(answer.things.state[1], 2);
});

it("cells come with their counts by major", () => {
  const answer = decode(far([{ x: 13651, y: 6664, counts: [3, 0, 2, 0, 1], faulty: 2 }]));
  assert.equal(answer.form, "cells");
  assert.equal(answer.level, 14);
  assert.deepEqual(answer.cells, [{ x: 13651, y: 6664, counts: [3, 0, 2, 0, 1], size: 6, faulty: 2 }]);
});

it("an empty city and a torn answer are told apart", () => {
  assert.equal(decode(packed(0, 0, [], 32, [], () => {})).form, "none");
  assert.throws(() => decode(near([LAMP]).slice(0, 40)), RangeError);
});

it("the nearest thing is found within reach alone", () => {
  const { things } = decode(near([LAMP, { ...LAMP, lon: 119.947 }]));
  const [x, y] = worldOf(119.94695, 31.7765);
  assert.equal(nearest(things, x, y, 1), 1);
  assert.equal(nearest(things, x, y, 1e-9), -1);
  assert.equal(nearest(null, x, y, 1), -1);
});

const BOX = [119, 31, 120, 32];
const INSIDE = [119.2, 31.2, 119.8, 31.8];
const found = (form, zoom) => ({ box: BOX, zoom, majors: "01,02", answer: { form } });

it("near things answer for every view inside that is not much farther out", () => {
  assert.ok(answers(found("points", 16), INSIDE, 18, "01,02"));
  assert.ok(!answers(found("points", 16), INSIDE, 14.5, "01,02"));
  assert.ok(!answers(found("points", 16), [118, 31, 119, 32], 16, "01,02"));
});

it("cells answer for their own level, and nothing for other majors", () => {
  assert.ok(answers(found("cells", 12.2), INSIDE, 11.8, "01,02"));
  assert.ok(!answers(found("cells", 12.2), INSIDE, 13, "01,02"));
  assert.ok(!answers(found("cells", 12.2), INSIDE, 12, "01"));
  assert.ok(!answers(null, INSIDE, 12, "01"));
});

it("every kind belongs to one of the five majors", () => assert.deepEqual([1001, 2044, 5009, 99, 9001].map(majorOf), [0, 1, 4, 0, 4]));

it("counts are short in both languages", () => {
  assert.deepEqual([999, 1_234, 34_567, 345_678].map((n) => shortOf(n, "zh-CN")), ["999", "1.2k", "3.5万", "35万"]);
  assert.deepEqual([999, 1_234, 34_567].map((n) => shortOf(n, "en")), ["999", "1.2k", "35k"]);
});

it("the fullest cell is drawn strongest", () => {
  const each = strengths([{ size: 1 }, { size: 100 }]);
  assert.ok(each[0] > 0 && each[0] < each[1] && each[1] === 1);
  assert.deepEqual(strengths([]), []);
});

it("glyphs grow with the zoom within limits", () => {
  assert.ok(glyphRadius(14) >= 1.6 && glyphRadius(16) < glyphRadius(18));
  assert.equal(glyphRadius(25), 6.5);
});
