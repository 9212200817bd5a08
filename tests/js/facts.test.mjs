import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { FactLog, applyFact, emptySnapshot } from "../../layouts/assets/live/facts.mjs";
import { alertOf, factOf } from "./fakes.mjs";

const ids = (things) => things.map((thing) => thing.id);
const from = (asOf, more = {}) => ({ ...emptySnapshot(), as_of: asOf, ...more });

describe("applyFact mirrors app/domain/facts.py", () => {
  it("adds a new thing and moves the seq", () => {
    const after = applyFact(from(4), factOf("alert", alertOf("A", 4), { seq: 5 }));
    assert.deepEqual([after.as_of, ids(after.alerts)], [5, ["A"]]);
  });

  it("replaces by id, and puts the thing last", () => {
    const before = from(4, { cases: [{ id: "1", status: "handling" }, { id: "2", status: "handling" }] });
    const after = applyFact(before, factOf("case", { id: "1", status: "pending_check" }, { seq: 5 }));
    assert.deepEqual(after.cases, [{ id: "2", status: "handling" }, { id: "1", status: "pending_check" }]);
    assert.equal(before.cases.length, 2, "the old snapshot is untouched");
  });

  for (const [noun, list, ended] of [["alert", "alerts", ["cleared"]], ["case", "cases", ["closed", "void"]], ["task", "tasks", ["done", "returned", "withdrawn"]]])
    for (const status of ended)
      it(`a ${noun} that is ${status} leaves`, () => {
        const after = applyFact(from(4, { [list]: [{ id: "X", status: "?" }] }), factOf(noun, { id: "X", status }, { seq: 5 }));
        assert.deepEqual(after[list], []);
      });

  it("changes a worker where he stands in the list, and nobody who is not there", () => {
    const before = from(4, { workers: [{ id: "W1", on_duty: true, lon: 119.9 }, { id: "W2", on_duty: true }] });
    const after = applyFact(before, { seq: 5, body: { worker: { id: "W1", on_duty: false } } });
    assert.deepEqual(after.workers, [{ id: "W1", on_duty: false, lon: 119.9 }, { id: "W2", on_duty: true }]);
    assert.deepEqual(applyFact(before, { seq: 5, body: { worker: { id: "W9", on_duty: false } } }).workers, before.workers);
  });

  it("takes several things in one fact, and facts about nothing it keeps", () => {
    const fact = { seq: 5, body: { case: { id: "C", status: "pending_handle" }, task: { id: "T", status: "sent" } } };
    const after = applyFact(from(4), fact);
    assert.deepEqual([ids(after.cases), ids(after.tasks)], [["C"], ["T"]]);
    assert.equal(applyFact(after, { seq: 6, body: {} }).as_of, 6);
  });
});

describe("the log of facts", () => {
  it("applies each fact once", () => {
    const log = new FactLog(from(4));
    const fact = factOf("alert", alertOf("A", 4), { seq: 5 });
    assert.equal(log.add([fact]).length, 1);
    assert.equal(log.add([fact]).length, 0);
  });

  it("ignores what the snapshot already holds", () => {
    assert.deepEqual(new FactLog(from(9)).add([factOf("alert", alertOf("A", 4), { seq: 9 })]), []);
  });

  it("takes a replay that comes after a live fact, without going back", () => {
    const log = new FactLog(from(4));
    log.add([factOf("alert", alertOf("A", 4, "acknowledged"), { seq: 8 })]);
    const late = [factOf("alert", alertOf("A", 4), { seq: 5 }), factOf("alert", alertOf("B", 2), { seq: 6 })];
    assert.deepEqual(log.add(late).map(({ fact }) => fact.seq), [6]);
    assert.equal(log.snapshot.alerts.find((one) => one.id === "A").status, "acknowledged");
    assert.equal(log.seq, 8);
  });

  it("does not raise the dead: an ended thing stays away", () => {
    const log = new FactLog(from(4));
    log.add([factOf("alert", alertOf("A", 4, "cleared"), { seq: 8 })]);
    log.add([factOf("alert", alertOf("A", 4), { seq: 7 })]);
    assert.deepEqual(log.snapshot.alerts, []);
  });

  it("gives the snapshot before each fact", () => {
    const log = new FactLog(from(0));
    const [first, second] = log.add([factOf("alert", alertOf("A", 2), { seq: 1 }), factOf("alert", alertOf("A", 4), { seq: 2 })]);
    assert.deepEqual([first.before.alerts.length, second.before.alerts[0].level], [0, 2]);
  });

  it("does not grow with the weeks, and keeps what was used last", () => {
    const log = new FactLog(from(0));
    for (let seq = 1; seq <= 6_000; seq += 1) log.add([factOf("alert", alertOf(`A${seq}`, 2, "cleared"), { seq })]);
    assert.equal(log.seen.size, 5_000);
    assert.deepEqual(log.add([factOf("alert", alertOf("A6000", 2), { seq: 5_999 })]), []);
  });

  it("advances, never back", () => {
    const log = new FactLog(from(4));
    log.advance(9);
    log.advance(3);
    assert.equal(log.seq, 9);
  });
});
