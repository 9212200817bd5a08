// The part of the address that belongs to the browser: what a view looks like, beside what it is about (layouts/address.py).
// Python's ways lead to a query of Python's own names; ours are put back into each one.

import { tellAddress } from "./stores.mjs";

export const OURS = ["view", "layers", "base", "at", "pin", "thing", "near", "shape"];
const watchers = new Map(); // name -> [changed]
let last = new Map();

/** Our names of a query. @param {string} query @returns {Map<string, string>} */
export function ours(query) {
  const found = new URLSearchParams(query);
  return new Map(OURS.filter((name) => found.get(name)).map((name) => [name, found.get(name)]));
}

/** A query with our names as given; the others stay. @param {string} query @param {Map<string, string>} values */
export function merged(query, values) {
  const found = new URLSearchParams(query);
  for (const name of OURS) found.delete(name);
  for (const [name, value] of values) found.set(name, value);
  const text = found.toString().replaceAll("%2C", ",").replaceAll("%3A", ":");
  return text ? `?${text}` : "";
}

/** @param {string} name one of OURS @returns {string|null} */
export const getOurs = (name) => ours(location.search).get(name) ?? null;

/** Write one of our names into the address, without a new step in the history. @param {string} name @param {string|null} value */
export function setOurs(name, value) {
  const values = ours(location.search);
  if (value === null || value === "") values.delete(name);
  else values.set(name, value);
  history.replaceState(history.state, "", `${location.pathname}${merged(location.search, values)}${location.hash}`);
  last = values;
  tellAddress();
}

/** Hear of one of our names when the officer goes back or forward. @param {string} name @param {(value: string|null) => void} changed */
export function watchOurs(name, changed) {
  watchers.set(name, [...(watchers.get(name) ?? []), changed]);
}

/** Keep our names in every address that the page goes to; once per page. */
export function keepOurs() {
  last = ours(location.search);
  const push = history.pushState.bind(history);
  history.pushState = (state, title, url) => push(state, title, withOurs(url));
  window.addEventListener("popstate", () => tell());
}

function withOurs(url) {
  const there = new URL(String(url ?? location.href), location.href);
  if (there.pathname !== location.pathname) return url;
  return `${there.pathname}${merged(there.search, ours(location.search))}${there.hash}`;
}

function tell() {
  const now = ours(location.search);
  const before = last;
  last = now;
  for (const [name, all] of watchers)
    if (now.get(name) !== before.get(name)) for (const changed of all) changed(now.get(name) ?? null);
}
