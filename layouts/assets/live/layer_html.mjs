// What the panel of layers says, as HTML: the short legend, the chips, the tree and the legend of the areas' colour.
import { escapeHtml } from "./marks.mjs";
import { LAYER_OF, glyph } from "./resource_marks.mjs";

export const BODY = "layers-body";
export const CHOICE = "ground-figure";
const BARE = ["force", "stock", "risk", "ground"]; // rows that stand for marks of several looks
const LEVELS = ["none", "blue", "yellow", "orange", "red"];

/**
 * What layouts/layer_tree.py tells.
 * @typedef {{code: string, label: string, layers: string[], children: Row[], said: [string, string][]}} Row
 * @typedef {import("./layers.mjs").LayerBook & {words: Object<string, string>, chips: [string, string][],
 *   short: {code: string, label: string, title: string, always: boolean}[], said: [string, string][], tree: Row[], figures: [string, string][]}} Book
 * @typedef {{figure: string, title: string, range: string, steps: [number|null, string, string][], rest: string}} Ground  of layouts/ground_legend.py
 */

const SORTS = new Map([...LAYER_OF].map(([sort, layer]) => [layer, sort]));

/** The mark of a layer as the map draws it; shapes of devices are drawn by layer_tree.mjs. @param {string} name */
export function symbol(name) {
  const [sort, what = ""] = name.split(":");
  const inside = SORTS.has(name) ? `<span class="mark resource-mark sort-${SORTS.get(name)}"><i>${glyph(SORTS.get(name))}</i></span>`
    : sort === "cases" ? `<span class="mark case-mark case-${what || "handling"}"><i></i></span>`
      : sort.startsWith("alerts") ? `<i class="lv ${LEVELS[Number(name.split("/")[1] ?? 4)]}">!</i>` : "";
  const classes = inside ? "sym" : `sym sym-${sort}${what ? ` sym-${sort}-${what}` : ""}`;
  return `<span class="${classes}" data-symbol="${escapeHtml(name)}" aria-hidden="true">${inside}</span>`;
}

const count = (name) => `<span class="num live-number" data-count="${escapeHtml(name)}"></span>`;

/** A place for the words of a layer that is drawn nearer only; shown when there are some. */
const nearer = (name) => `<small class="nearer" data-nearer="${escapeHtml(name)}" hidden></small>`;

/** The whole panel. @param {Book} book */
export function panelHtml(book) {
  const { words } = book;
  return `<div class="layers-head"><b>${escapeHtml(words.layers)} · <span class="now">${escapeHtml(words.own)}</span></b>`
    + `<button type="button" class="more-layers" data-action="layers-open" aria-expanded="false" aria-controls="${BODY}">`
    + `<span class="more">${escapeHtml(words.more)}</span><span class="less">${escapeHtml(words.less)}</span><i aria-hidden="true">▴</i></button></div>`
    + `<div class="short">${shortHtml(book)}</div>`
    + `<div class="full" id="${BODY}"><div class="chips" role="group" aria-label="${escapeHtml(words.presets)}">${chipsHtml(book)}</div>`
    + `<ul class="tree" role="tree" aria-label="${escapeHtml(words.tree)}" aria-multiselectable="true">${book.tree.map((row, n) => rowHtml(row, 1, n === 0)).join("")}</ul>`
    + `<label class="figure">${escapeHtml(words.figure)}<select id="${CHOICE}">${book.figures.map(optionHtml).join("")}</select></label></div>`
    + '<div class="ground-legend"></div>';
}

function shortHtml({ short, said }) {
  const rows = short.map(({ code, label, title, always }) => `<button type="button" data-action="layer" data-id="${code}" title="${escapeHtml(title)}"`
    + `${always ? " data-always" : " hidden"}>${symbol(code)}${escapeHtml(label)}${nearer(code)}${count(code)}</button>`);
  rows.splice(1, 0, ...said.map(([name, label]) => `<span data-said="${name}">${symbol(name)}${escapeHtml(label)}${count(name)}</span>`));
  return rows.join("");
}

const chipsHtml = ({ chips }) => chips.map(([code, name]) => `<button type="button" class="chip" data-action="preset" data-id="${escapeHtml(code)}">${escapeHtml(name)}</button>`).join("");

const optionHtml = ([code, name]) => `<option value="${code}">${escapeHtml(name)}</option>`;

/** A row: a switch of the layers below it. @param {Row} row @param {number} level @param {boolean} [first] it takes the focus at first */
function rowHtml({ code, label, layers, children, said }, level, first = false) {
  const below = children.map((child) => rowHtml(child, level + 1)).join("") + said.map(saidHtml).join("");
  const mark = BARE.includes(code) || code.includes("/") ? "" : symbol(code);
  return `<li role="treeitem" tabindex="${first ? 0 : -1}" aria-level="${level}" aria-label="${escapeHtml(label)}" data-label="${escapeHtml(label)}" data-layers="${layers.join(" ")}"`
    + `${below ? ' aria-expanded="false"' : ""}><div class="row"><i class="twist${below ? "" : " none"}"></i><i class="box"></i>${mark}`
    + `<span class="name">${escapeHtml(label)}</span>${nearer(code)}${count(code)}</div>${below ? `<ul role="group">${below}</ul>` : ""}</li>`;
}

const saidHtml = ([name, label]) => `<li class="said-row" role="none"><div class="row">${symbol(name)}<span class="name">${escapeHtml(label)}</span>${count(name)}</div></li>`;

const swatch = (fill) => (fill === null ? '<i class="step hatched"></i>' : `<i class="step" style="opacity: ${fill}"></i>`);

/** What the colour of the areas means. @param {Ground} ground */
export function groundHtml({ title, range, steps, rest }) {
  const scale = steps.filter(([fill]) => fill !== null).map(([fill]) => swatch(fill)).join("");
  const rows = steps.map(([fill, bounds, areas]) => `<li>${swatch(fill)}<span class="num">${escapeHtml(bounds)}</span><span class="num">${escapeHtml(areas)}</span></li>`);
  if (rest) rows.push(`<li class="rest"><span class="num">${escapeHtml(rest)}</span></li>`);
  return `<b>${escapeHtml(title)}</b><span class="scale">${scale}<small class="num">${escapeHtml(range)}</small></span><ul class="steps">${rows.join("")}</ul>`;
}
