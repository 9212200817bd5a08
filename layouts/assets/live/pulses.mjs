// Which panels a fact concerns: their callbacks listen to a store each, and the others stay still.
import { CALM, CALM_CASES, PULSE, PULSE_CASES, PULSE_CHOSEN } from "./ids.mjs";
import { setStore } from "./stores.mjs";
import { throttle } from "./throttle.mjs";

const PULSE_MS = 300; // callbacks of lists run at most this often
const CALM_MS = 4_000; // callbacks of figures
const PASSING_MS = 60_000; // hours, ages and counts change without facts too
const CHOSEN_MS = 15_000; // what is selected has a curve and people near it, which go on without facts

/** Whether a fact is about a case. @param {import("./facts.mjs").Fact} fact */
export const ofCase = ({ body }) => Boolean(body.case ?? body.task);

/** Whether a fact is about what is selected, its case or its alert. @param {import("./facts.mjs").Fact} fact @param {import("./config.mjs").View} view */
export function ofChosen({ body }, view) {
  if (!view.alert && !view.case) return false;
  if (body.task) return true; // how busy people are is a reason to choose them
  const { alert, case: found } = body;
  const here = (wanted, ...ids) => Boolean(wanted) && ids.includes(wanted);
  return here(view.alert, alert?.id, found?.source_id) || here(view.case, found?.id, alert?.case_id);
}

/** The stores that facts set. */
export class Pulses {
  #stores;
  #others;
  #passed = null;

  /** @param {(id: string, data: any) => void} [set] @param {typeof throttle} [limit] */
  constructor(set = setStore, limit = throttle) {
    const store = (id, ms) => limit((seq) => set(id, seq), ms);
    this.#stores = {
      any: store(PULSE, PULSE_MS), calm: store(CALM, CALM_MS),
      cases: store(PULSE_CASES, PULSE_MS), calmCases: store(CALM_CASES, CALM_MS),
      chosen: store(PULSE_CHOSEN, PULSE_MS),
    };
    this.#others = store(PULSE_CHOSEN, CHOSEN_MS);
  }

  /** All of it may be another. @param {number} seq */
  all(seq) {
    for (const set of Object.values(this.#stores)) set(seq);
  }

  /** Time passes: once a minute figures are asked for anew. @param {number} now epoch ms */
  passing(now) {
    this.#passed ??= now;
    if (now - this.#passed < PASSING_MS) return;
    this.#passed = now;
    this.#stores.calm(now);
    this.#stores.calmCases(now);
  }

  /** @param {number} seq @param {import("./facts.mjs").Fact[]} facts @param {import("./config.mjs").View} view */
  facts(seq, facts, view) {
    const { any, calm, cases, calmCases, chosen } = this.#stores;
    any(seq);
    calm(seq);
    if (facts.some(ofCase)) {
      cases(seq);
      calmCases(seq);
    }
    if (facts.some((fact) => ofChosen(fact, view))) chosen(seq);
    else if (view.alert || view.case || view.device) this.#others(seq);
  }
}
