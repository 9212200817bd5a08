import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { alertMarks, deviceMarks } from "../../layouts/assets/live/alert_layer.mjs";
import { caseMarks } from "../../layouts/assets/live/case_layer.mjs";
import { FactLog, emptySnapshot } from "../../layouts/assets/live/facts.mjs";
import { mayFly, newReds, zoomOf } from "../../layouts/assets/live/flight.mjs";
import { escapeHtml, inside, overlaps } from "../../layouts/assets/live/marks.mjs";
import { Ringing, TONES, levelToSound } from "../../layouts/assets/live/sound.mjs";
import { epochMs, workerMarks } from "../../layouts/assets/live/worker_layer.mjs";
import { alertOf, factOf } from "./fakes.mjs";

const AT = Date.parse("2026-11-21T08:00:00Z");
const VIEW = { area: "320404", tab: "all", alert: null, case: null, layers: ["devices", "cases", "alerts", "workers"] };

/** Facts applied one after the other to nothing. */
const applied = (...alerts) => new FactLog(emptySnapshot()).add(alerts.map((alert) => factOf("alert", alert)));

describe("tones", () => {
  it("sound for the worst new alert", () => assert.equal(levelToSound(applied(alertOf("A", 1), alertOf("B", 3)), AT), 3));
  it("sound again when a level rises, not when it falls", () => {
    const [, rise, fall] = applied(alertOf("A", 2), alertOf("A", 4), alertOf("A", 3));
    assert.deepEqual([levelToSound([rise], AT), levelToSound([fall], AT)], [4, 0]);
  });
  it("are silent for a replay older than a minute", () => {
    assert.deepEqual([levelToSound(applied(alertOf("A", 4)), AT + 60_000), levelToSound(applied(alertOf("A", 4)), AT + 60_001)], [4, 0]);
  });
  it("are silent for acknowledged alerts, cases and nothing", () => {
    const log = new FactLog(emptySnapshot());
    assert.equal(levelToSound(log.add([factOf("case", { id: "C", status: "handling", level: 4 })]), AT), 0);
    assert.equal(levelToSound(applied(alertOf("A", 4, "acknowledged")), AT), 0);
    assert.equal(levelToSound([], AT), 0);
  });
  it("exist for each level", () => assert.deepEqual(Object.keys(TONES), ["1", "2", "3", "4"]));

  it("red goes on ringing until it is acknowledged, cleared or less than red", () => {
    const ringing = new Ringing();
    ringing.hear(applied(alertOf("A", 4), alertOf("B", 3)), AT);
    assert.equal(ringing.goesOn([alertOf("A", 4), alertOf("B", 3)]), true);
    assert.equal(ringing.goesOn([alertOf("A", 4, "acknowledged")]), false);
    assert.equal(ringing.goesOn([alertOf("A", 4)]), false, "acknowledged once is enough");
  });
});

describe("flights", () => {
  it("go to what has become red", () => {
    const facts = applied(alertOf("A", 4), alertOf("B", 2), alertOf("B", 4), alertOf("A", 4));
    assert.deepEqual(newReds(facts).map((one) => one.id), ["A", "B"]);
  });
  it("wait while the officer's hands are on the map", () => {
    assert.deepEqual([mayFly(20_000, 0), mayFly(19_999, 0), mayFly(5, -Infinity)], [true, false, true]);
  });
});

describe("marks", () => {
  it("alerts: with their layer off, red ones that nobody has acknowledged are shown all the same", () => {
    const alerts = [alertOf("R", 4), alertOf("A", 4, "acknowledged"), alertOf("O", 3), alertOf("W", 2, "raised", { rule: "warning" }), alertOf("S", 1)];
    const shown = alertMarks(alerts, { ...VIEW, layers: ["devices"], alert: "S" });
    assert.deepEqual(shown.map((mark) => mark.id), ["S", "R"]);
  });
  it("what has no place, as a source that has stopped, is nowhere on the map", () => {
    const silent = alertOf("S", 3, "raised", { kind: "source", lon: null, lat: null });
    assert.deepEqual(alertMarks([silent], { ...VIEW, alert: "S" }), []);
  });
  it("cases: those of the states that are on, the selected one always", () => {
    const one = (id, status) => ({ id, status, area: "320404005001001", domain: "safety", lon: 119.9, lat: 31.8 });
    const cases = [one("A", "handling"), one("B", "returned"), one("C", "pending_check")];
    const ids = (more) => caseMarks(cases, { ...VIEW, ...more }).map((mark) => mark.id);
    assert.deepEqual(ids({ statuses: ["handling"] }), ["A"]);
    assert.deepEqual(ids({ statuses: ["handling"], case: "B" }), ["A", "B"]);
    assert.deepEqual(ids({ statuses: null }), ["A", "B", "C"]);
  });
  it("alerts: red and orange of the view, the selected one always", () => {
    const alerts = [alertOf("R", 4), alertOf("O", 3), alertOf("Y", 2), alertOf("far", 4, "raised", { area: "320411001001001" }), alertOf("S", 1)];
    const shown = alertMarks(alerts, { ...VIEW, alert: "S" });
    assert.deepEqual(shown.map((mark) => mark.id), ["S", "R", "O"]);
    assert.match(shown[1].classes, /red unacknowledged/);
    assert.match(shown[0].classes, /selected/);
  });

  it("alerts: a storm shows the worst two hundred", () => {
    const storm = Array.from({ length: 300 }, (_, i) => alertOf(`A${i}`, i < 150 ? 3 : 4));
    const shown = alertMarks(storm, VIEW);
    assert.equal(shown.length, 200);
    assert.equal(shown.filter((mark) => mark.classes.includes("red")).length, 150);
  });

  it("alerts: warnings of any level, also of the area around the one looked at, side by side", () => {
    const warning = (id, level, area) => ({ ...alertOf(id, level), rule: "warning", area });
    const three = [warning("W", 1, "320404"), warning("V", 2, "320404"), warning("X", 1, "320404116")];
    const shown = alertMarks(three, { ...VIEW, area: "320404005" });
    assert.deepEqual(shown.map((mark) => mark.id), ["V", "W"]);
    assert.ok(shown[1].lon > shown[0].lon);
    assert.deepEqual(alertMarks([alertOf("A", 2)], VIEW), []);
  });

  it("a selected device has a ring where it lies", () => {
    const placeOf = (n) => (n === 7 ? [119.9, 31.8] : null);
    assert.deepEqual(deviceMarks({ device: "n:7" }, placeOf).map((mark) => [mark.lon, mark.lat]), [[119.9, 31.8]]);
    assert.deepEqual(["n:8", "GAS-1", null, undefined].flatMap((device) => deviceMarks({ device }, placeOf)), []);
  });

  it("cases: by area and tab, without a place not at all", () => {
    const one = { id: "C", status: "handling", area: "320404005001001", domain: "safety", lon: 1, lat: 1 };
    const marks = (more, view) => caseMarks([{ ...one, ...more }], { ...VIEW, ...view }).map((mark) => mark.classes);
    assert.deepEqual(marks({}, { case: "C" }), ["case-mark case-handling selected"]);
    assert.deepEqual(marks({ overdue: true }, {}), ["case-mark case-handling overdue"]);
    assert.deepEqual([marks({ lon: null }, {}), marks({}, { tab: "economy" }), marks({}, { area: "320404116" }), marks({}, { layers: [] })], [[], [], [], []]);
  });

  it("workers: on duty, with a place, in an area that overlaps theirs", () => {
    const one = { id: "W", name: "<b>", grid: "320404005001", on_duty: true, lon: 1, lat: 1, at: 5 };
    const marks = (more, view) => workerMarks([{ ...one, ...more }], new Set(["W"]), { ...VIEW, ...view });
    assert.equal(marks({}, { area: "320404005001002" }).length, 1);
    assert.match(marks({}, {})[0].html, /&lt;b&gt;.*data-at="5"/s);
    assert.deepEqual([marks({ on_duty: false }, {}), marks({ lat: null }, {}), marks({}, { area: "320404116" })], [[], [], []]);
  });

  it("areas: prefixes, and the city's code ends in 00", () => {
    assert.deepEqual([inside("320404005", "320400"), inside("320404005", "320404"), inside("320411", "320404"), inside("", "3204"), overlaps("320404", "320404005")], [true, true, false, false, true]);
  });

  it("epoch ms from numbers and ISO, null from neither", () => assert.deepEqual([epochMs(5), epochMs("1970-01-01T00:00:01Z"), epochMs(null)], [5, 1000, null]));
  it("text is safe in HTML", () => assert.equal(escapeHtml(`<a href="'">&`), "&lt;a href=&quot;&#39;&quot;&gt;&amp;"));
});

describe("a flight to a warning", () => {
  it("shows its area whole, and a device from nearby", () => {
    const to = (area) => zoomOf({ rule: "warning", area }, 11);
    assert.deepEqual([to("320404"), to("320404005"), to("320404005001")], [12, 13, 14]);
    assert.deepEqual([zoomOf(alertOf("A", 4), 11), zoomOf(alertOf("A", 4), 17)], [15, 17]);
  });
});
