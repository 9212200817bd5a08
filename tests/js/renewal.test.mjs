import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { Editions, keptOf, mayRenew, pause } from "../../layouts/assets/live/renewal.mjs";

const OLD = [{ kind: "edition" }];
const MINUTE = 60_000;
const NEVER = { at: -Infinity, times: 0 };
const ALONE = { now: 100_000_000, touched: 100_000_000 - MINUTE, kept: NEVER, wait: MINUTE, busy: false };

describe("an old page reloads itself", () => {
  it("when nobody is there, also beside a feed that is silent", () => {
    assert.ok(mayRenew(OLD, ALONE));
    assert.ok(mayRenew([...OLD, { kind: "feed" }], ALONE));
  });

  it("never a page that is not old", () => assert.ok(!mayRenew([{ kind: "feed" }], ALONE)));
  it("nor while several editions answer", () => assert.ok(!mayRenew([{ kind: "editions" }], ALONE)));

  for (const [what, more] of [["somebody was there just now", { touched: ALONE.now - 59_000 }], ["something would be cut off", { busy: true }],
    ["it has just done so", { kept: { at: ALONE.now - 9 * MINUTE, times: 1 } }],
    ["it has done so three times in vain", { kept: { at: ALONE.now - 39 * MINUTE, times: 3 } }]])
    it(`not while ${what}`, () => assert.ok(!mayRenew(OLD, { ...ALONE, ...more })));

  for (const kind of ["socket", "session", "redis", "ledger"])
    it(`not while the ${kind} is lost: no page would come`, () => assert.ok(!mayRenew([...OLD, { kind }], ALONE)));

  it("ever more rarely when it does not help, and as before a day later", () => {
    assert.deepEqual([0, 1, 2, 3, 9].map((times) => pause(times) / MINUTE), [0, 10, 20, 40, 720]);
    const kept = JSON.stringify({ at: ALONE.now, times: 9 });
    assert.equal(keptOf(kept, ALONE.now + 23 * 60 * MINUTE).times, 9);
    assert.deepEqual(keptOf(kept, ALONE.now + 24 * 60 * MINUTE), NEVER);
    assert.deepEqual([keptOf(null, 0), keptOf("1795000000000", 0)], [NEVER, NEVER], "of an older page, too");
  });
});

/** What a page of A says after answers of these editions. */
const after = (...heard) => {
  const editions = new Editions("A");
  heard.forEach((edition, n) => editions.hear(edition, n * 2000));
  return editions.mark(heard.length * 2000);
};

describe("which editions answer", () => {
  it("ours; or one newer, and another after it", () => {
    assert.deepEqual([after(), after("A", "A"), after("A", "B", "B"), after("B", "B", "C")], [null, null, "edition", "edition"]);
  });

  it("two beside each other are told as what they are, until ten minutes have seen one", () => {
    assert.equal(after("B", "A", "B"), "editions");
    assert.equal(after("B", "C", "B"), "editions");
    const editions = new Editions("A");
    for (const [edition, at] of [["B", 0], ["A", 1], ["B", 2]]) editions.hear(edition, at);
    assert.deepEqual([9.9, 10.1].map((minutes) => editions.mark(minutes * MINUTE)), ["editions", "edition"]);
  });

  it("a page whose frame and layout came of two roles is never the one that answers", () => {
    const editions = new Editions("A B");
    editions.hear("B", 0);
    assert.equal(editions.mark(1), "edition");
  });

  it("a page that was told none takes the first it hears", () => {
    const editions = new Editions(undefined);
    editions.hear("B", 0);
    assert.equal(editions.mark(0), null);
    editions.hear("C", 0);
    assert.equal(editions.mark(0), "edition");
  });
});

describe("a wall between two web roles for a week", () => {
  it("reloads a few times a day at most, however its answers fall", () => {
    let [seed, reloads] = [7, 0];
    const role = () => "AB"[(seed = (seed * 48_271) % 2_147_483_647) & 1];
    let [editions, kept, hears] = [new Editions("A"), NEVER, "B"];
    for (let now = 0; now < 7 * 24 * 60 * MINUTE; now += MINUTE) {
      editions.hear(hears, now); // a socket stays where it is
      kept = keptOf(JSON.stringify(kept), now);
      if (!mayRenew([{ kind: editions.mark(now) }], { ...ALONE, now, touched: -Infinity, kept })) continue;
      for (let n = 0; n < 4; n++) editions.hear(role(), now);
      if (editions.mark(now) !== "edition") continue;
      [reloads, kept] = [reloads + 1, { at: now, times: kept.times + 1 }];
      [editions, hears] = [new Editions(role()), role()];
    }
    assert.ok(reloads > 0 && reloads <= 7 * 8, `${reloads} reloads`);
  });
});
