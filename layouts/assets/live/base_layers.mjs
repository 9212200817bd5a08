// The Leaflet layers of a base map: tiles, WMS, vector tiles; moved where they are GCJ-02, spared where their server gives nothing.
import { Supply } from "./base_supply.mjs";
import { pageScale } from "./canvas.mjs";
import { gcj02Of } from "./gcj02.mjs";
import { worldOf } from "./points.mjs";

const VECTOR = "/vendor/protomaps-leaflet.js";
const SIDE = 256; // px of a tile
const SLOW_MS = 8_000; // a view without one tile for so long is said
const DEAD_MS = 30_000; // a server that takes the question and gives nothing is as good as none
const LEFT_OUT = new Error("this tile is not asked for now");

/**
 * @typedef {{name: string, title: string, kind: "tiles"|"wms"|"vector", urls: string[], subdomains: string, layers?: string, version?: string,
 *   gcj02: boolean, min_zoom: number, max_zoom: number, dark: boolean, attribution: string, approval: string}} Base
 * @typedef {"well"|"slow"|"lost"} Health
 */

/** How far a GCJ-02 base must be moved at a place, in pixels of a zoom. @returns {[number, number]} to the east, to the south */
export function shiftOf(lon, lat, zoom) {
  const [x, y] = worldOf(lon, lat);
  const [gx, gy] = worldOf(...gcj02Of(lon, lat));
  return [(gx - x) * 2 ** zoom, (gy - y) * 2 ** zoom];
}

/** Tiles are drawn twice as large on a 4K wall, where all else is: their writing is read from as far, and no more of them are asked for. */
export const stepOfScale = (scale) => (scale >= 1.75 ? 1 : 0);

/** What Leaflet is told of a base's tiles. @param {Base} base @param {number} step zooms that its tiles are drawn larger */
export function optionsOf(base, step) {
  return {
    minZoom: base.min_zoom + step, maxNativeZoom: base.max_zoom + step, maxZoom: Infinity, zoomOffset: -step, tileSize: SIDE << step,
    subdomains: base.subdomains || "abc", tms: base.urls[0].includes("{-y}"),
    referrerPolicy: "origin", // a 天地图 key of the browser kind looks at the referrer
    updateWhenIdle: true, keepBuffer: 1,
  };
}

/**
 * The layers of a base, the lowest first; rejected when the program for vector tiles does not load.
 * @param {any} L @param {Base} base @param {(n: number, health: Health) => void} tell hears how the tiles of the n-th layer come
 * @returns {Promise<any[]>}
 */
export async function layersOf(L, base, tell) {
  const layers = base.kind === "vector" ? [await vectorLayer(base, stepOfScale(pageScale()))] : pictureLayers(L, base, stepOfScale(pageScale()));
  for (const [n, layer] of layers.entries()) {
    layer.beforeAdd = () => {}; // a base map must not say how far the map zooms
    if (base.gcj02) shift(L, layer);
    if (base.kind !== "vector") spare(layer, (health) => tell(n, health));
  }
  return layers;
}

function pictureLayers(L, base, step) {
  const options = optionsOf(base, step);
  if (base.kind !== "wms") return base.urls.map((url) => new L.TileLayer(url.replace("{-y}", "{y}"), options));
  const asked = { layers: base.layers, version: base.version, format: "image/png", transparent: true };
  const layer = new L.TileLayer.WMS(base.urls[0], { ...options, ...asked });
  Object.assign(layer.wmsParams, { width: SIDE, height: SIDE });
  return [layer];
}

async function vectorLayer(base, step) {
  if (!window.protomapsL) await script(VECTOR);
  const lang = document.documentElement.lang.startsWith("en") ? "en" : "zh-Hans";
  const layer = window.protomapsL.leafletLayer({
    url: base.urls[0], flavor: base.dark ? "dark" : "light", lang, minZoom: base.min_zoom + step, maxZoom: Infinity, maxDataZoom: base.max_zoom,
    attribution: "", updateWhenIdle: true, keepBuffer: 1, tileSize: SIDE << step, devicePixelRatio: window.devicePixelRatio * 2 ** step,
  });
  return enlarged(layer, step);
}

/** Vector tiles that are larger are those of a zoom farther out, drawn as sharp: their names and lines grow with them. @param {any} layer of protomaps-leaflet @param {number} step */
export function enlarged(layer, step) {
  if (!step) return layer;
  const { renderTile: render, rerenderTile: again } = layer; // of its class
  const moved = (coords, by) => Object.assign(coords.clone(), { z: coords.z + by });
  layer.renderTile = (coords, ...rest) => render.call(layer, moved(coords, -step), ...rest);
  layer.rerenderTile = (key) => {
    const [x, y, z] = key.split(":"); // of the zoom in which it was drawn
    again.call(layer, `${x}:${y}:${Number(z) + step}`);
  };
  return layer;
}

function script(address) {
  return new Promise((resolve, reject) => {
    const element = document.createElement("script");
    element.src = address;
    element.onload = resolve;
    element.onerror = () => reject(new Error(`${address} did not load`));
    document.head.append(element);
  });
}

/** Tiles in GCJ-02: asked for where they say to be, drawn where they are. The shift changes by less than a metre per km. */
function shift(L, layer) {
  const { _getTiledPixelBounds: bounds, _getTilePos: place, _onMoveEnd: moved } = layer; // of its class
  const by = () => {
    const { lng, lat } = layer._map.getCenter();
    return L.point(shiftOf(lng, lat, layer._tileZoom ?? layer._map.getZoom()));
  };
  layer._getTiledPixelBounds = (center) => {
    const { min, max } = bounds.call(layer, center);
    return L.bounds(min.add(by()), max.add(by()));
  };
  layer._getTilePos = (coords) => place.call(layer, coords).subtract(by()).round();
  layer._onMoveEnd = (event) => {
    moved.call(layer, event);
    if (!layer._map) return;
    for (const tile of Object.values(layer._tiles)) L.DomUtil.setPosition(tile.el, layer._getTilePos(tile.coords));
  };
}

/** Ask a server that gives nothing only now and then, and tell how the tiles come. @param {any} layer @param {(health: Health) => void} tell */
function spare(layer, tell) {
  const supply = new Supply();
  const create = layer.createTile;
  let pause = 0;
  layer.createTile = (coords, done) => (supply.ask() ? create.call(layer, coords, done) : blank(done));
  layer.on("tileload", () => {
    supply.tile(true);
    tell("well");
  });
  layer.on("tileerror", ({ error }) => error === LEFT_OUT || supply.tile(false));
  const rest = () => {
    pause = setTimeout(() => {
      supply.retry();
      rest(); // whatever becomes of the trial: Leaflet tells no end of tiles that left the view
      layer.redraw();
    }, supply.pause);
  };
  const waiting = patience(layer, supply, tell, () => pause || rest());
  layer.on("load", () => {
    waiting.end();
    const now = supply.settle();
    tell(now === "lost" ? "lost" : "well");
    if (now === "lost") pause || rest();
    else pause = clearTimeout(pause);
    if (now === "again") layer.redraw();
  });
  layer.on("remove", () => {
    waiting.end();
    clearTimeout(pause);
  });
}

/** Say that a view waits, and give it up in the end. @param {any} layer @param {Supply} supply @param {(health: Health) => void} tell @param {() => void} rest */
function patience(layer, supply, tell, rest) {
  let timers = [];
  const end = () => timers.forEach(clearTimeout);
  const unless = (what) => () => supply.came || supply.pause || what();
  const dead = () => {
    supply.giveUp();
    tell("lost");
    rest();
    layer.redraw(); // and nothing is waited for any more
  };
  layer.on("loading", () => {
    end();
    timers = [setTimeout(unless(() => tell("slow")), SLOW_MS), setTimeout(unless(dead), DEAD_MS)];
  });
  return { end };
}

/** In the place of a tile that is not asked for: a fault, which Leaflet does not show. */
function blank(done) {
  const tile = Object.assign(document.createElement("img"), { alt: "" });
  requestAnimationFrame(() => done(LEFT_OUT, tile));
  return tile;
}
