// Alerts that matter as real shapes above the dots: red and orange ones, and whatever is selected.
import { inside, overlaps } from "./marks.mjs";

export const LEVEL_NAMES = ["none", "blue", "yellow", "orange", "red"];
export const ORANGE = 3;
export const RED = 4;
const SIZE = 28;
const MOST = 200; // a storm of devices is shown by the dots
const APART = 0.008; // degrees between the marks of warnings that hold for the same area

/** Whether an alert is a warning for a whole area: no device's dot shows it. @param {import("./facts.mjs").Thing} one */
export const isWarning = (one) => one.rule === "warning";

/**
 * @param {import("./facts.mjs").Thing[]} alerts
 * @param {import("./config.mjs").View} view
 * @returns {import("./marks.mjs").Mark[]} the worst MOST, the selected one always
 */
export function alertMarks(alerts, view) {
  return alerts
    .filter((one) => one.id === view.alert || (isDrawn(one, view) && inView(one, view)))
    .filter((one) => Number.isFinite(one.lon) && Number.isFinite(one.lat))
    .sort((a, b) => weight(b, view) - weight(a, view))
    .slice(0, MOST)
    .map(sideBySide(new Map()))
    .map((one) => alertMark(one, one.id === view.alert));
}

/** Warnings of one area stand at one place: side by side, so that each can be hit. @param {Map<string, number>} there */
const sideBySide = (there) => (one) => {
  if (!isWarning(one)) return one;
  const n = there.get(one.area) ?? 0;
  there.set(one.area, n + 1);
  return { ...one, lon: one.lon + n * APART };
};

/**
 * The ring around the selected device.
 * @param {import("./config.mjs").View} view device is "n:<number>"
 * @param {(n: number) => [number, number]|null} placeOf
 * @returns {import("./marks.mjs").Mark[]}
 */
export function deviceMarks(view, placeOf) {
  const n = /^n:(\d+)$/.exec(view.device ?? "");
  const place = n && placeOf(Number(n[1]));
  if (!place) return [];
  return [{ id: view.device, lon: place[0], lat: place[1], html: "", classes: "device-mark selected", size: 0 }];
}

/** Red and orange ones and warnings while their layer is on; a red one that nobody has acknowledged always. */
const isDrawn = (one, view) => calls(one) || (view.layers.includes("alerts") && (one.level >= ORANGE || isWarning(one)));

const calls = (one) => one.level === RED && one.status === "raised";

const reaches = (one) => (isWarning(one) ? overlaps : inside);

const inView = (one, view) => reaches(one)(one.area, view.area) && (view.tab === "all" || one.domain === view.tab);

const weight = (one, view) => (one.id === view.alert ? 100 : 0) + one.level * 2 + (one.status === "raised" ? 1 : 0);

function alertMark(one, selected) {
  const classes = ["alert-mark", LEVEL_NAMES[one.level]];
  if (calls(one)) classes.push("unacknowledged");
  if (selected) classes.push("selected");
  return { id: one.id, lon: one.lon, lat: one.lat, html: "<s></s><i>!</i>", classes: classes.join(" "),
    size: SIZE, order: one.level * 100 + (selected ? 1000 : 0) };
}
