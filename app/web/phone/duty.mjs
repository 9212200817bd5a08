// On and off duty (在岗): a tap counts here at once, and what the server knows counts when it has heard of every tap.

const KEPT = "duty";

export class Duty {
  /**
   * @param {{remember: Function, recall: Function}} kept
   * @param {{start: () => void, stop: () => void, onDuty: boolean}} place
   * @param {() => Promise<{kind: string, refused?: string}[]>} waiting what was done here and the server does not have
   * @param {(on: boolean) => Promise<void>} tell keeps the tap until the server has it
   */
  constructor(kept, place, waiting, tell) {
    Object.assign(this, { kept, place, waiting, tell });
    this.taps = 0;
  }

  /** Without a network: as it was last. */
  async resume() {
    if ((await this.kept.recall(KEPT)) !== false) this.place.start();
  }

  async toggle() {
    const on = !this.place.onDuty;
    try {
      await this.tell(on);
    } finally { // a phone without room for it stops looking for the worker all the same
      this.taps += 1;
      await this.#turn(on);
    }
  }

  /** Somebody else is signed in: nobody looks where he is before the server has said that he is on duty. */
  forget() {
    this.taps += 1;
    return this.#turn(false);
  }

  /** Before the server is asked; null while it lacks a tap, since its answer is then older. @returns {Promise<number|null>} for believe */
  async asked() {
    const { taps } = this;
    const untold = (await this.waiting()).some((each) => each.kind === "duty" && !each.refused);
    return untold ? null : taps;
  }

  /** What it answered, unless somebody has tapped meanwhile. @param {number|null} asked @param {{on_duty: boolean}|undefined} mine */
  async believe(asked, mine) {
    if (mine && asked === this.taps && mine.on_duty !== this.place.onDuty) await this.#turn(mine.on_duty);
  }

  async #turn(on) {
    if (on) this.place.start();
    else this.place.stop();
    await this.kept.remember(KEPT, on);
  }
}
