import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { sentences } from "../../layouts/assets/live/banner.mjs";
import { Blindness } from "../../layouts/assets/live/blind.mjs";
import { wordsOf } from "../../layouts/assets/live/words.mjs";

const T0 = 1_795_000_000_000;
const LIMITS = { feeds: { telemetry: 15 }, role_dead_s: 10 };
const WELL = { at: T0, as_of: 1, redis: true, ledger: true, feeds: { telemetry: 3, report: 4000 }, roles: { watch: 1 } };

function heard(pulse = {}, offset = 0) {
  const blind = new Blindness(LIMITS, T0);
  blind.heard({ ...WELL, ...pulse }, T0, offset);
  return blind;
}

const names = (marks) => marks.map((mark) => mark.mark);

describe("am I blind?", () => {
  it("is well while pulses come", () => assert.deepEqual(heard().marks(T0 + 2000), []));

  it("no pulse for more than six seconds", () => {
    assert.deepEqual(heard().marks(T0 + 6000), []);
    const [mark] = heard().marks(T0 + 6001);
    assert.deepEqual([mark.mark, mark.since], ["socket", T0]);
  });

  it("a first pulse has ten seconds to come", () => {
    const blind = new Blindness(LIMITS, T0);
    assert.deepEqual(blind.marks(T0 + 10_000), []);
    assert.deepEqual(names(blind.marks(T0 + 10_001)), ["socket"]);
  });

  it("clears by itself with the next pulse", () => {
    const blind = heard();
    blind.marks(T0 + 60_000);
    blind.heard(WELL, T0 + 61_000, 0);
    assert.deepEqual(blind.marks(T0 + 61_500), []);
  });

  for (const [what, pulse, marks] of [
    ["Redis lost says enough about feeds and roles", { redis: false, feeds: { telemetry: 99 }, roles: { watch: 99 } }, ["redis"]],
    ["ledger lost", { ledger: false }, ["ledger"]],
    ["a feed about to reach its limit of 15 s", { feeds: { telemetry: 12.1 } }, ["feed:telemetry"]],
    ["a feed that is merely slow", { feeds: { telemetry: 12 } }, []],
    ["a feed without a limit may be quiet", { feeds: { telemetry: 1, report: 99_999 } }, []],
    ["a source that the watch holds to be silent, beside others that speak", { silent: { lora: 70 } }, ["source:lora"]],
    ["several sources in one line, the longest silent first", { silent: { lora: 70, lab: 900 } }, ["source:lab,lora"]],
    ["our own topics are the feed that is lost as a whole", { feeds: { telemetry: 99 }, silent: { city: 99 } }, ["feed:telemetry"]],
    ["our own topics alone", { silent: { city: 99 } }, ["source:city"]],
    ["no source is known while Redis is lost", { redis: false, silent: { lora: 70 } }, ["redis"]],
    ["a role that is dead", { roles: { watch: 11, clock: 2 } }, ["role:watch"]],
    ["a role that was never heard", { roles: { watch: null } }, ["role:watch"]],
  ]) it(what, () => assert.deepEqual(names(heard(pulse).marks(T0)), marks));

  it("a feed that never came is lost once its limit has passed since loading", () => {
    const blind = new Blindness(LIMITS, T0);
    blind.heard({ ...WELL, feeds: {} }, T0 + 12_000, 0);
    assert.deepEqual(blind.marks(T0 + 12_000), []);
    blind.heard({ ...WELL, feeds: {} }, T0 + 16_000, 0);
    assert.deepEqual(names(blind.marks(T0 + 16_000)), ["feed:telemetry"]);
  });

  it("a feed grows older between pulses, and its mark says since when", () => {
    const [mark] = heard({ feeds: { telemetry: 10 } }).marks(T0 + 3000);
    assert.deepEqual([mark.mark, mark.since], ["feed:telemetry", T0 - 10_000]);
  });

  it("clock skew of more than five seconds, either way", () => {
    assert.deepEqual(names(heard({}, 5000).marks(T0)), []);
    assert.deepEqual(heard({}, -5600).marks(T0).map((mark) => [mark.mark, mark.amount]), [["skew", -6]]);
  });

  it("a browser that slept is blind until it has caught up", () => {
    const blind = heard();
    assert.equal(blind.tick(T0 + 1000), false);
    assert.equal(blind.tick(T0 + 3_600_000), true);
    blind.heard(WELL, T0 + 3_600_100, 0);
    assert.deepEqual(blind.marks(T0 + 3_600_200).map((mark) => [mark.mark, mark.since]), [["asleep", T0 + 1000]]);
    blind.caughtUp();
    assert.deepEqual(blind.marks(T0 + 3_600_300), []);
  });

  it("remembers since when something has failed", () => {
    const blind = heard();
    blind.note("points", true, T0 + 100);
    blind.note("points", true, T0 + 900);
    assert.equal(blind.marks(T0 + 1000)[0].since, T0 + 100);
    blind.note("points", false, T0 + 1000);
    assert.deepEqual(blind.marks(T0 + 1000), []);
  });

  it("keeps the first moment of a loss through later pulses, and forgets it when it is over", () => {
    const blind = heard({ redis: false });
    blind.marks(T0);
    blind.heard({ ...WELL, redis: false }, T0 + 2000, 0);
    assert.equal(blind.marks(T0 + 2000)[0].since, T0);
    blind.heard(WELL, T0 + 4000, 0);
    blind.marks(T0 + 4000);
    blind.heard({ ...WELL, redis: false }, T0 + 6000, 0);
    assert.equal(blind.marks(T0 + 6000)[0].since, T0 + 6000);
  });
});

describe("who is signed out", () => {
  it("is told this alone: what else may be lost, nobody can say", () => {
    const blind = heard({ redis: false });
    blind.note("points", true, T0);
    blind.note("session", true, T0 + 1000);
    assert.deepEqual(blind.marks(T0 + 60_000).map(({ mark, since }) => [mark, since]), [["session", T0 + 1000]]);
    blind.note("session", false, T0 + 61_000);
    assert.ok(blind.marks(T0 + 62_000).some(({ mark }) => mark === "points"));
  });
});

describe("the banner's sentences", () => {
  for (const locale of ["zh-CN", "en"])
    for (const kind of ["socket", "redis", "ledger", "feed", "source", "role", "asleep", "skew", "points", "snapshot", "session", "edition", "editions"])
      it(`${locale} ${kind}: what, since when, what cannot be trusted`, () => {
        const mark = { mark: kind, kind, name: kind === "role" ? "clock" : "telemetry", since: T0, amount: 20 };
        const { title, since, doubt } = sentences(mark, T0 + 42_000, 0, wordsOf(locale));
        assert.ok(title && since.includes(locale === "en" ? "42 s" : "42 秒") && doubt && title !== kind, `${title} ${since} ${doubt}`);
      });

  it("names each source, ours by its name", () => {
    const { title } = sentences({ mark: "source:city,lora", kind: "source", name: "city,lora", since: T0 }, T0, 0, wordsOf("zh-CN"));
    assert.match(title, /城运主题、lora/);
  });

  it("shows the server's time of day", () => {
    const { since } = sentences({ mark: "redis", kind: "redis", since: Date.parse("2026-11-21T08:08:42Z") }, T0, 0, wordsOf("zh-CN"));
    assert.match(since, /16:08:42/);
  });
});
