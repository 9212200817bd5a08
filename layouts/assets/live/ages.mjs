// Ages and countdowns: each second, every element with data-at or data-due says how old or how near it is.

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;
const SOON = 0.2; // the last fifth of the time

/** "42 秒", "3 分钟", "2 小时", "3 天"; in English "42 s", "3 min", "2 h", "3 d". @param {number} seconds @param {typeof import("./words.mjs").wordsOf extends (l: any) => infer W ? W : any} words */
export function ageText(seconds, words) {
  const s = Math.max(0, Math.floor(seconds));
  if (s < 2 * MINUTE) return `${s} ${words.seconds}`;
  if (s < 2 * HOUR) return `${Math.floor(s / MINUTE)} ${words.minutes}`;
  if (s < 2 * DAY) return `${Math.floor(s / HOUR)} ${words.hours}`;
  return `${Math.floor(s / DAY)} ${words.days}`;
}

/** "剩 18 分", "剩 42 秒", "剩 2 小时 5 分", "超期 3 天 4 小时": at most two units. @param {number} seconds left, negative when over */
export function dueText(seconds, words) {
  const span = spanText(Math.floor(Math.abs(seconds)), words);
  return seconds < 0 ? words.over(span) : words.left(span);
}

function spanText(s, words) {
  if (s < MINUTE) return `${s} ${words.seconds}`;
  if (s < HOUR) return `${Math.floor(s / MINUTE)} ${words.minute}`;
  const [large, small] = s < DAY ? [HOUR, MINUTE] : [DAY, HOUR];
  const names = s < DAY ? [words.hours, words.minute] : [words.days, words.hours];
  const rest = Math.floor((s % large) / small);
  return `${Math.floor(s / large)} ${names[0]}${rest ? ` ${rest} ${names[1]}` : ""}`;
}

/** The part of the time that is left, 1 → 0. @param {number} from @param {number} due @param {number} now epoch ms */
export function leftShare(from, due, now) {
  if (!(due > from)) return 0;
  return Math.min(1, Math.max(0, (due - now) / (due - from)));
}

/** @returns {"overdue"|"soon"|""} how a countdown looks; without a beginning nothing is "soon" */
export function dueClass(from, due, now) {
  if (now > due) return "overdue";
  return Number.isFinite(from) && leftShare(from, due, now) < SOON ? "soon" : "";
}

/** Change text only where it differs: a wall has hundreds of ages. */
function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function tellAge(element, now, words) {
  const at = Number(element.dataset.at);
  if (!at) {
    say(element, words.never);
    element.classList.add("stale");
    return;
  }
  const age = (now - at) / 1000;
  const limit = Number(element.dataset.staleAfter);
  const stale = limit > 0 && age > limit;
  say(element, "onlyStale" in element.dataset && !stale ? "" : ageText(age, words));
  if (!(limit > 0)) return;
  element.classList.toggle("stale", stale);
  element.closest("[data-fresh]")?.classList.toggle("stale", stale);
}

function tellDue(element, now, words) {
  const due = Number(element.dataset.due);
  const from = element.dataset.from ? Number(element.dataset.from) : NaN;
  const look = dueClass(from, due, now);
  element.classList.toggle("overdue", look === "overdue");
  element.classList.toggle("soon", look === "soon");
  if ("dueBar" in element.dataset) element.style.setProperty("--left", leftShare(from, due, now).toFixed(3));
  else say(element, dueText((due - now) / 1000, words));
}

/** Bring all ages and countdowns under root up to date. @param {ParentNode} root @param {number} now server's epoch ms */
export function tickAges(root, now, words) {
  for (const element of root.querySelectorAll("[data-at]")) tellAge(element, now, words);
  for (const element of root.querySelectorAll("[data-due]")) tellDue(element, now, words);
}
