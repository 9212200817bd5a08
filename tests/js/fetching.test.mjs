import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";

import { askAgain, fetchMe, fetchSnapshot, get, post } from "../../layouts/assets/live/fetching.mjs";

const own = { fetch: globalThis.fetch, document: globalThis.document };
let asked, sent, answer, told;

beforeEach(() => {
  [asked, told] = [[], 0];
  answer = { ok: true, json: async () => ({}) };
  globalThis.fetch = async (url, options) => {
    asked.push(url);
    sent = options;
    return answer;
  };
  globalThis.document = { dispatchEvent: ({ type }) => (told += type === "chengyun:signed-out") };
  askAgain();
});

afterEach(() => Object.assign(globalThis, own));

describe("asking the server", () => {
  for (const refused of [{ ok: false, status: 401 }, { ok: false, status: 0, type: "opaqueredirect" }])
    it(`ends with an answer that wants a sign-in (${refused.type ?? refused.status})`, async () => {
      answer = refused;
      for (const ask of [fetchSnapshot, fetchMe, () => get("/api/v1/zones")]) await assert.rejects(ask, { status: 401 });
      assert.deepEqual([asked, told], [["/api/v1/snapshot"], 1]);
      askAgain();
      answer = { ok: true, json: async () => ({ as_of: 3 }) };
      assert.deepEqual(await fetchSnapshot(), { as_of: 3 });
    });

  it("goes through the same door when it does something: signed out is said there, too", async () => {
    answer = { ok: true, json: async () => ({ csrf: "t" }) };
    await post("/api/v1/cases/C1/caller");
    assert.deepEqual([asked, sent.method, sent.headers], [["/api/v1/me", "/api/v1/cases/C1/caller"], "POST", { "X-CSRFToken": "t" }]);
    answer = { ok: false, status: 401 };
    for (let n = 0; n < 2; n += 1) await assert.rejects(() => post("/api/v1/cases/C1/caller"), { status: 401 });
    assert.deepEqual([asked.length, told], [3, 1]);
  });

  it("goes on after any other refusal", async () => {
    answer = { ok: false, status: 503 };
    for (let n = 0; n < 2; n += 1) await assert.rejects(fetchSnapshot, { status: 503 });
    assert.deepEqual([asked.length, told], [2, 0]);
  });
});
