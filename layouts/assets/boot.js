// The only classic script of the live layer: Dash loads it after dash-leaflet's bundle (which sets
// window.L) and before React mounts, so that no map is made unseen. Everything else is an ES module.
(function boot() {
  "use strict";
  const chengyun = (window.chengyun = window.chengyun || {});
  const labels = new Map(); // area code -> {layer, name, text} of its label; live/label_layer.mjs places them
  const figures = new Map(); // area code -> figure; Leaflet asks for the style before the label exists

  chengyun.maps = new Map();

  /** Remember each map by its container's id and tell whoever waits for one. */
  function registerMap() {
    const map = this;
    const id = map.getContainer().id;
    map.whenReady(() => tell(id, map)); // react-leaflet says where it stands after this hook
    map.on("unload", () => {
      if (chengyun.maps.get(id) === map) chengyun.maps.delete(id);
      document.dispatchEvent(new CustomEvent("chengyun:map-gone", { detail: { id, map } }));
    });
  }

  function tell(id, map) {
    chengyun.maps.set(id, map);
    document.dispatchEvent(new CustomEvent("chengyun:map", { detail: { id, map } }));
  }

  const NO_VALUE = "url(#no-value)"; // the hatch of live/layer_tree.mjs

  /** Choropleth style of one area polygon; the hideout is that of layouts/ground_legend.py. */
  function areaStyle(feature, context) {
    const { fills = {}, texts = {}, selected, outline } = (context && context.hideout) || {};
    const code = feature.properties.code;
    tellFigure(code, texts[code]);
    const strong = outline || selected === code;
    const line = { color: strong ? "#3fd0ff" : "#2f6f9f", weight: strong ? 2.5 : 1, opacity: 0.9 };
    return Object.assign(line, { fill: !outline }, filled(fills[code]));
  }

  /** @param {number|null|undefined} fill how strongly; null: there is no value, undefined: not known yet */
  function filled(fill) {
    if (fill === null) return { fillColor: NO_VALUE, fillOpacity: 0.5 };
    return { fillColor: "#2a86c8", fillOpacity: fill === undefined ? 0.06 : fill };
  }

  /** Write an area's figure into its label when it has changed. */
  function tellFigure(code, value) {
    const label = labels.get(code);
    const text = value ? String(value) : ""; // nothing there: the name alone
    figures.set(code, text);
    if (!label || label.text === text) return;
    label.text = text;
    label.layer.setTooltipContent(labelHtml(label.name, text));
    labelsChanged();
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
    layer.on("add tooltipopen", labelsChanged);
    layer.on("click", () => document.dispatchEvent(new CustomEvent("chengyun:area", { detail: code })));
    layer.on("remove", () => {
      if (labels.get(code) && labels.get(code).layer === layer) labels.delete(code);
    });
  }

  /** live/label_layer.mjs places them anew. */
  function labelsChanged() {
    document.dispatchEvent(new CustomEvent("chengyun:labels"));
  }

  chengyun.areaLabels = labels;
  chengyun.fn = Object.assign(chengyun.fn || {}, { areaStyle, areaLabel });
  if (window.L) window.L.Map.addInitHook(registerMap);
  const live = document.getElementById("live-layer"); // nothing is live on the page of one who may not see it
  if (!live) return;
  chengyun.modules = import(live.href).then((main) => main.start(chengyun));
  chengyun.modules.catch((why) => console.error("live layer did not start", why));
})();
