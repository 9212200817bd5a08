// The outbox: what the worker does is kept first and sent later, once and in order.
//
// An act is {seq, key, user, kind, url, body, task?, photos: [id], refused?}. On a shared phone only the acts of who is signed in
// are sent; those of others wait for them. Sending stops at the first act
// that did not get through; one that the server refuses for good is set aside with its reason, so that
// it neither blocks the others nor disappears.

import { Refusal } from "./api.mjs";

export class Outbox {
  /**
   * @param {{waiting: Function, keep: Function, update: Function, forget: Function, photo: Function, uploaded: Function}} kept
   * @param {(path: string, body: any, key: string) => Promise<any>} post
   * @param {() => void} changed called after every change of the list
   * @param {(act: any) => void} told called when the server has taken an act, before it leaves the list
   */
  constructor(kept, post, changed, told = () => {}) {
    this.kept = kept;
    this.post = post;
    this.changed = changed;
    this.told = told;
    this.signInNeeded = false;
    this.user = null;
    this.sending = null;
    this.again = false;
  }

  /** Keep an act; it is on the phone when this returns. */
  async add(act, photos = []) {
    const whole = { key: crypto.randomUUID(), user: this.user, photos: photos.map((p) => p.id), ...act };
    await this.kept.keep(whole, photos);
    this.changed();
    this.flush();
    return whole;
  }

  /** Send what waits, oldest first; a call while one runs makes it look once more. */
  flush() {
    this.again = true;
    this.sending ??= this.run();
    return this.sending;
  }

  async run() {
    // two tabs of one phone must not send the same act at once
    const locks = globalThis.navigator?.locks;
    try {
      while (this.again) {
        this.again = false;
        await (locks ? locks.request("outbox", () => this.drain()) : this.drain());
      }
    } finally {
      this.sending = null;
    }
  }

  /** What the present user did and the server does not have. */
  async mine() {
    return (await this.kept.waiting()).filter((act) => act.user === this.user);
  }

  async drain() {
    for (;;) {
      const next = (await this.mine()).find((act) => !act.refused);
      if (!next) return;
      const settled = await this.deliver(next);
      this.changed();
      if (!settled) return;
    }
  }

  /** True when the act is settled: sent, or refused for good. */
  async deliver(act) {
    try {
      const photos = await this.upload(act.photos);
      const body = photos.length ? { ...act.body, photos } : act.body;
      await this.post(act.url, body, act.key);
      this.signInNeeded = false;
      this.told(act);
      await this.kept.forget(act);
      return true;
    } catch (why) {
      return this.failed(act, why);
    }
  }

  async failed(act, why) {
    if (!(why instanceof Refusal) || why.status >= 500 || why.status === 429 || why.status === 408) return false;
    if (why.status === 401) {
      this.signInNeeded = true;
      return false;
    }
    // the server's state is what counts for marks nobody waits for
    if (act.kind === "see" || act.kind === "deliver") await this.kept.forget(act);
    else await this.kept.update({ ...act, refused: why.message });
    return true;
  }

  async upload(ids) {
    const remote = [];
    for (const id of ids ?? []) {
      const photo = await this.kept.photo(id);
      if (!photo) continue;
      if (!photo.remote) {
        const form = new FormData();
        form.append("photo", photo.blob, "photo.jpg");
        const answer = await this.post("/api/v1/photos", form, id);
        await this.kept.uploaded(photo, answer.id);
        photo.remote = answer.id;
      }
      remote.push(photo.remote);
    }
    return remote;
  }

  /** Remove an act that was refused. */
  async drop(seq) {
    const act = (await this.mine()).find((a) => a.seq === seq);
    if (act) await this.kept.forget(act);
    this.changed();
  }
}
