import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";

import { Looking } from "../../layouts/assets/live/looking.mjs";
import { KINDS, settled } from "./fakes.mjs";

const VIEW = { area: "320404", tab: "all", kinds: null, layers: ["devices"] };
let said, fetched, heard, taken, faults, later, looking, scene, connected, signedOut;

/** An answer that the test gives when it wants. */
function asked(list) {
  return (...args) => new Promise((resolve, reject) => list.push({ args, resolve, reject }));
}

beforeEach(async () => {
  [said, fetched, heard, taken, faults, later, connected] = [[], [], [], [], [], [], true];
  signedOut = false;
  scene = {
    showing: null, at: 0,
    bounds: () => ({ west: 119.8 + scene.at, south: 31.7, east: 120 + scene.at, north: 31.8 }), zoom: () => 12.5, scale: () => 1,
    take: (shown) => taken.push(shown.show), hear: (event, rows) => heard.push([event, rows]),
  };
  looking = new Looking(KINDS, {
    connected: () => connected, tell: asked(said), fetchShown: asked(fetched), failed: (one) => faults.push(one), later: (fn) => later.push(fn),
    out: () => signedOut,
  });
  looking.turnTo(VIEW);
  await settled();
  if (said.length) said.pop().resolve({});
});

async function answer(show = "points") {
  said.shift().resolve({ show });
  await settled();
  fetched.shift().resolve({ show });
  await settled();
}

describe("what the map shows", () => {
  it("is told first and then fetched, as the server said", async () => {
    looking.onMap(scene);
    assert.deepEqual(said[0].args[0].area, "320404");
    assert.equal(fetched.length, 0);
    said.shift().resolve({ show: "clusters" });
    await settled();
    assert.equal(fetched[0].args[0].as, "clusters");
    fetched.shift().resolve({ show: "clusters" });
    await settled();
    assert.deepEqual([taken, faults], [["clusters"], [false]]);
  });

  it("is asked once for the same tiles, again for others", async () => {
    looking.onMap(scene);
    await answer();
    scene.at = 0.0001;
    looking.look();
    assert.equal(said.length, 0);
    scene.at = 0.5;
    looking.look();
    assert.equal(said.length, 1);
  });

  it("is asked again after a reconnection, and for other kinds", async () => {
    looking.onMap(scene);
    await answer();
    looking.look(true);
    await answer();
    looking.turnTo({ ...VIEW, tab: "safety" });
    assert.deepEqual(said[0].args[0].kinds, ["gas"]);
  });

  it("is the newest wish's, whatever comes later", async () => {
    looking.onMap(scene);
    said.shift().resolve({ show: "points" });
    await settled();
    scene.at = 1;
    looking.look();
    assert.ok(fetched[0].args[1].aborted);
    fetched.shift().resolve({ show: "points" });
    await settled();
    assert.deepEqual(taken, []);
    await answer("clusters");
    assert.deepEqual(taken, ["clusters"]);
  });

  it("is fetched without a connection too", async () => {
    connected = false;
    looking.onMap(scene);
    await settled();
    assert.equal(fetched[0].args[0].as, undefined);
  });

  it("is tried again, and said to be missing meanwhile", async () => {
    looking.onMap(scene);
    said.shift().resolve({ show: "points" });
    await settled();
    fetched.shift().reject(new Error("down"));
    await settled();
    assert.deepEqual(faults, [true]);
    later.shift()();
    await answer();
    assert.deepEqual([taken, faults], [["points"], [true, false]]);
  });
});

describe("workers", () => {
  it("are asked for in the box while their layer is on, everywhere while there are tracks", async () => {
    looking.turnTo({ ...VIEW, layers: ["devices", "workers"] });
    looking.onMap(scene);
    assert.equal(said[0].args[0].workers, "box");
    await answer();
    assert.equal(fetched.length, 0);
    looking.watch([3]);
    assert.equal(said.pop().args[0].workers, "box");
    looking.follow(true);
    assert.equal(said[0].args[0].workers, "all");
    await answer();
    looking.follow(false);
    looking.turnTo(VIEW);
    assert.equal(said.pop().args[0].workers, null);
  });
});

describe("who is signed out", () => {
  it("is not told that points fail, and asks for nothing more", async () => {
    looking.onMap(scene);
    said.shift().resolve({ show: "points" });
    await settled();
    fetched.shift().reject(Object.assign(new Error("no"), { status: 401 }));
    await settled();
    assert.deepEqual([faults, later], [[], []]);
    signedOut = true;
    scene.at = 0.5;
    looking.look();
    looking.look(true);
    assert.deepEqual([said, fetched], [[], []]);
  });
});

describe("what is pushed", () => {
  it("between the word and the points is kept and comes after them", async () => {
    looking.onMap(scene);
    looking.hear("states", ["before"]);
    said.shift().resolve({ show: "points" });
    await settled();
    looking.hear("readings", ["between"]);
    assert.deepEqual(heard, [["states", ["before"]]]);
    fetched.shift().resolve({ show: "points" });
    await settled();
    looking.hear("readings", ["after"]);
    assert.deepEqual(heard.map(([, rows]) => rows[0]), ["before", "between", "after"]);
  });

  it("does not reach a map that shows another time", async () => {
    looking.onMap(scene);
    await answer();
    looking.pause(true);
    looking.hear("readings", ["now"]);
    assert.deepEqual(heard, []);
    assert.equal(said.pop().args[0].box, undefined);
    looking.pause(false);
    assert.ok(said.pop().args[0].box);
  });
});

it("numbers of panels are watched without a new fetch", async () => {
  looking.onMap(scene);
  await answer();
  looking.watch([7, 3, 7]);
  looking.watch([3, 7]);
  assert.equal(said.length, 1);
  assert.deepEqual([said[0].args[0].watch, said[0].args[0].as], [[3, 7], "points"]);
  assert.equal(fetched.length, 0);
});
