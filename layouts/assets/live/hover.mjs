// What lies under the mouse, in words: name, value, age. Never under the mouse itself, never in the way of a click.
import { ageText } from "./ages.mjs";
import { escapeHtml } from "./marks.mjs";
import { tileText } from "./tiles.mjs";

const AWAY = 16; // px between the mouse and the words
const REST_MS = 90; // a mouse that rushes over a thousand dots asks for no names

/**
 * Where the words stand: right and below the mouse, or on the other side where there is no room.
 * @param {{x: number, y: number}} at @param {{width: number, height: number}} words @param {{width: number, height: number}} map
 * @returns {{left: number, top: number}}
 */
export function besideOf(at, words, map) {
  const side = (place, size, room) => (place + AWAY + size <= room ? place + AWAY : Math.max(0, place - AWAY - size));
  const left = side(at.x, words.width, map.width);
  const top = side(at.y, words.height, map.height);
  const covers = at.x >= left && at.x <= left + words.width && at.y >= top && at.y <= top + words.height;
  return covers ? { left, top: Math.max(0, at.y - AWAY - words.height) } : { left, top };
}

/** A device in words. @param {{value: number, at: number, level: number, stale: boolean}} row @param {import("./device_facts.mjs").DeviceFact|null|undefined} fact @param {number} nowS @param {any} words */
export function deviceHtml(row, fact, nowS, words) {
  const { name, unit, digits } = fact ?? { name: "…", unit: "", digits: 1 };
  const value = tileText({ value: Number.isNaN(row.value) ? null : row.value, digits });
  const age = row.at ? ageText(nowS - row.at, words) : words.never;
  return `<b>${escapeHtml(name)}</b>${row.level ? levelHtml(row.level, words) : ""}`
    + `<span class="num">${escapeHtml(value)} <small>${escapeHtml(unit)}</small></span>`
    + `<span class="${row.stale ? "stale" : "c-3"}">${escapeHtml(age)}</span>`;
}

const levelHtml = (level, words, count = "") => `<em class="c-${LEVELS[level]}">${escapeHtml(words.levels[level])}${count}</em>`;

/** A cluster in words. @param {import("./clusters.mjs").Cluster} cluster @param {any} words */
export function clusterHtml({ size, counts, offline }, words) {
  const levels = [4, 3, 2, 1].filter((level) => counts[level])
    .map((level) => levelHtml(level, words, ` ${counts[level]}`));
  const quiet = offline ? `<span class="stale">${escapeHtml(words.offline(offline))}</span>` : "";
  return `<b>${escapeHtml(words.devices(size))}</b>${levels.join("")}${quiet}`;
}

const LEVELS = ["none", "blue", "yellow", "orange", "red"];

/** The words on one map. */
export class Hover {
  /** @param {HTMLElement} container @param {(hit: any) => string} tell HTML of a hit, "" for none @param {(hit: any) => Promise<any>} ask what is not known yet */
  constructor(container, tell, ask) {
    Object.assign(this, { container, tell, ask, hit: null, at: null });
    this.element = document.createElement("div");
    this.element.className = "map-hover";
    this.element.setAttribute("role", "tooltip");
    this.element.hidden = true;
    container.append(this.element);
    this.ticking = setInterval(() => this.hit && this.show(this.hit, this.at), 1_000);
  }

  /** @param {any} hit nearest under the mouse, null for none @param {{x: number, y: number}|null} at */
  show(hit, at) {
    if (hit && idOf(hit) !== idOf(this.hit)) this.#askSoon(hit);
    this.hit = hit;
    this.at = at;
    const html = hit ? this.tell(hit) : "";
    if (this.element.hidden !== !html) this.element.hidden = !html;
    if (!html) return;
    if (this.html !== html) this.element.innerHTML = this.html = html;
    const size = { width: this.element.offsetWidth, height: this.element.offsetHeight };
    const { left, top } = besideOf(at, size, { width: this.container.clientWidth, height: this.container.clientHeight });
    this.element.style.translate = `${Math.round(left)}px ${Math.round(top)}px`;
  }

  #askSoon(hit) {
    clearTimeout(this.asking);
    this.asking = setTimeout(() => this.ask(hit).then(() => this.hit && idOf(this.hit) === idOf(hit) && this.show(this.hit, this.at)), REST_MS);
  }

  remove() {
    clearInterval(this.ticking);
    clearTimeout(this.asking);
    this.element.remove();
  }
}

const idOf = (hit) => hit && `${hit.type}:${hit.n ?? hit.id}`;
