// Data in, HTML out. Everything that came from outside goes through `esc`.

import { minimap } from "./minimap.mjs";
import { metres, nextMove, progress, span, timing } from "./tasks.mjs";
import { word } from "./words.mjs";

const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const LEVEL = ["", "blue", "yellow", "orange", "red"];
const STEPS = ["delivered", "seen", "accepted", "arrived", "done"];

/** @param {unknown} text */
export function esc(text) {
  return String(text ?? "").replace(/[&<>"']/g, (c) => ENTITIES[c]);
}

export function levelMark(level) {
  const name = LEVEL[level];
  return name ? `<span class="lv ${name}" role="img" aria-label="${esc(word(`level_${level}`))}">!</span>` : "";
}

/** "剩 18 分" or "超期 1 小时 12 分", with the colour of its urgency. */
export function left(task, now) {
  const { left: rest, gone } = timing(task, now);
  const tone = rest < 0 ? "red" : gone > 0.8 ? "orange" : gone > 0.5 ? "yellow" : "good";
  const text = word(rest < 0 ? "late" : "left", { span: word(...span(rest)) });
  return `<span class="c-${tone} num" data-due="${esc(task.due_at)}">${esc(text)}</span>`;
}

function ring(task, now) {
  const { left: rest, gone } = timing(task, now);
  const minutes = Math.floor(Math.abs(rest) / 60_000);
  const [number, unit] = minutes < 120 ? [minutes, word("minutes")] : [Math.floor(minutes / 60), word("hours")];
  const colour = rest < 0 ? "var(--red)" : gone > 0.8 ? "var(--orange)" : "var(--accent)";
  const length = (rest < 0 ? 1 : gone) * 189;
  return `<div class="ring"><svg viewBox="0 0 68 68" aria-hidden="true">
    <circle cx="34" cy="34" r="30" fill="none" stroke="var(--line-soft)" stroke-width="6"/>
    <circle cx="34" cy="34" r="30" fill="none" stroke="${colour}" stroke-width="6" stroke-dasharray="${length.toFixed(0)} 189"
      transform="rotate(-90 34 34)" stroke-linecap="round"/></svg>
    <div class="num">${number}<small>${esc(rest < 0 ? word("late_short") : unit)}</small></div></div>`;
}

function row(name, value) {
  return value ? `<div><span>${esc(word(name))}</span><b>${esc(value)}</b></div>` : "";
}

export function distance(task, here) {
  if (task.lon === null) return "";
  if (!here) return word("unknown_place");
  const m = metres(here, task);
  return m < 1000 ? word("meters", { n: Math.round(m / 10) * 10 }) : word("kilometers", { n: (m / 1000).toFixed(1) });
}

function steps(task) {
  const done = progress(task);
  const each = STEPS.map((step, i) => `<div class="${i < done ? "on" : ""}"><i></i>${esc(word(`step_${step}`))}</div>`);
  return `<div class="steps">${each.join("")}</div>`;
}

const CLOCK = { timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit", hour12: false };
const DAY = { timeZone: "Asia/Shanghai", month: "2-digit", day: "2-digit" };

/** "16:33", with the day before it when that is not today: "11-27 16:33". @param {string} iso @param {number} now epoch ms */
export function dueTime(iso, now) {
  const due = Date.parse(iso);
  const day = (ms) => new Date(ms).toLocaleDateString("en-US", DAY).replace("/", "-");
  const time = new Date(due).toLocaleTimeString("zh-CN", CLOCK);
  return day(due) === day(now) ? time : `${day(due)} ${time}`;
}

/** The whole card of the task in hand. */
export function card(task, { now, here, areas }) {
  const place = task.lon === null ? "" : `<a class="maplink" href="geo:${task.lat},${task.lon}?q=${task.lat},${task.lon}"
    aria-label="${esc(word("navigate"))}">${minimap(task, here, areas)}</a>`;
  return `<section class="next ${LEVEL[task.level] ?? ""}" data-task="${esc(task.id)}">
    <div class="top">${ring(task, now)}<div><h2>${esc(task.title)}</h2><div class="meta">${esc(task.exact ?? task.address)}</div></div></div>
    ${place}
    <div class="rows">${row("placed", task.about)}${row("distance", distance(task, here))}${row("by", word("by_when", { time: dueTime(task.due_at, now) }))}
      ${row("hint", task.hint)}${row("description", task.description)}${row("report_text", task.note)}
      ${row("caller", task.caller)}${row("case", task.case_id)}${task.pending ? row("pending_send", word("pending_note")) : ""}</div>
    ${steps(task)}</section>`;
}

export function item(task, { now, here }) {
  const far = [task.address, distance(task, here), task.pending ? word("pending_send") : ""].filter(Boolean).join(" · ");
  return `<button class="item" type="button" data-open="${esc(task.id)}">${levelMark(task.level)}
    <span class="what"><b>${esc(task.title)}</b><small>${esc(far)}</small></span>${left(task, now)}</button>`;
}

/** What is done here and not yet sent stays in sight until the server has it. */
function waiting(tasks) {
  if (!tasks?.length) return "";
  const row = (task) => `<div class="item sent"><span class="what"><b>${esc(task.title)}</b>
    <small>${esc(word(`step_${task.status}`))}</small></span><span class="c-orange">${esc(word("pending_send"))}</span></div>`;
  return `<h3>${esc(word("unsent"))}</h3>${tasks.map(row).join("")}`;
}

function nothing(linked) {
  return `<div class="empty"><b>${esc(word("none"))}</b><p>${esc(word(linked ? "none_more" : "none_offline"))}</p></div>`;
}

/** All my tasks: the chosen one (or the most urgent) in full, the others and the unsent below. */
export function list(tasks, chosen, context) {
  if (!tasks.length) return nothing(context.linked) + waiting(context.unsent);
  const first = tasks.find((task) => task.id === chosen) ?? tasks[0];
  const others = tasks.filter((task) => task !== first).map((task) => item(task, context));
  const later = others.length ? `<h3>${esc(word("later"))}</h3>${others.join("")}` : "";
  return card(first, context) + later + waiting(context.unsent);
}

/** The bar at the bottom: report, return, and the one big button. */
export function bar(task) {
  const move = task && nextMove(task);
  const big = move ? `<button id="move" class="big" type="button" data-move="${move}">${esc(word(move))}</button>` : "";
  const back = move ? `<button id="return" class="sm" type="button">${esc(word("return"))}</button>` : "";
  return `<button id="report" class="sm" type="button">${esc(word("report"))}</button>${back}${big}`;
}

/** What is not yet sent, and what was refused with its reason. */
export function outbox(acts) {
  const rows = acts.map((act) => `<li class="${act.refused ? "refused" : ""}"><b>${esc(word(`act_${act.kind}`))}</b>
    <span>${esc(act.title ?? "")}</span>
    ${act.refused ? `<em>${esc(word("refused_why", { why: act.refused }))}</em><button type="button" data-drop="${act.seq}">${esc(word("drop"))}</button>` : ""}</li>`);
  return `<h2>${esc(word("outbox"))}</h2><ul class="outbox">${rows.join("") || `<li>${esc(word("outbox_empty"))}</li>`}</ul>
    <div class="row"><button type="button" class="sm" data-close>${esc(word("back"))}</button>
    <button type="button" class="big" id="retry">${esc(word("outbox_retry"))}</button></div>`;
}
