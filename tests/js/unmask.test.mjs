// What is masked elsewhere: how it stands on the card.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { UnmaskPart, reasonOf, rowsOf } from "../../layouts/assets/live/unmask.mjs";
import { wordsOf } from "../../layouts/assets/live/words.mjs";

const words = wordsOf("zh-CN").unmask;

test("an address with how inexact its place is", () => {
  assert.deepEqual(rowsOf("address", { address: "清潭三村15幢402室", about: "约：按地址推定到清潭三村" }, words),
    [["详细地址", "清潭三村15幢402室"], ["位置", "约：按地址推定到清潭三村"]]);
  assert.deepEqual(rowsOf("address", { address: "", about: "" }, words), [["详细地址", "未留"]]);
});

test("a caller, or that he said nothing of himself", () => {
  assert.deepEqual(rowsOf("caller", { name: "张小明", phone: "13800001234" }, words), [["姓名", "张小明"], ["电话", "13800001234"]]);
  assert.deepEqual(rowsOf("caller", { name: "", phone: "" }, words), [["姓名", "未留"], ["电话", "未留"]]);
});

test("why nothing is shown: too many looks, a fault, and nothing for whom the page tells that he is signed out", () => {
  assert.deepEqual([429, 403, undefined, 401].map((status) => reasonOf({ status }, words)), [words.tooMany, words.failed, words.failed, ""]);
});

test("nothing is read unless somebody asks: the page calls what a part has under these names", () => {
  const page = readFileSync(new URL("../../layouts/assets/live/page.mjs", import.meta.url), "utf8");
  const hooks = [...page.matchAll(/\bpart\.(\w+)\?\.\(/g)].map(([, name]) => name);
  assert.ok(hooks.includes("show"), hooks.join());
  for (const hook of hooks) assert.equal(UnmaskPart.prototype[hook], undefined, hook);
});
