import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { groundHtml, panelHtml, symbol } from "../../layouts/assets/live/layer_html.mjs";

const BOOK = {
  groups: {}, presets: {}, start: "daily",
  words: { layers: "图层", own: "自定", more: "全部", less: "收起", presets: "方案", tree: "图层树", figure: "底色" },
  chips: [["daily", "日常"], ["x", "<b>"]], said: [["offline", "离线"], ["unheard", "尚无"]],
  short: [{ code: "devices", label: "设备", title: "t", always: true }, { code: "heat", label: "热", title: "t", always: false }],
  tree: [{ code: "devices", label: "设备", layers: ["devices:gas", "devices:air"], said: [["offline", "离线"]], children: [
    { code: "devices:gas", label: "燃气", layers: ["devices:gas"], said: [], children: [] }] }, { code: "alerts", label: "预警", layers: ["alerts"], said: [], children: [] }],
  figures: [["open", "在办"]],
};
const count = (html, part) => html.split(part).length - 1;

describe("the panel", () => {
  const html = panelHtml(BOOK);
  it("is a tree with one stop for the tab key, levels and names", () => {
    assert.equal(count(html, 'role="treeitem"'), 3);
    assert.equal(count(html, 'tabindex="0"'), 1);
    assert.match(html, /role="treeitem" tabindex="0" aria-level="1" aria-label="设备" data-label="设备" data-layers="devices:gas devices:air" aria-expanded="false"/);
    assert.match(html, /aria-level="2" aria-label="燃气" data-label="燃气" data-layers="devices:gas"><div/);
    assert.equal(count(html, "aria-expanded"), 2); // the tree's one row with rows below it, and the button
  });
  it("hides the rows of the short legend that are not always there", () => {
    assert.match(html, /data-id="devices" title="t" data-always>/);
    assert.match(html, /data-id="heat" title="t" hidden>/);
  });
  it("has a hidden place in each row for the words of a layer that is drawn nearer only", () => {
    assert.equal(count(html, '<small class="nearer" data-nearer="alerts" hidden></small>'), 1);
    assert.equal(count(html, 'data-nearer="devices"'), 2);
  });
  it("has a place for every count and never runs what it is told", () => {
    for (const name of ["devices", "offline", "unheard", "devices:gas", "alerts"]) assert.ok(html.includes(`data-count="${name}"`), name);
    assert.ok(!html.includes("<b>日") && html.includes("&lt;b&gt;"));
  });
});

it("symbols are the marks of the map", () => {
  assert.match(symbol("cases:returned"), /mark case-mark case-returned/);
  assert.match(symbol("cameras"), /resource-mark sort-camera/);
  assert.match(symbol("alerts/2"), /lv yellow/);
  assert.match(symbol("alerts"), /lv red/);
  assert.match(symbol("components:03"), /sym-components sym-components-03/);
});

it("the legend has a swatch for each step, hatched where there is no value", () => {
  const html = groundHtml({ figure: "online", title: "在线率", range: "80–99 %", steps: [[0.08, "< 80", "1 个"], [null, "无数据", "2 个"]], rest: "未落到下级 3" });
  assert.equal(count(html, "opacity: 0.08"), 2);
  assert.equal(count(html, "hatched"), 1);
  assert.match(html, /&lt; 80/);
  assert.match(html, /未落到下级 3/);
});
