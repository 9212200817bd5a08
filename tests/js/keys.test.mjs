import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { commandOf } from "../../layouts/assets/live/keys.mjs";
import { alertOf } from "./fakes.mjs";

const alerts = [alertOf("old", 4, "raised", { raised_at: "2026-11-21T07:00:00Z" }), alertOf("new", 4), alertOf("low", 2), alertOf("seen", 4, "acknowledged")];

const at = (view = {}, more = {}) => ({ view: { alert: null, case: null, ...view }, alerts, open: false, typing: false, ...more });
const act = (name, id, value) => ({ do: "act", name, id, ...(value && { value }) });

describe("keys", () => {
  for (const [what, key, moment, command] of [
    ["0 is all tabs", "0", at(), act("tab", "all")],
    ["3 is the third tab", "3", at(), act("tab", "safety")],
    ["5 is nothing", "5", at(), null],
    ["A goes to the worst and newest that nobody has acknowledged", "a", at(), act("select-alert", "new")],
    ["A acknowledges the selected one", "A", at({ alert: "low" }), act("acknowledge", "low")],
    ["A goes on when the selected one is acknowledged", "a", at({ alert: "seen" }), act("select-alert", "new")],
    ["A does nothing when all is acknowledged", "a", at({}, { alerts: [] }), null],
    ["D dispatches the selected alert", "d", at({ alert: "low", case: "C" }), act("dispatch", "low", "alert")],
    ["D dispatches the selected case", "d", at({ case: "C" }), act("dispatch", "C", "case")],
    ["D needs something selected", "d", at(), null],
    ["Esc closes our own card first", "Escape", at({ alert: "low" }, { open: true }), { do: "close" }],
    ["Esc then leaves the text field", "Escape", at({ alert: "low" }, { typing: true }), { do: "leave" }],
    ["Esc then closes a list of results", "Escape", at({ alert: "low" }, { listing: true }), act("found", null)],
    ["Esc then closes the selected thing", "Escape", at({ alert: "low" }), act("up", "card")],
    ["Esc then goes one area up", "Escape", at(), act("up", "area")],
    ["letters belong to the text field", "a", at({}, { typing: true }), null],
    ["/ searches", "/", at(), { do: "search" }],
    ["M mutes", "m", at(), { do: "mute" }],
    ["? helps", "?", at(), { do: "help" }],
    ["other keys are left alone", "F5", at(), null],
    ["no name of Object's is a key", "constructor", at(), null],
  ]) it(what, () => assert.deepEqual(commandOf(key, moment), command));
});
