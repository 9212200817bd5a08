// What the worker sees follows from the server's tasks and his unsent acts.

import assert from "node:assert/strict";
import { test } from "node:test";
import { projection } from "../../app/web/phone/minimap.mjs";
import { fit } from "../../app/web/phone/photo.mjs";
import { arrivals, inOrder, metres, nextMove, progress, span, timing, unsent, withPending } from "../../app/web/phone/tasks.mjs";
import { card, dueTime, esc, left as leftOf, list } from "../../app/web/phone/views.mjs";
import { LANGUAGES } from "../../app/web/phone/words.mjs";

const task = (over = {}) => ({
  id: "t1", status: "seen", title: "燃气浓度超限", address: "双桂坊", level: 4, area: "320404005004006", lon: 119.94, lat: 31.78,
  sent_at: "2026-11-21T08:00:00Z", due_at: "2026-11-21T09:00:00Z", hint: "", description: "", note: "", caller: null, case_id: "ZL1", ...over,
});

test("an unsent act shows at once, a refused one does not", () => {
  assert.equal(withPending(task(), [{ task: "t1", kind: "accept" }]).status, "accepted");
  assert.equal(withPending(task(), [{ task: "t1", kind: "accept", refused: "no" }]).status, "seen");
  assert.equal(withPending(task(), [{ task: "t2", kind: "accept" }]).status, "seen");
  assert.equal(withPending(task({ status: "arrived" }), [{ task: "t1", kind: "see" }]).status, "arrived");
});

test("what the server has taken stays taken until its list says so", () => {
  const accept = { task: "t1", kind: "accept" };
  assert.deepEqual(withPending(task(), [], [accept]), task({ status: "accepted", pending: false }));
  assert.deepEqual(withPending(task(), [accept], [accept]).pending, false); // about to leave the outbox
  assert.deepEqual(withPending(task(), [{ task: "t1", kind: "arrive" }], [accept]), task({ status: "arrived", pending: true }));
  assert.equal(withPending(task({ status: "arrived" }), [], [accept]).status, "arrived");
  assert.deepEqual(inOrder([withPending(task(), [], [{ task: "t1", kind: "return" }])]), []);
});

test("ended tasks leave, the most urgent is first", () => {
  const rows = [task({ id: "b", due_at: "2026-11-21T10:00:00Z" }), task({ id: "a" }), task({ id: "c", status: "done" })];
  assert.deepEqual(inOrder(rows).map((each) => each.id), ["a", "b"]);
});

test("one big button leads from accepting to done", () => {
  assert.deepEqual(["sent", "delivered", "seen", "accepted", "arrived", "done"].map((status) => nextMove({ status })),
    ["accept", "accept", "accept", "arrive", "finish", undefined]);
  assert.equal(progress(task({ status: "arrived" })), 4);
});

test("time left, share gone, and how a span is written", () => {
  const { left, gone } = timing(task(), Date.parse("2026-11-21T08:45:00Z"));
  assert.equal(left, 15 * 60_000);
  assert.equal(gone, 0.75);
  assert.deepEqual([span(18 * 60_000), span(-72 * 60_000), span(3 * 86_400_000)], [["span_minutes", { n: 18 }], ["span_hours", { n: 1, rest: 12 }], ["span_days", { n: 3, rest: 0 }]]);
});

test("time left and the deadline are said in words, the day only when it is another one", () => {
  const now = Date.parse("2026-11-21T07:48:00Z");
  assert.match(leftOf(task(), now), /剩 1 小时 12 分/);
  assert.equal(dueTime("2026-11-21T08:33:00Z", now), "16:33");
  assert.equal(dueTime("2026-11-26T16:30:00Z", now), "11-27 00:30");
});

test("only tasks that are new ring", () => {
  const rang = arrivals([task({ id: "old" })], [task({ id: "old", status: "sent" }), task({ id: "new", status: "sent" }), task({ id: "x", status: "arrived" })]);
  assert.deepEqual(rang.map((each) => each.id), ["new"]);
});

test("one degree of latitude is 111.2 km", () => {
  assert.ok(Math.abs(metres({ lon: 119, lat: 31 }, { lon: 119, lat: 32 }) - 111_195) < 10);
});

test("the small map keeps both places inside", () => {
  const [a, b] = [{ lon: 119.9, lat: 31.7 }, { lon: 119.95, lat: 31.8 }];
  const at = projection([a, b]);
  for (const place of [a, b]) {
    const [x, y] = at(place);
    assert.ok(x >= 0 && x <= 358 && y >= 0 && y <= 136, `${x} ${y}`);
  }
});

test("photos are shrunk, never enlarged", () => {
  assert.deepEqual(fit(4000, 3000), [1600, 1200]);
  assert.deepEqual(fit(800, 600), [800, 600]);
});

test("nothing from outside becomes markup", () => {
  const hostile = "<img src=x onerror=alert(1)>";
  const html = card(task({ title: hostile, address: hostile, description: hostile, hint: hostile, caller: hostile }), { now: 0, here: null });
  assert.ok(!html.includes("<img"));
  assert.equal(esc("<a href=\"x\">'&"), "&lt;a href=&quot;x&quot;&gt;&#39;&amp;");
});

test("no task is said in words", () => {
  assert.match(list([], null, { now: 0, here: null, linked: true }), /现在没有任务/);
});

test("what was done offline stays in sight until it is sent", () => {
  const done = withPending(task({ status: "arrived" }), [{ task: "t1", kind: "finish" }]);
  assert.deepEqual(unsent([done, task()]), [done]);
  const html = list([], null, { now: 0, here: null, linked: false, unsent: [done] });
  assert.match(html, /燃气浓度超限/);
  assert.match(html, /待发/);
  assert.match(html, /离线时收不到新任务/);
});

test("both languages have the same words", () => {
  assert.deepEqual(Object.keys(LANGUAGES.en).sort(), Object.keys(LANGUAGES["zh-CN"]).sort());
});
