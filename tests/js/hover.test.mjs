import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { DeviceFacts } from "../../layouts/assets/live/device_facts.mjs";
import { besideOf, clusterHtml, deviceHtml } from "../../layouts/assets/live/hover.mjs";
import { isSpot } from "../../layouts/assets/live/picking.mjs";
import { wordsOf } from "../../layouts/assets/live/words.mjs";

const WORDS = wordsOf("zh-CN");
const FACT = { n: 7, name: "广电路<井>", unit: "%LEL", digits: 1, lon: 119.9, lat: 31.8 };
const CARD = { device: { name: "广电路井", code: "G-1", lon: 119.9, lat: 31.8 }, place: "双桂坊", metrics: [{ name: "甲烷", unit: "%LEL", digits: 1 }] };

it("the words are never under the mouse and never outside the map", () => {
  const [words, map] = [{ width: 200, height: 30 }, { width: 600, height: 400 }];
  for (let x = 0; x <= 600; x += 7)
    for (let y = 0; y <= 400; y += 7) {
      const { left, top } = besideOf({ x, y }, words, map);
      assert.ok(left >= 0 && top >= 0 && left + words.width <= map.width && top + words.height <= map.height, `${x},${y}`);
      assert.ok(x < left || x > left + words.width || y < top || y > top + words.height, `${x},${y} is covered`);
    }
});

describe("words", () => {
  const row = { value: 58.04, at: 1_000, level: 4, stale: false };
  it("say name, level, value with unit, and age, safely", () => {
    const html = deviceHtml(row, FACT, 1_042, WORDS);
    for (const part of ["广电路&lt;井&gt;", "红", "58.0", "%LEL", "42 秒"]) assert.ok(html.includes(part), part);
  });

  it("say what is known before the name has come", () => assert.ok(deviceHtml({ ...row, value: NaN, at: 0 }, undefined, 1, WORDS).includes("尚无数据")));

  it("count a cluster by level", () => {
    const html = clusterHtml({ size: 1234, counts: [1230, 0, 3, 0, 1], offline: 12 }, WORDS);
    for (const part of ["1,234 台设备", "红 1", "黄 3", "离线 12"]) assert.ok(html.includes(part), part);
  });
});

describe("names", () => {
  it("are fetched once", async () => {
    let calls = 0;
    const facts = new DeviceFacts(async () => (calls++, CARD));
    await Promise.all([facts.ask(7), facts.ask(7)]);
    assert.equal((await facts.ask(7)).name, "广电路井");
    assert.equal(calls, 1);
  });

  it("that cannot be had are not asked for again, unless nobody answered", async () => {
    let calls = 0;
    const refused = Object.assign(new Error("403"), { status: 403 });
    const facts = new DeviceFacts(async () => {
      calls += 1;
      throw refused;
    });
    await facts.ask(1);
    await facts.ask(1);
    assert.equal(calls, 1);
    delete refused.status;
    await facts.ask(2);
    await facts.ask(2);
    assert.equal(calls, 3);
  });

  it("are kept for a few hundred", async () => {
    const facts = new DeviceFacts(async () => CARD);
    for (let n = 0; n < 500; n++) await facts.ask(n);
    assert.equal(facts.known.size, 400);
    assert.equal(facts.get(0), undefined);
  });
});

it("a spot is a dozen metres", () => {
  assert.ok(isSpot([119.9, 31.8, 119.9001, 31.8001]));
  assert.ok(!isSpot([119.9, 31.8, 119.901, 31.8001]));
});
