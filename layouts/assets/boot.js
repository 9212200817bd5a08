// The only classic script of the live layer: Dash loads it after dash-leaflet's bundle (which sets
// window.L) and before React mounts, so that no map is made unseen. Everything else is an ES module.
(function boot() {
  "use strict";
  const chengyun = (window.chengyun = window.chengyun || {});
  const here = document.currentScript ? document.currentScript.src : `${location.origin}/wall/assets/boot.js`;
  const labels = new Map(); // area code -> {layer, name, text} of its label
  const figures = new Map(); // area code -> figure; Leaflet asks for the style before the label exists

  chengyun.maps = new Map();

  /** Remember each map by its container's id and tell whoever waits for one. */
  function registerMap() {
    const map = this;
    const id = map.getContainer().id;
    chengyun.maps.set(id, map);
    map.on("unload", () => {
      if (chengyun.maps.get(id) === map) chengyun.maps.delete(id);
      document.dispatchEvent(new CustomEvent("chengyun:map-gone", { detail: { id, map } }));
    });
    document.dispatchEvent(new CustomEvent("chengyun:map", { detail: { id, map } }));
  }

  /** How strongly an area is filled: 0.06 for nothing up to 0.5 for the maximum. */
  function strength(value, max) {
    if (!Number.isFinite(value) || !(max > 0)) return 0.06;
    return 0.08 + 0.42 * Math.min(1, Math.max(0, value / max));
  }

  /** Choropleth style of one area polygon, see docs/live-layer.md. */
  function areaStyle(feature, context) {
    const hideout = (context && context.hideout) || {};
    const code = feature.properties.code;
    const value = (hideout.values || {})[code];
    const selected = hideout.selected === code;
    tellFigure(code, value);
    return {
      color: selected || hideout.outline ? "#3fd0ff" : "#2f6f9f",
      weight: selected || hideout.outline ? 2.5 : 1,
      opacity: 0.9,
      fill: !hideout.outline,
      fillColor: "#2a86c8",
      fillOpacity: strength(value, hideout.max),
    };
  }

  /** Write an area's figure into its label when it has changed. */
  function tellFigure(code, value) {
    const label = labels.get(code);
    const text = value ? String(value) : ""; // nothing to do there: the name alone
    figures.set(code, text);
    if (!label || label.text === text) return;
    label.text = text;
    label.layer.setTooltipContent(labelHtml(label.name, text));
  }

  const escapes = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

  function labelHtml(name, figure) {
    const safe = String(name).replace(/[&<>"]/g, (c) => escapes[c]);
    return `<span>${safe}</span>${figure ? `<b class="live-number">${figure}</b>` : ""}`;
  }

  /** Permanent label with name and figure in the middle of an area polygon. */
  function areaLabel(feature, layer) {
    const { code, name } = feature.properties;
    const text = figures.get(code) || "";
    labels.set(code, { layer, name, text });
    layer.bindTooltip(labelHtml(name, text), {
      permanent: true,
      direction: "center",
      className: "area-label",
      opacity: 1,
      interactive: false,
    });
    layer.on("add tooltipopen", () => fitLabel(layer));
    layer.on("click", () => document.dispatchEvent(new CustomEvent("chengyun:area", { detail: code })));
    layer.on("remove", () => {
      if (labels.get(code) && labels.get(code).layer === layer) labels.delete(code);
    });
  }

  /** Hide a label that is wider than its polygon is drawn at this zoom. */
  function fitLabel(layer) {
    const map = layer._map;
    const tip = layer.getTooltip && layer.getTooltip();
    const box = tip && tip.getElement && tip.getElement();
    if (!map || !box || !layer.getBounds) return;
    const bounds = layer.getBounds();
    const width = map.latLngToLayerPoint(bounds.getNorthEast()).x - map.latLngToLayerPoint(bounds.getSouthWest()).x;
    box.style.visibility = box.offsetWidth > width * 1.15 ? "hidden" : "";
  }

  function fitLabels() {
    for (const { layer } of labels.values()) fitLabel(layer);
  }

  chengyun.fn = Object.assign(chengyun.fn || {}, { areaStyle, areaLabel });
  if (window.L) window.L.Map.addInitHook(registerMap);
  if (window.L) window.L.Map.addInitHook(function watchZoom() { this.on("zoomend", fitLabels); });
  chengyun.modules = import(new URL("live/main.mjs", here).href).then((main) => main.start(chengyun));
  chengyun.modules.catch((why) => console.error("live layer did not start", why));
})();
