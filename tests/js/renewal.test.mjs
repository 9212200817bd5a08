import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { mayRenew } from "../../layouts/assets/live/renewal.mjs";

const OLD = [{ kind: "edition" }];
const ALONE = { now: 10_000_000, touched: 10_000_000 - 60_000, before: -Infinity, wait: 60_000, busy: false };

describe("an old page reloads itself", () => {
  it("when nobody is there, also beside a feed that is silent", () => {
    assert.ok(mayRenew(OLD, ALONE));
    assert.ok(mayRenew([...OLD, { kind: "feed" }], ALONE));
  });

  it("never a page that is not old", () => assert.ok(!mayRenew([{ kind: "feed" }], ALONE)));

  for (const [what, more] of [["somebody was there just now", { touched: ALONE.now - 59_000 }], ["something would be cut off", { busy: true }],
    ["it has just done so", { before: ALONE.now - 9 * 60_000 }]])
    it(`not while ${what}`, () => assert.ok(!mayRenew(OLD, { ...ALONE, ...more })));

  for (const kind of ["socket", "session", "redis", "ledger"])
    it(`not while the ${kind} is lost: no page would come`, () => assert.ok(!mayRenew([...OLD, { kind }], ALONE)));
});
