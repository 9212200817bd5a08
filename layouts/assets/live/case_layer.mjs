// Open cases as squares by state.
import { inside } from "./marks.mjs";

const SIZE = 18;

/**
 * The marks of the open cases of a view.
 * @param {import("./facts.mjs").Thing[]} cases
 * @param {import("./config.mjs").View} view
 * @returns {import("./marks.mjs").Mark[]}
 */
export function caseMarks(cases, view) {
  if (!view.layers.includes("cases")) return [];
  return cases
    .filter((one) => Number.isFinite(one.lon) && Number.isFinite(one.lat) && inside(one.area, view.area))
    .filter((one) => view.tab === "all" || one.domain === view.tab)
    .filter((one) => !view.statuses || view.statuses.includes(one.status) || one.id === view.case)
    .map((one) => caseMark(one, one.id === view.case));
}

function caseMark(one, selected) {
  const classes = ["case-mark", `case-${one.status}`];
  if (one.overdue) classes.push("overdue");
  if (selected) classes.push("selected");
  return { id: one.id, lon: one.lon, lat: one.lat, html: "<i></i>", classes: classes.join(" "), size: SIZE,
    order: one.overdue ? 100 : 0 };
}
