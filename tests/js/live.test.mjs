import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { emptySnapshot } from "../../layouts/assets/live/facts.mjs";
import { Live } from "../../layouts/assets/live/live.mjs";
import { FakeSocket, alertOf, factOf, settled } from "./fakes.mjs";

/** A page with a socket and a server that holds a snapshot. */
function page({ asOf = 10, fails = [], facts = true } = {}) {
  const heard = { facts: [], snapshots: 0, links: [], failures: [] };
  const clock = { ms: 0, later: [] };
  const socket = new FakeSocket();
  const server = { fetches: 0, asOf, fails };
  const live = new Live({
    socket, facts, now: () => clock.ms, later: (fn, ms) => clock.later.push([fn, ms]),
    fetchSnapshot: async () => {
      server.fetches += 1;
      const status = server.fails.shift();
      if (status) throw Object.assign(new Error("no"), { status });
      return { ...emptySnapshot(), as_of: server.asOf, workers: [{ id: "W1", lon: 1, lat: 1 }] };
    },
  }, {
    onFacts: (applied) => heard.facts.push(...applied.map(({ fact }) => fact.seq)),
    onSnapshot: () => (heard.snapshots += 1),
    onLink: (up) => heard.links.push(up),
    onFailure: (what, failed) => heard.failures.push([what, failed]),
  });
  return { live, socket, server, heard, clock };
}

async function connected(options) {
  const all = page(options);
  all.socket.hear("connect");
  await settled();
  return all;
}

describe("a page that begins", () => {
  it("takes the snapshot before it is connected, and asks for what came since", async () => {
    const { live, socket, server, heard } = page();
    live.begin();
    await settled();
    assert.deepEqual([server.fetches, heard.snapshots, socket.said], [1, 1, []]);
    socket.hear("connect");
    await settled();
    assert.deepEqual([server.fetches, resumes(socket)], [1, [10]]);
  });

  it("has been connected while Dash mounted it", async () => {
    const { live, socket, server, heard } = page();
    socket.connected = true;
    live.begin();
    await settled();
    assert.deepEqual([server.fetches, heard.links, resumes(socket)], [1, [true], [10]]);
  });

  it("has been refused: it connects again later", async () => {
    const { live, socket, clock } = page();
    socket.active = false;
    live.begin();
    await settled();
    for (const [fn] of clock.later.splice(0)) fn();
    assert.deepEqual(socket.said, [["connect"]]);
  });
});

const resumes = (socket) => socket.said.filter(([event]) => event === "resume").map(([, { seq }]) => seq);
const fact = (seq, id = `A${seq}`) => factOf("alert", alertOf(id, 2), { seq });

describe("a page that is signed out", () => {
  it("asks once, says so, and asks no more", async () => {
    const { live, socket, clock, server, heard } = page({ fails: Array(100).fill(401) });
    socket.active = false;
    socket.hear("connect_error");
    await settled();
    for (const [fn] of clock.later.splice(0)) fn();
    await live.load();
    assert.deepEqual([server.fetches, clock.later.length], [1, 0]);
    assert.deepEqual([heard.failures, socket.said], [[["session", true]], [["disconnect"]]]);
  });

  it("keeps its picture, and is let in when somebody who has signed in elsewhere looks at it", async () => {
    const { live, socket, server, heard } = await connected();
    server.fails.push(401);
    await live.load();
    assert.equal(live.snapshot.workers.length, 1);
    live.comeBack();
    assert.deepEqual(socket.said.at(-1), ["connect"]);
    socket.hear("connect");
    await settled();
    assert.deepEqual([server.fetches, heard.snapshots, heard.failures.at(-2)], [3, 2, ["session", false]]);
    live.comeBack();
    assert.deepEqual(socket.said.filter(([event]) => event === "connect").length, 1);
  });

  it("asks at one pace while the server has other troubles, however often it is refused", async () => {
    const { socket, clock, server } = page({ fails: Array(100).fill(503) });
    socket.active = false;
    for (let n = 0; n < 20; n += 1) {
      socket.hear("connect_error");
      await settled();
    }
    const loads = clock.later.filter(([, ms]) => ms === 1_000);
    assert.deepEqual([loads.length, server.fetches], [1, 20]);
  });

  it("comes back and takes all of it anew when it is let in again", async () => {
    const { socket, server, heard, clock } = await connected();
    socket.hear("signed_out");
    socket.hear("disconnect", "io server disconnect");
    assert.deepEqual(clock.later.map(([, ms]) => ms), [5_000]);
    socket.hear("connect");
    await settled();
    assert.deepEqual([server.fetches, heard.snapshots], [2, 2]);
    assert.deepEqual(heard.failures.filter(([what]) => what === "session").at(-1), ["session", false]);
  });
});

describe("the live contract", () => {
  it("snapshot first, then resume from its seq", async () => {
    const { socket, server, heard } = await connected();
    assert.deepEqual([server.fetches, heard.snapshots, resumes(socket)], [1, 1, [10]]);
  });

  it("facts before the snapshot wait for it", async () => {
    const { live, socket } = page();
    socket.hear("connect");
    socket.hear("facts", [fact(9), fact(11)]);
    await settled();
    assert.deepEqual(live.snapshot.alerts.map((one) => one.id), ["A11"]);
    assert.deepEqual(resumes(socket), [11]);
  });

  it("a reconnect resumes from the newest fact, without a new snapshot", async () => {
    const { socket, server, heard } = await connected();
    socket.hear("facts", [fact(12)]);
    socket.hear("disconnect");
    socket.hear("connect");
    assert.deepEqual([server.fetches, resumes(socket), heard.links], [1, [10, 12], [true, false, true]]);
  });

  it("reset takes everything anew, once however often it is said", async () => {
    const { live, socket, server } = await connected();
    server.asOf = 500;
    socket.hear("reset");
    socket.hear("reset");
    await settled();
    assert.deepEqual([server.fetches, live.log.seq, resumes(socket).at(-1)], [2, 500, 500]);
  });

  it("moves workers by their positions", async () => {
    const { live, socket } = await connected();
    socket.hear("positions", [["W1", 119.9, 31.7, 5], ["W9", 1, 1, 1]]);
    assert.deepEqual(live.snapshot.workers, [{ id: "W1", lon: 119.9, lat: 31.7, at: 5 }]);
  });

  it("a failed snapshot is told and tried again", async () => {
    const { clock, heard, server } = await connected({ fails: [503] });
    assert.deepEqual(heard.failures, [["snapshot", true]]);
    clock.later[0][0]();
    await settled();
    assert.deepEqual([server.fetches, heard.failures.at(-1)], [2, ["snapshot", false]]);
  });

  it("with nobody there Socket.IO tries by itself; refused, we ask why and try again", async () => {
    const { clock, server, socket } = await connected();
    socket.hear("connect_error");
    assert.deepEqual([server.fetches, clock.later.length], [1, 0]);
    socket.active = false;
    socket.hear("connect_error");
    await settled();
    assert.deepEqual([server.fetches, clock.later.length], [2, 1]);
  });

  it("waits with the browser's own timer unless told otherwise", async () => {
    const live = new Live({ socket: new FakeSocket(), now: () => 0, fetchSnapshot: async () => null }, {});
    await new Promise((resolve) => live.later(resolve, 0));
  });

  it("a lost sign-in has its own word", async () => {
    const { heard, socket } = await connected({ fails: [401] });
    assert.deepEqual(heard.failures, [["session", true]]);
    socket.hear("signed_out", {});
    assert.equal(heard.failures.length, 2);
  });
});

describe("gaps", () => {
  const beat = ({ socket, clock }, seq) => {
    socket.hear("pulse", { at: 0, as_of: seq });
    clock.ms += 2000;
  };

  it("a missed fact is asked for after five seconds", async () => {
    const all = await connected();
    for (let i = 0; i < 3; i++) beat(all, 12);
    assert.deepEqual(resumes(all.socket), [10]);
    beat(all, 12);
    assert.deepEqual(resumes(all.socket), [10, 10]);
  });

  it("when nothing comes, the seq is not of our scope and is taken as known", async () => {
    const all = await connected();
    for (let i = 0; i < 8; i++) beat(all, 12);
    assert.deepEqual([all.live.log.seq, resumes(all.socket).length], [12, 2]);
  });

  it("facts that come close the gap", async () => {
    const all = await connected();
    beat(all, 12);
    all.socket.hear("facts", [fact(12)]);
    for (let i = 0; i < 5; i++) beat(all, 12);
    assert.deepEqual(resumes(all.socket), [10]);
  });

  it("a pulse that lags behind a busy city is no gap", async () => {
    const all = await connected();
    for (let seq = 20; seq < 120; seq += 10) {
      all.socket.hear("facts", [fact(seq)]);
      beat(all, seq - 1);
    }
    assert.deepEqual([all.server.fetches, resumes(all.socket)], [1, [10]]);
  });

  it("a server that knows less than we do has another ledger: everything anew", async () => {
    const all = await connected();
    all.server.asOf = 3;
    for (let i = 0; i < 4; i++) beat(all, 3);
    await settled();
    assert.deepEqual([all.server.fetches, all.live.log.seq], [2, 3]);
  });
});

describe("a page that shows nothing of the city", () => {
  it("hears the pulse and never asks for facts", async () => {
    const { live, socket, clock } = await connected({ facts: false });
    const pulses = [];
    live.hearers.onPulse = (pulse) => pulses.push(pulse.as_of);
    for (const as_of of [99, 100, 101]) {
      socket.hear("pulse", { as_of });
      clock.ms += 6_000;
    }
    socket.hear("connect");
    assert.deepEqual(pulses, [99, 100, 101]);
    assert.deepEqual(resumes(socket), []);
    assert.ok(live.loaded);
  });
});
