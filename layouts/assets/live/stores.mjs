// The way from the browser code to Dash: stores set by dash_clientside.set_props.
import { URL_ID, action } from "./ids.mjs";

const waiting = new Map(); // component id -> its newest props, until the renderer has loaded

/** Whether Dash's renderer is there and has mounted the page. */
function rendererReady() {
  return Boolean(window.dash_clientside?.set_props) && document.querySelector("#react-entry-point > *") !== null
    && document.querySelector("._dash-loading") === null;
}

/** Hand over what was set before the renderer had loaded. */
function flush() {
  if (!rendererReady()) {
    setTimeout(flush, 50);
    return;
  }
  for (const [id, props] of waiting) window.dash_clientside.set_props(id, props);
  waiting.clear();
  forgetPast();
}

/**
 * Dash keeps every change of an input for its undo buttons, and copies all of them with each new one (plotly/dash#727). No
 * page of ours has these buttons, and a wall sets stores for weeks: the newest is enough, which Dash reverts to after an error.
 */
function forgetPast() {
  for (const { getState } of window.dash_stores ?? []) {
    const { past } = getState().history;
    past.splice(0, past.length - 1);
  }
}

/** Set a dcc.Store. Before the renderer has loaded only the newest value is kept, and set then. @param {string} id */
export const setStore = (id, data) => setProps(id, { data });

/**
 * Tell Dash's Location that the browser's own part of the address has changed. It compares its `href` with the real one,
 * and would otherwise go back to the old one instead of forward to what a callback asks for.
 */
export const tellAddress = () => setProps(URL_ID, { href: location.href });

/** @param {string} id @param {Object<string, any>} props */
function setProps(id, props) {
  if (rendererReady() && waiting.size === 0) {
    window.dash_clientside.set_props(id, props);
    forgetPast();
    return;
  }
  waiting.set(id, props);
  if (waiting.size === 1) flush();
}

/** Say that an action was asked for. @param {string} name @param {string|null} id @param {any} [value] */
export function act(name, id, value = null) {
  setStore(action(name), { id, value, at: Date.now() });
}
