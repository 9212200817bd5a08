// What the page tells the live layer: data-config once, data-view whenever the view changes.
import { LIVE_CONFIG, LIVE_VIEW } from "./ids.mjs";

/**
 * @typedef {{code: string, name: string, domain: string, period_s: number, shape?: string, unit?: string, digits?: number}} KindRow
 * @typedef {{map: boolean, city?: boolean, locale: string, user: string, scope: string, kinds: KindRow[], feeds: Object<string, number>,
 *   role_dead_s: number, fly: boolean, sound: boolean, edition?: string, bases: import("./base_map.mjs").Base[]}} Config
 * @typedef {{area: string, parent: string|null, tab: string, alert: string|null, case: string|null, device?: string|null,
 *   grids: [number, number][]|null, layers: string[], kinds: string[]|null, statuses?: string[]|null}} View
 */

/** @type {Config} */
const CONFIG = {
  map: true, locale: "zh-CN", user: "", scope: "", kinds: [], feeds: {}, role_dead_s: 10, fly: true, sound: true, bases: [],
};
/** @type {View} */
const VIEW = {
  area: "", parent: null, tab: "all", alert: null, case: null, device: null, grids: null,
  layers: ["devices", "cases", "alerts", "workers"], kinds: null, statuses: null,
};

/** JSON of an attribute over defaults; what is not an object counts as absent. */
export function readJson(text, defaults) {
  if (!text) return { ...defaults };
  const value = JSON.parse(text);
  return value && typeof value === "object" ? { ...defaults, ...value } : { ...defaults };
}

/** @param {string|null|undefined} text @returns {Config} */
export const readConfig = (text) => readJson(text, CONFIG);
/** @param {string|null|undefined} text @returns {View} */
export const readView = (text) => readJson(text, VIEW);

/** Wait for the page's configuration. @returns {Promise<Config>} */
export function configOfPage() {
  return new Promise((resolve) => {
    const look = () => {
      const element = document.getElementById(LIVE_CONFIG);
      if (element) resolve(readConfig(element.dataset.config));
      return Boolean(element);
    };
    if (look()) return;
    const watcher = new MutationObserver(() => look() && watcher.disconnect());
    watcher.observe(document.documentElement, { childList: true, subtree: true });
  });
}

/**
 * Call back with the view now and at each change of data-view, also when React replaces the element.
 * @param {(view: View) => void} changed
 */
export function watchView(changed) {
  let last = null;
  const look = () => {
    const text = document.getElementById(LIVE_VIEW)?.dataset.view ?? "";
    if (text === last) return;
    last = text;
    changed(readView(text));
  };
  look();
  new MutationObserver(look).observe(document.body, {
    subtree: true, childList: true, attributes: true, attributeFilter: ["data-view"],
  });
}
