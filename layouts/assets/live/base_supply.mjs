// Whether a tile server may be asked: one that gives nothing is asked ever more rarely, so that neither it nor the console drowns.

export const FIRST_MS = 10_000; // the pause after a view without one tile; twice as long after each trial in vain
export const MOST_MS = 60_000;
export const TRIALS = 2; // tiles that are asked for after a pause

/** @typedef {"well"|"lost"|"again"} Settled  again: tiles come once more, ask for those that were left out */

/** One layer of tiles. */
export class Supply {
  constructor() {
    this.left = Infinity; // tiles that may be asked for
    this.pause = 0; // ms until the next trial; 0 while tiles come
    this.came = 0;
    this.missed = 0;
  }

  /** @returns {boolean} whether one more tile may be asked for */
  ask() {
    if (this.left <= 0) return false;
    this.left -= 1;
    return true;
  }

  /** A tile that was asked for. @param {boolean} came else it was refused, lost or no picture */
  tile(came) {
    if (came) this.came += 1;
    else this.missed += 1;
  }

  /** All that was asked for is answered: some tiles may miss at the edge of what a server has, all of them may not. @returns {Settled} */
  settle() {
    const { came, missed, pause } = this;
    this.came = this.missed = 0;
    if (came) {
      this.pause = 0;
      this.left = Infinity;
      return pause ? "again" : "well";
    }
    if (!missed && !pause) return "well"; // a view that was left before anything was answered
    this.pause ||= FIRST_MS;
    this.left = 0;
    return "lost";
  }

  /** Nothing was answered for too long. */
  giveUp() {
    this.missed += 1;
    this.settle();
  }

  /** The pause is over: the next one is longer. */
  retry() {
    this.left = TRIALS;
    this.pause = Math.min(MOST_MS, this.pause * 2);
  }
}
