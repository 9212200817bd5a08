// The server's time, learned from its pulses: ages and countdowns never depend on this computer's clock.

const KEPT = 5; // pulses over which the least delayed one is taken

/** The difference between the server's clock and ours; a late message looks like a slow server, so the largest counts. */
export class ServerClock {
  /** @param {() => number} [local] epoch ms of this computer */
  constructor(local = () => Date.now()) {
    this.local = local;
    this.offsets = [];
  }

  /** @param {number} at the server's epoch ms in a message that came just now */
  learn(at) {
    this.offsets.push(at - this.local());
    if (this.offsets.length > KEPT) this.offsets.shift();
  }

  /** Forget: the computer slept, or its clock was set. */
  forget() {
    this.offsets = [];
  }

  /** How far this computer is behind the server, ms; 0 while unknown. */
  get offset() {
    return this.offsets.length ? Math.max(...this.offsets) : 0;
  }

  /** @returns {number} the server's epoch ms now */
  now() {
    return this.local() + this.offset;
  }
}
