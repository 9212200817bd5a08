// The base map under everything: which one, its tiles, whose it is. Which there are says the city's configuration.
import { gcj02Of } from "./gcj02.mjs";
import { Graticule } from "./graticule.mjs";
import { LAYERS } from "./ids.mjs";
import { worldOf } from "./points.mjs";
import { getOurs, setOurs, watchOurs } from "./view_url.mjs";

export const NONE = "none";
const KEPT = "chengyun.base";
const VECTOR = "/vendor/protomaps-leaflet.js";

/**
 * @typedef {{name: string, title: string, kind: "tiles"|"wms"|"vector", urls: string[], subdomains: string, layers?: string,
 *   gcj02: boolean, min_zoom: number, max_zoom: number, dark: boolean, attribution: string, approval: string}} Base
 */

/**
 * The base to show: the address's, else the one that this browser chose last, else the city's first.
 * @param {Base[]} bases @param {(string|null)[]} wishes the strongest first @returns {Base|null} null for none
 */
export function chosenOf(bases, wishes) {
  for (const wish of wishes) {
    if (wish === NONE) return null;
    const found = bases.find((one) => one.name === wish);
    if (found) return found;
  }
  return bases[0] ?? null;
}

/** How far a GCJ-02 base must be moved at a place, in pixels of a zoom. @returns {[number, number]} to the east, to the south */
export function shiftOf(lon, lat, zoom) {
  const [x, y] = worldOf(lon, lat);
  const [gx, gy] = worldOf(...gcj02Of(lon, lat));
  return [(gx - x) * 2 ** zoom, (gy - y) * 2 ** zoom];
}

/** What stands in the corner: whose map it is, and its approval number. @param {Base|null} base @param {any} words */
export const creditOf = (base, words) => (base
  ? [base.attribution, base.approval && words.base.approval(base.approval)].filter(Boolean).join(" · ") : "");

/** The part of the page; see parts.mjs. */
export class BaseMap {
  constructor(page) {
    this.bases = page.config.bases ?? [];
    this.words = page.words;
    this.layers = [];
    this.base = chosenOf(this.bases, [getOurs("base"), localStorage.getItem(KEPT)]);
    watchOurs("base", (name) => this.#take(chosenOf(this.bases, [name, localStorage.getItem(KEPT)])));
  }

  onMap(scene) {
    this.map = scene.map;
    this.layers = [];
    this.graticule = new Graticule(window.L, this.map);
    if (this.bases.length) this.#chooser();
    this.#take(this.base);
  }

  #chooser() {
    const { base: words } = this.words;
    const label = document.createElement("label");
    label.className = "base-chooser";
    const select = (this.select = document.createElement("select"));
    select.setAttribute("aria-label", words.title);
    for (const [name, title] of [...this.bases.map((one) => [one.name, one.title]), [NONE, words.none]])
      select.append(Object.assign(document.createElement("option"), { value: name, textContent: title }));
    select.addEventListener("change", () => this.#choose(select.value));
    label.append(document.createTextNode(words.title), select);
    document.querySelector(".base-chooser")?.remove();
    (document.getElementById(LAYERS) ?? this.map.getContainer().parentElement).append(label);
  }

  #choose(name) {
    localStorage.setItem(KEPT, name);
    setOurs("base", name);
    this.#take(chosenOf(this.bases, [name]));
    this.select.blur(); // the keys of the wall are the wall's again
  }

  async #take(base) {
    this.base = base;
    if (!this.map) return;
    const before = this.layers;
    this.layers = [];
    const made = base ? await layersOf(window.L, base) : [];
    for (const layer of before) layer.remove();
    if (this.base !== base) return; // another one was chosen meanwhile
    this.layers = made.map((layer) => layer.addTo(this.map));
    for (const layer of made) layer.getContainer?.()?.classList.toggle("dark-base", Boolean(base.dark));
    this.#tell();
  }

  #tell() {
    const container = this.map.getContainer();
    container.classList.toggle("with-base", Boolean(this.base));
    this.graticule.show(!this.base);
    if (this.select) this.select.value = this.base?.name ?? NONE;
    const credit = (this.credit ??= container.parentElement.appendChild(document.createElement("div")));
    credit.className = "base-credit";
    credit.textContent = creditOf(this.base, this.words);
  }
}

/** @param {any} L @param {Base} base @returns {Promise<any[]>} Leaflet layers, the lowest first */
async function layersOf(L, base) {
  if (base.kind === "vector") return [await vectorLayer(base)];
  const Tiles = base.gcj02 ? shiftedTiles(L) : L.TileLayer;
  const options = {
    minZoom: base.min_zoom, maxNativeZoom: base.max_zoom, maxZoom: 22, subdomains: base.subdomains || "abc",
    tms: base.urls[0].includes("{-y}"), referrerPolicy: "origin", // a 天地图 key of the browser kind looks at the referrer
    updateWhenIdle: true, keepBuffer: 1,
  };
  if (base.kind === "wms")
    return [new L.TileLayer.WMS(base.urls[0], { ...options, layers: base.layers, format: "image/png", transparent: true })];
  return base.urls.map((url) => new Tiles(url.replace("{-y}", "{y}"), options));
}

async function vectorLayer(base) {
  if (!window.protomapsL) await script(VECTOR);
  const lang = document.documentElement.lang.startsWith("en") ? "en" : "zh-Hans";
  return window.protomapsL.leafletLayer({
    url: base.urls[0], flavor: base.dark ? "dark" : "light", lang, maxDataZoom: base.max_zoom, attribution: "",
  });
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

/** Tiles of a base in GCJ-02: asked for where they say to be, drawn where they are. The shift changes by less than a metre per km. */
function shiftedTiles(L) {
  return L.TileLayer.extend({
    _shift() {
      const { lng, lat } = this._map.getCenter();
      return L.point(shiftOf(lng, lat, this._tileZoom ?? this._map.getZoom()));
    },
    _getTiledPixelBounds(center) {
      const bounds = L.TileLayer.prototype._getTiledPixelBounds.call(this, center);
      const shift = this._shift();
      return L.bounds(bounds.min.add(shift), bounds.max.add(shift));
    },
    _getTilePos(coords) {
      return L.TileLayer.prototype._getTilePos.call(this, coords).subtract(this._shift()).round();
    },
    _onMoveEnd(event) {
      L.TileLayer.prototype._onMoveEnd.call(this, event);
      if (!this._map) return;
      for (const tile of Object.values(this._tiles)) L.DomUtil.setPosition(tile.el, this._getTilePos(tile.coords));
    },
  });
}
