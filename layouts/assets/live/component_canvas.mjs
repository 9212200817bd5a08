// Components on a canvas of their own: soft squares with counts from far out, near a small glyph each.
import { CANVAS, PADDING, pageScale } from "./canvas.mjs";
import { ABANDONED, FAULTY, INTACT, majorOf, shortOf, strengths } from "./component_table.mjs";
import { trace } from "./sprites.mjs";

const GLYPHS = ["circle", "triangle", "square", "drop", "diamond"]; // of the majors 01 … 05
const COLOURS = ["#8fb0d6", "#b4a3e3", "#79c4b0", "#86bf7c", "#c9b48f"]; // no level's colours
const GAP = 1.5; // px between squares
const TEXT = 13; // px
const ROOM_FOR_COUNT = 38; // px: a square this wide carries its number
const ROOM_FOR_FAULTS = 64;
const TURN = Math.PI * 2;

/** How large a glyph is, CSS px. @param {number} zoom */
export const glyphRadius = (zoom) => Math.min(6.5, Math.max(1.6, 2 + (zoom - 15.5) * 1.1));

/**
 * @param {any} L Leaflet @param {{pane: string, locale: string}} options
 */
export function createComponentCanvas(L, { pane, locale }) {
  const Layer = L.Renderer.extend({ ...CANVAS, ...PROTOTYPE });
  return Object.assign(new Layer({ pane, padding: PADDING }), { L, locale, answer: null, chosen: null });
}

const PROTOTYPE = {
  _placed() {
    this.sprites = null;
    this._paint();
  },

  /** Draw an answer, or nothing. @param {import("./component_table.mjs").Answer|null} answer */
  load(answer) {
    this.answer = answer;
    this._ask();
  },

  /** A ring around the component whose card is open. @param {{x: number, y: number}|null} place zoom-0 world */
  choose(place) {
    this.chosen = place;
    this._ask();
  },

  _paint() {
    const { g, frame, answer } = this;
    if (!g || !frame) return;
    const began = performance.now();
    g.clearRect(0, 0, frame.width, frame.height);
    this.unit = pageScale() * frame.ratio;
    if (answer?.form === "cells") this._cells(answer);
    if (answer?.form === "points") this._things(answer);
    if (this.chosen) this._ring(this.chosen);
    this.ms = performance.now() - began;
  },

  /** Canvas px of a place on the zoom-0 world. */
  _at(x, y) {
    const { scale, ox, oy, ratio } = this.frame;
    return [(x * scale - ox) * ratio, (y * scale - oy) * ratio];
  },

  _cells({ level, cells }) {
    const side = 256 / 2 ** level;
    const wide = side * this.frame.scale * this.frame.ratio;
    const each = strengths(cells);
    cells.forEach((cell, k) => {
      const [x, y] = this._at(cell.x * side, cell.y * side);
      if (x < -wide || y < -wide || x > this.frame.width || y > this.frame.height) return;
      this._square(cell, x, y, wide, each[k]);
    });
  },

  _square(cell, x, y, wide, strength) {
    const { g, unit } = this;
    g.beginPath();
    g.roundRect(x + GAP, y + GAP, wide - 2 * GAP, wide - 2 * GAP, 4 * unit);
    g.fillStyle = `rgba(120, 160, 214, ${(0.04 + 0.26 * strength).toFixed(3)})`;
    g.fill();
    if (wide < ROOM_FOR_COUNT * unit) return;
    g.textAlign = "center";
    g.textBaseline = "middle";
    g.font = `600 ${TEXT * unit}px Inter, "Noto Sans CJK SC", sans-serif`;
    const both = cell.faulty > 0 && wide >= ROOM_FOR_FAULTS * unit;
    g.fillStyle = "rgba(232, 241, 251, .85)";
    g.fillText(shortOf(cell.size, this.locale), x + wide / 2, y + wide / 2 - (both ? TEXT * 0.6 * unit : 0));
    if (both) this._faults(cell.faulty, x + wide / 2, y + wide / 2 + TEXT * 0.75 * unit);
  },

  /** A small cross and how many must be mended. */
  _faults(count, x, y) {
    const { g, unit } = this;
    g.font = `600 ${(TEXT - 1) * unit}px Inter, "Noto Sans CJK SC", sans-serif`;
    g.fillStyle = "rgba(232, 241, 251, .65)";
    g.fillText(`✕ ${shortOf(count, this.locale)}`, x, y);
  },

  _things({ things }) {
    const { g, frame } = this;
    this.sprites ??= this._sprites();
    const half = this.sprites.size / 2;
    for (const faulty of [false, true]) // what must be mended lies on top
      for (let i = 0; i < things.count; i++) {
        const state = things.state[i];
        if (FAULTY.includes(state) !== faulty) continue;
        const [x, y] = this._at(things.x[i], things.y[i]);
        if (x < -half || y < -half || x > frame.width + half || y > frame.height + half) continue;
        g.drawImage(this.sprites.of(majorOf(things.kind[i]), state), Math.round(x - half), Math.round(y - half));
      }
  },

  _sprites() {
    const radius = glyphRadius(this._map.getZoom() - Math.log2(pageScale())) * this.unit;
    const kept = new Map();
    const size = Math.ceil(radius * 2 + 6 * this.unit);
    const of = (major, state) => {
      const key = major * 8 + state;
      if (!kept.has(key)) kept.set(key, sprite(size, radius, this.unit, major, state));
      return kept.get(key);
    };
    return { size, of };
  },

  _ring({ x, y }) {
    const { g, unit } = this;
    const [left, top] = this._at(x, y);
    g.beginPath();
    g.arc(left, top, 11 * unit, 0, TURN);
    g.lineWidth = 2 * unit;
    g.strokeStyle = "#3fd0ff";
    g.stroke();
  },
};

/** One glyph: filled when intact, crossed out when it must be mended, hollow when abandoned. */
function sprite(size, radius, unit, major, state) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = size;
  const g = canvas.getContext("2d");
  const c = size / 2;
  trace(g, GLYPHS[major], c, radius * (major ? 1.25 : 1)); // what has corners looks smaller than a circle
  g.fillStyle = state === INTACT ? COLOURS[major] : "#06101d";
  g.fill();
  g.lineWidth = (state === INTACT ? 0.75 : 1.5) * unit;
  g.strokeStyle = state === INTACT ? "#06101d" : state === ABANDONED ? "#7d8da1" : "#fff";
  g.stroke();
  if (FAULTY.includes(state)) cross(g, c, radius + 1.5 * unit, unit);
  return canvas;
}

function cross(g, c, reach, unit) {
  g.lineWidth = 1.5 * unit;
  g.strokeStyle = "#fff";
  g.beginPath();
  for (const turn of [-1, 1]) {
    g.moveTo(c - reach * 0.75, c - turn * reach * 0.75);
    g.lineTo(c + reach * 0.75, c + turn * reach * 0.75);
  }
  g.stroke();
}
