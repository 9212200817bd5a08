// The keyboard and the clicks of the wall: both end as actions.
import { FOUND, LIGHT_SOUND, MAP_SEARCH } from "./ids.mjs";

/** @typedef {{open: () => boolean, close: () => void}} Closable what Esc closes before it goes up */

const TABS = ["all", "governance", "social", "safety", "economy"];

/**
 * @typedef {{do: "act", name: string, id: string|null, value?: string}
 *   | {do: "mute"|"help"|"light"|"close"|"search"|"leave"} | {do: "call", run: () => void}} Command
 * @typedef {{view: import("./config.mjs").View, alerts: any[], open: boolean, typing: boolean, listing?: boolean, close?: (() => void)|null}} Moment
 *   open: a card of the layer itself (help, mute) is open; typing: the focus is in a text field; listing: search results or a pick list are open;
 *   close: closes what a part of the page has open (a pin, a measure), null when there is none
 */

/**
 * What a key means at this moment.
 * @param {string} key KeyboardEvent.key @param {Moment} moment @returns {Command|null}
 */
export function commandOf(key, moment) {
  if (key === "Escape") return escape(moment);
  if (moment.typing) return null;
  const tab = /^[0-4]$/.test(key) ? TABS[Number(key)] : null;
  if (tab) return { do: "act", name: "tab", id: tab };
  return LETTERS.get(key.toLowerCase())?.(moment, key) ?? null;
}

/** @type {Map<string, (moment: Moment, key: string) => Command|null>} */
const LETTERS = new Map([
  ["a", (moment) => alertKey(moment)],
  ["d", (moment) => dispatchKey(moment)],
  ["m", () => ({ do: "mute" })],
  ["/", () => ({ do: "search" })],
  ["?", () => ({ do: "help" })],
]);

function escape({ view, open, typing, listing, close }) {
  if (open) return { do: "close" };
  if (listing) return { do: "act", name: "found", id: null };
  if (typing) return { do: "leave" };
  if (close) return { do: "call", run: close };
  return { do: "act", name: "up", id: view.alert || view.case || view.device ? "card" : "area" };
}

/** A acknowledges the selected alert; when there is nothing to acknowledge it goes to the worst that is. */
function alertKey({ view, alerts }) {
  const selected = alerts.find((one) => one.id === view.alert);
  if (selected?.status === "raised") return { do: "act", name: "acknowledge", id: selected.id };
  const next = worstRaised(alerts);
  return next && { do: "act", name: "select-alert", id: next.id };
}

function dispatchKey({ view }) {
  if (view.alert) return { do: "act", name: "dispatch", id: view.alert, value: "alert" };
  return view.case ? { do: "act", name: "dispatch", id: view.case, value: "case" } : null;
}

/** The unacknowledged alert to look at first: worst level, then newest. @param {any[]} alerts */
export function worstRaised(alerts) {
  return alerts
    .filter((one) => one.status === "raised")
    .sort((a, b) => b.level - a.level || String(b.raised_at).localeCompare(String(a.raised_at)))[0] ?? null;
}

/** Whether a key belongs to an input method; Safari ends the word before it tells of the Enter that did it. @param {KeyboardEvent} event */
export const composes = (event) => event.isComposing || event.keyCode === 229;

/** Whether keys belong to a text field. @param {Element|null} element */
export function isTyping(element) {
  return Boolean(element?.matches?.("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable=true]"));
}

/**
 * Listen for keys and for clicks on [data-action].
 * @param {{moment: () => Moment, run: (command: Command) => void}} page
 */
export function listen({ moment, run }) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || composes(event)) return;
    if (event.defaultPrevented) return; // a part of the page has answered it
    const command = pressed(event, moment());
    if (!command) return;
    event.preventDefault();
    run(command);
  });
  document.addEventListener("click", (event) => {
    const command = clicked(event.target);
    if (command) run(command);
  });
}

function pressed(event, moment) {
  const target = event.target;
  if (event.key === "Enter" && target.matches?.("[data-action]:not(button):not(a)")) return clicked(target);
  const open = CLOSABLE.findLast((one) => one.open());
  return commandOf(event.key, { ...moment, typing: isTyping(target), close: open ? () => open.close() : null });
}

/** @type {Closable[]} the newest closes first */
const CLOSABLE = [];

/** Let Esc close something of a part of the page before it closes a card or goes up. @param {Closable} one */
export function ownEscape(one) {
  CLOSABLE.push(one);
}

/** What the layer does itself; every other action is a store's. @type {Map<string, (id: string|undefined, value?: string) => Command|null>} */
const OWN = new Map([
  ["arm", () => null], // any gesture arms the sound
  ["mute", () => ({ do: "mute" })],
  ["help", () => ({ do: "help" })],
]);

/**
 * Let a part of the page answer an action itself. @param {string} name of data-action
 * @param {(id: string|null, value: string|null) => void} run
 */
export function ownAction(name, run) {
  OWN.set(name, (id, value) => ({ do: "call", run: () => run(id ?? null, value ?? null) }));
}

/** Let a part of the page answer a key, outside text fields. @param {string} key in small letters @param {(key: string) => void} run given the key as pressed */
export function ownKey(key, run) {
  LETTERS.set(key, (_, pressed = key) => ({ do: "call", run: () => run(pressed) }));
}

/** @param {Element} target @returns {Command|null} */
function clicked(target) {
  if (target.closest?.(`#${LIGHT_SOUND}`)) return { do: "light" };
  const element = target.closest?.("[data-action]");
  if (!element || element.disabled) return null;
  const { action, id, value } = element.dataset;
  const own = OWN.get(action);
  if (own) return own(id, value);
  return { do: "act", name: action, id: id ?? null, value: value ?? null };
}

/** Put the cursor into the search field. */
export function focusSearch() {
  document.getElementById(MAP_SEARCH)?.focus();
}

/** Whether search results or a pick list are open. */
export const foundOpen = () => document.querySelector(`#${FOUND}:not([hidden]) > *`) !== null;
