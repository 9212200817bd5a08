// What follows from tasks and outbox: pure functions, no DOM.

const AFTER = { see: "seen", accept: "accepted", arrive: "arrived", finish: "done", return: "returned", deliver: "delivered" };
const ORDER = ["sent", "delivered", "seen", "accepted", "arrived", "done"];
const NEXT = { sent: "accept", delivered: "accept", seen: "accept", accepted: "arrive", arrived: "finish" };

/** The task as the worker sees it: the server's state, what it has taken since (`told`), and his unsent acts on top. */
export function withPending(task, acts, told = []) {
  const taken = told.reduce((shown, act) => after(shown, act, false), task);
  return acts.reduce((shown, act) => after(shown, act, act.kind !== "see" && act.kind !== "deliver"), taken);
}

function after(shown, act, pending) {
  if (act.task !== shown.id || act.refused) return shown;
  const status = AFTER[act.kind];
  const further = status === "returned" || ORDER.indexOf(status) > ORDER.indexOf(shown.status);
  return further ? { ...shown, status, pending } : shown;
}

/** Open tasks, overdue first, then by deadline. */
export function inOrder(tasks) {
  return tasks
    .filter((task) => !["done", "returned", "withdrawn"].includes(task.status))
    .sort((a, b) => Date.parse(a.due_at) - Date.parse(b.due_at));
}

/** Tasks that are ended here but whose end the server does not know yet. */
export function unsent(tasks) {
  return tasks.filter((task) => task.pending && ["done", "returned"].includes(task.status));
}

/** The one big button: the next move, or undefined at the end. */
export function nextMove(task) {
  return NEXT[task.status];
}

/** How far the task is: 0 sent … 5 done. */
export function progress(task) {
  return Math.max(0, ORDER.indexOf(task.status));
}

/** Milliseconds left (negative when late), and the share of the time that has gone (0…1). */
export function timing(task, now) {
  const start = Date.parse(task.sent_at);
  const due = Date.parse(task.due_at);
  return { left: due - now, gone: Math.min(1, Math.max(0, (now - start) / Math.max(1, due - start))) };
}

const HOUR = 60;
const DAY = 1440;

/** The parts of a span in ms, rounded down: "minutes" alone, "hours" with minutes, or "days" with hours. */
export function span(ms) {
  const minutes = Math.floor(Math.abs(ms) / 60_000);
  if (minutes < HOUR) return ["span_minutes", { n: minutes }];
  if (minutes < DAY) return ["span_hours", { n: Math.floor(minutes / HOUR), rest: minutes % HOUR }];
  return ["span_days", { n: Math.floor(minutes / DAY), rest: Math.floor((minutes % DAY) / HOUR) }];
}

/** Metres between two places (haversine, mean radius 6,371,009 m). */
export function metres(a, b) {
  const rad = Math.PI / 180;
  const dLat = (b.lat - a.lat) * rad;
  const dLon = (b.lon - a.lon) * rad;
  const h = Math.sin(dLat / 2) ** 2 + Math.cos(a.lat * rad) * Math.cos(b.lat * rad) * Math.sin(dLon / 2) ** 2;
  return 2 * 6_371_009 * Math.asin(Math.sqrt(h));
}

/** Tasks that came since the last list: these ring. */
export function arrivals(before, now) {
  const known = new Set(before.map((task) => task.id));
  return now.filter((task) => !known.has(task.id) && ["sent", "delivered"].includes(task.status));
}
