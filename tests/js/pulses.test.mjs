import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { Pulses, ofCase, ofChosen } from "../../layouts/assets/live/pulses.mjs";

const VIEW = { area: "320404", alert: null, case: null, device: null };
const RAISED = { seq: 7, body: { alert: { id: "A1", case_id: null } } };
const OPENED = { seq: 8, body: { case: { id: "C1", source_id: "A1" } } };
const SENT = { seq: 9, body: { task: { id: "T1", case_id: "C9" } } };

/** The stores that facts set while nothing is throttled. @param {object[]} facts @param {object} view */
function bumped(facts, view = VIEW) {
  const set = [];
  new Pulses((id) => set.push(id), (fn) => fn).facts(9, facts, view);
  return set;
}

describe("pulses", () => {
  it("leave the panels of cases still when an alert comes", () => {
    assert.deepEqual(bumped([RAISED]), ["pulse", "calm-pulse"]);
  });

  it("tell the panels of cases about cases and tasks", () => {
    for (const fact of [OPENED, SENT]) assert.ok(ofCase(fact));
    assert.deepEqual(bumped([RAISED, OPENED]), ["pulse", "calm-pulse", "pulse-cases", "calm-cases"]);
  });

  it("tell the card about the selected alert, its case, and who is busy", () => {
    assert.ok(ofChosen(RAISED, { ...VIEW, alert: "A1" }));
    assert.ok(ofChosen(OPENED, { ...VIEW, alert: "A1" }));
    assert.ok(ofChosen(OPENED, { ...VIEW, case: "C1" }));
    assert.ok(ofChosen({ body: { alert: { id: "A1", case_id: "C1" } } }, { ...VIEW, case: "C1" }));
    assert.ok(ofChosen(SENT, { ...VIEW, case: "C1" }));
    assert.ok(!ofChosen(RAISED, { ...VIEW, alert: "A2" }));
    assert.ok(!ofChosen(RAISED, VIEW));
    assert.ok(!ofChosen(SENT, VIEW));
  });

  it("let the card go on with the others, but seldom", () => {
    const waits = [];
    const set = [];
    const limit = (fn, ms) => (seq) => { waits.push(ms); fn(seq); };
    new Pulses((id) => set.push(id), limit).facts(9, [RAISED], { ...VIEW, device: "n:3" });
    assert.deepEqual(set, ["pulse", "calm-pulse", "pulse-chosen"]);
    assert.equal(waits.at(-1), 15_000);
  });

  it("ask for figures once a minute although nothing happens", () => {
    const set = [];
    const pulses = new Pulses((id) => set.push(id), (fn) => fn);
    for (let ms = 1_000; ms <= 120_000; ms += 2_000) pulses.passing(ms);
    assert.deepEqual(set, ["calm-pulse", "calm-cases"]);
    pulses.passing(121_000);
    assert.equal(set.length, 4);
  });

  it("tell everybody when all of it is new", () => {
    const set = [];
    new Pulses((id) => set.push(id), (fn) => fn).all(1);
    assert.deepEqual(set.sort(), ["calm-cases", "calm-pulse", "pulse", "pulse-cases", "pulse-chosen"]);
  });
});
