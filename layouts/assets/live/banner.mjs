// The banner that says what is lost, since when, and what on the screen can no longer be trusted.
import { ageText } from "./ages.mjs";
import { BLIND_BANNER } from "./ids.mjs";

const TIME = new Intl.DateTimeFormat("zh-CN", { timeZone: "Asia/Shanghai", hour12: false, hour: "2-digit", minute: "2-digit", second: "2-digit" });

/** The banner's sentences for one mark. @param {import("./blind.mjs").Mark} mark @returns {{title: string, since: string, doubt: string}} */
export function sentences(mark, now, offset, words) {
  const [title, doubt] = words.marks[mark.kind] ?? [mark.kind, ""];
  const detail = detailOf(mark, words);
  return {
    title: detail ? `${title}:${detail}` : title,
    since: words.since(TIME.format(mark.since + offset), ageText((now - mark.since) / 1000, words)),
    doubt: (mark.kind === "role" && words.roleDoubt[mark.name]) || doubt,
  };
}

function detailOf(mark, words) {
  if (mark.kind === "feed") return words.feeds[mark.name] ?? mark.name;
  if (mark.kind === "source") return words.list(mark.name.split(",").map((name) => words.sources[name] ?? name));
  if (mark.kind === "role") return words.roles[mark.name] ?? mark.name;
  if (mark.kind === "skew") return words.skew(mark.amount);
  return "";
}

/** Show the marks: the banner's lines, and data-blind on the document for CSS and tests. */
export function showBlind(marks, now, offset, words) {
  const root = document.documentElement;
  if (marks.length) root.dataset.blind = marks.map((mark) => mark.mark).join(" ");
  else delete root.dataset.blind;
  const banner = document.getElementById(BLIND_BANNER);
  if (!banner) return;
  banner.hidden = marks.length === 0;
  banner.setAttribute("role", "alert");
  const before = new Map([...banner.children].map((row) => [row.dataset.mark, row]));
  const rows = marks.map((mark) => told(before.get(mark.mark) ?? line(mark, words), sentences(mark, now, offset, words)));
  if (rows.length !== before.size || rows.some((row, n) => banner.children[n] !== row)) banner.replaceChildren(...rows);
}

/** A line stays the same element while its mark lasts: what is pressed in it must not go away under the finger. */
function line(mark, words) {
  const row = document.createElement("p");
  row.dataset.mark = mark.mark;
  row.append(part("b"), part("span"), part("em"));
  if (mark.kind === "session") row.append(signIn(words));
  if (["edition", "editions"].includes(mark.kind)) row.append(reload(words));
  return row;
}

function told(row, { title, since, doubt }) {
  [title, since, doubt].forEach((text, n) => {
    if (row.children[n].textContent !== text) row.children[n].textContent = text;
  });
  const way = row.querySelector("a");
  if (way) way.href = wayIn();
  return row;
}

function reload(words) {
  const button = part("button", words.reload);
  Object.assign(button, { type: "button" });
  button.addEventListener("click", () => location.reload());
  return button;
}

function signIn(words) {
  const link = part("a", words.signIn);
  link.href = wayIn();
  return link;
}

/** Sign in, and back to what is looked at by then. */
const wayIn = () => `/login?next=${encodeURIComponent(location.pathname + location.search)}`;

function part(tag, text = "") {
  const element = document.createElement(tag);
  element.textContent = text;
  return element;
}
