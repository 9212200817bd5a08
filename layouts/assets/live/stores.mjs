// The way from the browser code to Dash: stores set by dash_clientside.set_props.
import { action } from "./ids.mjs";

const waiting = new Map(); // store id -> newest data, until the renderer has loaded

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
  for (const [id, data] of waiting) window.dash_clientside.set_props(id, { data });
  waiting.clear();
}

/** Set a dcc.Store. Before the renderer has loaded only the newest value is kept, and set then. @param {string} id */
export function setStore(id, data) {
  if (rendererReady() && waiting.size === 0) {
    window.dash_clientside.set_props(id, { data });
    return;
  }
  waiting.set(id, data);
  if (waiting.size === 1) flush();
}

/** Say that an action was asked for. @param {string} name @param {string|null} id @param {any} [value] */
export function act(name, id, value = null) {
  setStore(action(name), { id, value, at: Date.now() });
}
