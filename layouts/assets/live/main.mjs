// Wires the live layer together: the only module with side effects, started once by boot.js.
import { configOfPage } from "./config.mjs";
import { socketIo } from "./fetching.mjs";
import { MAP, SETTLED } from "./ids.mjs";
import { Page } from "./page.mjs";
import { setStore } from "./stores.mjs";
import { keepOurs } from "./view_url.mjs";

const SETTLED_MS = 5_000; // charts do not wait longer for what is live

/** Start the live layer of this page, once. @param {any} chengyun window.chengyun of boot.js */
export async function start(chengyun) {
  if (chengyun.page) return;
  const socket = connect(); // while Dash mounts the page
  const config = await configOfPage();
  if (config.map) keepOurs();
  const page = new Page(config, await socket);
  expose(chengyun, page);
  page.start();
  Promise.race([page.ready, new Promise((later) => setTimeout(later, SETTLED_MS))]).then(() => setStore(SETTLED, true));
  if (!config.map) return;
  document.addEventListener("chengyun:map", ({ detail }) => detail.id === MAP && page.onMap(detail.map));
  if (chengyun.maps.has(MAP)) page.onMap(chengyun.maps.get(MAP));
}

async function connect() {
  const io = await socketIo();
  return io({ transports: ["websocket"], reconnectionDelay: 500, reconnectionDelayMax: 3_000 });
}

/** What tests and benchmarks may ask, see docs/live-layer.md. */
function expose(chengyun, page) {
  Object.defineProperties(chengyun, {
    map: { get: () => page.scene?.map },
    points: { get: () => page.scene?.points },
    layer: { get: () => page.scene?.layer },
  });
  Object.assign(chengyun, {
    page,
    ready: page.ready,
    state: () => ({ seq: page.live.log.seq, ...page.live.snapshot }),
    onPainted: (listener) => page.onPainted(listener),
    blind: () => page.blind.marks(Date.now()).map((mark) => mark.mark),
  });
}
