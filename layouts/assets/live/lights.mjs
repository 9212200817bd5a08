// The title bar's own lights: connection, age of the data, sound, the time.
import { ageText } from "./ages.mjs";
import { LIGHT_FEED, LIGHT_LINK, LIGHT_SOUND, WALL_CLOCK, WALL_DATE } from "./ids.mjs";

const FIRST_MS = 5_000;
const ZONE = "Asia/Shanghai";
const TIME = new Intl.DateTimeFormat("zh-CN", { timeZone: ZONE, hour12: false, hour: "2-digit", minute: "2-digit", second: "2-digit" });
const DATE = new Intl.DateTimeFormat("en-CA", { timeZone: ZONE, year: "numeric", month: "2-digit", day: "2-digit" });

/** "2026-11-21 星期六". @param {number} ms @param {any} words */
export function dateText(ms, words) {
  const day = DATE.format(ms);
  return `${day} ${words.weekday(words.weekdays[new Date(`${day}T00:00:00Z`).getUTCDay()])}`;
}

/** The oldest age among the judged feeds, else among all; null when none was ever heard. @returns {number|null} seconds */
export function oldestFeed(feeds, judged) {
  const names = Object.keys(judged).length ? Object.keys(judged) : Object.keys(feeds ?? {});
  const ages = names.map((name) => feeds?.[name]).filter((age) => typeof age === "number");
  return ages.length ? Math.max(...ages) : null;
}

/** Set a light's state and words. @param {string} id @param {string} state @param {string} text @param {string} [title] */
export function light(id, state, text, title = text) {
  const element = document.getElementById(id);
  if (!element) return;
  if (element.dataset.state !== state) element.dataset.state = state;
  if (element.title !== title) element.title = title;
  const label = element.querySelector("[data-light-text]");
  if (label && label.textContent !== text) label.textContent = text;
}

/** @param {number} now server's epoch ms */
export function showTime(now, words) {
  write(WALL_CLOCK, TIME.format(now));
  write(WALL_DATE, dateText(now, words));
}

function write(id, text) {
  const element = document.getElementById(id);
  if (element && element.textContent !== text) element.textContent = text;
}

/** A new page is not cut off: it waits for its first connection for 5 s. @param {{live: boolean, before: boolean, age: number}} link before: it was live once; age: ms since loading */
export function linkState({ live, before, age }) {
  if (live) return "live";
  return before || age >= FIRST_MS ? "lost" : "waiting";
}

/** @param {"waiting"|"live"|"lost"} state */
export function showLink(state, words) {
  document.documentElement.dataset.link = state;
  light(LIGHT_LINK, state, words.link[state]);
}

/** @param {number|null} age seconds of the oldest feed, the time since the pulse included @param {boolean} stale */
export function showFeed(age, stale, words) {
  if (age === null) light(LIGHT_FEED, "stale", words.feed.none);
  else light(LIGHT_FEED, stale ? "stale" : "fresh", `${stale ? words.feed.stale : words.feed.fresh} ${ageText(age, words)}`);
}

/** @param {"off"|"armed"|"muted"} state @param {string} [reason] */
export function showSound(state, words, reason = "") {
  const text = state === "muted" && reason ? `${words.sound.muted} · ${reason}` : words.sound[state];
  light(LIGHT_SOUND, state, text, state === "off" ? words.soundHint : text);
}
