// The outbox: sent once and in order, whatever the network does.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Refusal } from "../../app/web/phone/api.mjs";
import { Outbox } from "../../app/web/phone/outbox.mjs";

/** What IndexedDB does, in memory: an ordered list and photos. */
function shelf() {
  const acts = [];
  const photos = new Map();
  let seq = 0;
  return {
    acts,
    photos,
    waiting: async () => acts.map((act) => ({ ...act })),
    keep: async (act, pictures) => {
      for (const picture of pictures) photos.set(picture.id, picture);
      acts.push({ ...act, seq: (seq += 1) });
    },
    update: async (act) => {
      acts[acts.findIndex((each) => each.seq === act.seq)] = act;
    },
    forget: async (act) => {
      acts.splice(acts.findIndex((each) => each.seq === act.seq), 1);
      for (const id of act.photos ?? []) photos.delete(id);
    },
    photo: async (id) => photos.get(id),
    uploaded: async (photo, remote) => photos.set(photo.id, { ...photo, remote }),
  };
}

/** A server that answers as told; `sent` is what reached it. */
function server(answers = () => ({})) {
  const sent = [];
  const post = async (url, body, key) => {
    sent.push({ url, body, key });
    const answer = answers(url, sent.length);
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { sent, post };
}

const act = (kind, task = "t1") => ({ kind, task, url: `/api/v1/tasks/${task}/${kind}`, body: { at: "x" } });

async function box(answers) {
  const kept = shelf();
  const line = server(answers);
  const outbox = new Outbox(kept, line.post, () => {});
  return { kept, line, outbox };
}

test("acts are sent in the order in which they were done, each with its own key", async () => {
  const { kept, line, outbox } = await box();
  for (const kind of ["accept", "arrive", "finish"]) await outbox.add(act(kind));
  await outbox.flush();
  assert.deepEqual(line.sent.map((each) => each.url.split("/").pop()), ["accept", "arrive", "finish"]);
  assert.equal(new Set(line.sent.map((each) => each.key)).size, 3);
  assert.equal(kept.acts.length, 0);
});

test("without a network nothing is lost and nothing overtakes", async () => {
  let online = false;
  const { kept, line, outbox } = await box(() => (online ? {} : new TypeError("network")));
  await outbox.add(act("accept"));
  await outbox.add(act("arrive"));
  await outbox.flush();
  assert.equal(kept.acts.length, 2);
  assert.ok(line.sent.every((each) => each.url.endsWith("/accept")));
  online = true;
  line.sent.length = 0;
  await outbox.flush();
  assert.deepEqual(line.sent.map((each) => each.url.split("/").pop()), ["accept", "arrive"]);
});

test("a second try carries the same key, so that the server answers it as before", async () => {
  let calls = 0;
  const { line, outbox } = await box(() => ((calls += 1) === 1 ? new Refusal(503, "later") : {}));
  await outbox.add(act("accept"));
  await outbox.flush();
  await outbox.flush();
  assert.equal(new Set(line.sent.map((each) => each.key)).size, 1);
});

test("a refusal is kept with its reason and does not block what follows", async () => {
  const { kept, line, outbox } = await box((url) => (url.endsWith("arrive") ? new Refusal(409, "任务已撤回") : {}));
  await outbox.add(act("arrive"));
  await outbox.add(act("accept", "t2"));
  await outbox.flush();
  assert.equal(kept.acts.length, 1);
  assert.equal(kept.acts[0].refused, "任务已撤回");
  assert.equal(line.sent.at(-1).url, "/api/v1/tasks/t2/accept");
  await outbox.drop(kept.acts[0].seq);
  assert.equal(kept.acts.length, 0);
});

test("what the server has taken is told while it is still in the list: the page never shows the state before", async () => {
  const kept = shelf();
  const told = [];
  const line = server((url) => (url.endsWith("arrive") ? new Refusal(409, "任务已撤回") : {}));
  const outbox = new Outbox(kept, line.post, () => {}, (done) => told.push([done.kind, kept.acts.map((each) => each.kind)]));
  await outbox.add(act("accept"));
  await outbox.add(act("arrive"));
  await outbox.flush();
  assert.deepEqual(told.map(([kind]) => kind), ["accept"]);
  assert.ok(told[0][1].includes("accept"));
});

test("signed out, everything waits and the page is told", async () => {
  const { kept, outbox } = await box(() => new Refusal(401, "请先登录"));
  await outbox.add(act("accept"));
  await outbox.flush();
  assert.equal(kept.acts.length, 1);
  assert.equal(outbox.signInNeeded, true);
});

test("a photo goes up once, before its act, even when the act fails the first time", async () => {
  let fail = true;
  const { kept, line, outbox } = await box((url) => {
    if (url.endsWith("photos")) return { id: "remote-1" };
    return fail ? new TypeError("network") : {};
  });
  await outbox.add(act("finish"), [{ id: "p1", blob: new Blob(["x"]) }]);
  await outbox.flush();
  fail = false;
  await outbox.flush();
  const urls = line.sent.map((each) => each.url);
  assert.equal(urls.filter((url) => url.endsWith("photos")).length, 1);
  assert.deepEqual(line.sent.at(-1).body.photos, ["remote-1"]);
  assert.equal(kept.photos.size, 0);
});

test("a receipt that the server no longer wants is forgotten silently", async () => {
  const { kept, outbox } = await box(() => new Refusal(409, "too late"));
  await outbox.add(act("see"));
  await outbox.flush();
  assert.equal(kept.acts.length, 0);
});

test("on a shared phone nobody sends what another did", async () => {
  const { kept, line, outbox } = await box();
  outbox.user = "w001";
  await kept.keep({ ...act("accept"), user: "w001", key: "k1" }, []);
  outbox.user = "w002";
  await outbox.flush();
  assert.deepEqual([line.sent.length, (await outbox.mine()).length, kept.acts.length], [0, 0, 1]);
  outbox.user = "w001";
  await outbox.flush();
  assert.equal(line.sent.length, 1);
});
