// How a snapshot follows from facts: the mirror of app/domain/facts.py.

/**
 * @typedef {{id: string, status: string, level?: number, [field: string]: any}} Thing
 * @typedef {{as_of: number, alerts: Thing[], cases: Thing[], tasks: Thing[], workers: any[], [k: string]: any}} Snapshot
 * @typedef {{seq: number, kind: string, thing: string, at: string, body: Object<string, Thing>}} Fact
 */

/** Noun in a fact's body -> the snapshot's list, and the statuses in which a thing leaves it. */
const LISTS = {
  alert: ["alerts", new Set(["cleared"])],
  case: ["cases", new Set(["closed", "void"])],
  task: ["tasks", new Set(["done", "returned", "withdrawn"])],
};

const SEEN_AT_MOST = 5_000; // things; facts overtake each other by seconds, a wall runs for weeks

export const NOUNS = Object.keys(LISTS);

/** @returns {Snapshot} a snapshot of nothing */
export function emptySnapshot() {
  return { as_of: 0, alerts: [], cases: [], tasks: [], workers: [] };
}

/**
 * The snapshot as it is after the fact: things are replaced by id, ended ones leave.
 * @param {Snapshot} snapshot
 * @param {Fact} fact
 * @returns {Snapshot} a new object; lists that did not change are shared
 */
export function applyFact(snapshot, fact) {
  const after = { ...snapshot, as_of: fact.seq };
  for (const noun of NOUNS) {
    const thing = fact.body[noun];
    if (!thing) continue;
    const [name, ended] = LISTS[noun];
    const rest = snapshot[name].filter((other) => other.id !== thing.id);
    after[name] = ended.has(thing.status) ? rest : [...rest, thing];
  }
  const changed = fact.body.worker; // a part of a worker, who never leaves the list
  if (changed) after.workers = snapshot.workers.map((one) => (one.id === changed.id ? { ...one, ...changed } : one));
  return after;
}

/**
 * Apply facts that may come twice or out of order (a live one before the replay of older ones).
 * Facts of one thing are applied in the order of seq only, which is enough since each carries the whole thing.
 */
export class FactLog {
  /** @param {Snapshot} snapshot */
  constructor(snapshot) {
    this.restart(snapshot);
  }

  /** Begin again from a snapshot; nothing at or below its seq is applied any more. @param {Snapshot} snapshot */
  restart(snapshot) {
    this.snapshot = snapshot;
    this.floor = snapshot.as_of;
    this.seen = new Map();
  }

  get seq() {
    return this.snapshot.as_of;
  }

  /**
   * Apply the new ones among the facts.
   * @param {Fact[]} facts
   * @returns {{fact: Fact, before: Snapshot}[]} those applied, each with the snapshot before it
   */
  add(facts) {
    const applied = [];
    for (const fact of facts) {
      if (!this.#isNew(fact)) continue;
      const before = this.snapshot;
      this.snapshot = { ...applyFact(before, fact), as_of: Math.max(before.as_of, fact.seq) };
      for (const key of keysOf(fact)) this.#see(key, fact.seq);
      applied.push({ fact, before });
    }
    return applied;
  }

  /** The map stays in the order of use, and the longest unused thing leaves it first. */
  #see(key, seq) {
    this.seen.delete(key);
    this.seen.set(key, seq);
    if (this.seen.size > SEEN_AT_MOST) this.seen.delete(this.seen.keys().next().value);
  }

  /** All facts of our scope up to seq are known to have come. @param {number} seq */
  advance(seq) {
    if (seq > this.seq) this.snapshot = { ...this.snapshot, as_of: seq };
  }

  #isNew(fact) {
    if (fact.seq <= this.floor) return false;
    return keysOf(fact).every((key) => fact.seq > (this.seen.get(key) ?? 0));
  }
}

/** @param {Fact} fact @returns {string[]} the things that a fact replaces; the fact itself when none */
function keysOf(fact) {
  const nouns = [...NOUNS, "worker"].filter((noun) => fact.body[noun]);
  return nouns.length ? nouns.map((noun) => `${noun}:${fact.body[noun].id}`) : [`fact:${fact.seq}`];
}
