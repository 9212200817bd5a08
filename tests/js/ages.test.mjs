import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { ageText, dueClass, dueText, leftShare } from "../../layouts/assets/live/ages.mjs";
import { ServerClock } from "../../layouts/assets/live/clock.mjs";
import { dateText, oldestFeed } from "../../layouts/assets/live/lights.mjs";
import { isFirst, tileText } from "../../layouts/assets/live/tiles.mjs";
import { wordsOf } from "../../layouts/assets/live/words.mjs";

const ZH = wordsOf("zh-CN");

describe("ages", () => {
  for (const [seconds, text] of [[-3, "0 秒"], [0, "0 秒"], [42.9, "42 秒"], [119, "119 秒"], [120, "2 分钟"], [7199, "119 分钟"], [7200, "2 小时"], [172_799, "47 小时"], [172_800, "2 天"]])
    it(`${seconds} s is ${text}`, () => assert.equal(ageText(seconds, ZH), text));
});

describe("countdowns", () => {
  for (const [seconds, text] of [[18 * 60, "剩 18 分"], [42, "剩 42 秒"], [0, "剩 0 秒"], [-12 * 60, "超期 12 分"], [-5, "超期 5 秒"], [7500, "剩 2 小时 5 分"], [7200, "剩 2 小时"],
    [26 * 3600 + 1140, "剩 1 天 2 小时"], [3 * 86_400, "剩 3 天"]])
    it(`${seconds} s is ${text}`, () => assert.equal(dueText(seconds, ZH), text));

  it("English says it behind", () => assert.deepEqual([dueText(7500, wordsOf("en")), dueText(-5, wordsOf("en"))], ["2 h 5 min left", "5 s late"]));

  it("the share that is left goes from 1 to 0", () => {
    assert.deepEqual([leftShare(0, 100, -5), leftShare(0, 100, 25), leftShare(0, 100, 200), leftShare(NaN, 100, 1), leftShare(100, 100, 1)], [1, 0.75, 0, 0, 0]);
  });

  it("the last fifth is soon, after the end is overdue, without a beginning nothing is soon", () => {
    assert.deepEqual([dueClass(0, 100, 79), dueClass(0, 100, 81), dueClass(0, 100, 101), dueClass(NaN, 100, 99)], ["", "soon", "overdue", ""]);
  });
});

describe("the server's clock", () => {
  it("is this computer's until a pulse has come", () => assert.equal(new ServerClock(() => 500).now(), 500));

  it("takes the least delayed of the last pulses", () => {
    let local = 1000;
    const clock = new ServerClock(() => local);
    for (const delay of [300, 20, 900]) clock.learn(local + 5000 - delay);
    assert.equal(clock.offset, 4980);
    local = 2000;
    assert.equal(clock.now(), 6980);
  });

  it("follows when the clock was set, and forgets on demand", () => {
    const clock = new ServerClock(() => 0);
    clock.learn(9000);
    for (let i = 0; i < 5; i++) clock.learn(10);
    assert.equal(clock.offset, 10);
    clock.forget();
    assert.equal(clock.offset, 0);
  });
});

it("the date is Beijing's, with its week day", () => {
  assert.equal(dateText(Date.parse("2026-11-20T16:30:00Z"), ZH), "2026-11-21 星期六");
  assert.equal(dateText(Date.parse("2026-11-20T16:30:00Z"), wordsOf("en")), "2026-11-21 Saturday");
});

it("the oldest feed is that of the judged ones", () => {
  assert.equal(oldestFeed({ telemetry: 3, report: 500 }, { telemetry: 15 }), 3);
  assert.equal(oldestFeed({ telemetry: 3, report: 500 }, {}), 500);
  assert.equal(oldestFeed({}, { telemetry: 15 }), null);
});

it("tiles write figures as layouts.parts.number does", () => {
  assert.deepEqual([tileText({ value: 12345.678, digits: 1 }), tileText({ value: 0, digits: 0 }), tileText({ value: null })], ["12,345.7", "0", "—"]);
});

it("only a figure where there was none asks for a new panel", () => {
  assert.deepEqual([isFirst("—", "0.0"), isFirst("—", "—"), isFirst("1.0", "2.0"), isFirst(null, "0")], [true, false, false, false]);
});
