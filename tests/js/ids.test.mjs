import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { it } from "node:test";

import * as ids from "../../layouts/assets/live/ids.mjs";

const python = readFileSync(new URL("../../layouts/ids.py", import.meta.url), "utf8");
const known = new Set([...python.matchAll(/^[A-Z_]+ = "([^"]+)"/gm)].map((match) => match[1]));

for (const [name, id] of Object.entries(ids).filter(([, value]) => typeof value === "string"))
  it(`${name} is an id of layouts/ids.py`, () => assert.ok(known.has(id), `"${id}" is not in layouts/ids.py`));

for (const name of ["tab", "up", "area", "select-alert", "acknowledge", "dispatch"])
  it(`the action ${name} has its store`, () => assert.ok(known.has(ids.action(name))));
