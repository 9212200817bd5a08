// Which layers of the map this browser hides: the legend's switches, kept until they are switched again.

const KEPT = "chengyun.hidden-layers";
export const LAYERS = ["devices", "cases", "workers"];

/** The layers that are hidden here. @param {Storage} [store] @returns {string[]} */
export function hiddenLayers(store = localStorage) {
  const kept = (store.getItem(KEPT) ?? "").split(" ");
  return LAYERS.filter((name) => kept.includes(name));
}

/** Hide a layer, or show it again; an unknown name changes nothing. @param {string} name @param {Storage} [store] */
export function switchLayer(name, store = localStorage) {
  const hidden = new Set(hiddenLayers(store));
  if (!hidden.delete(name)) hidden.add(name);
  store.setItem(KEPT, LAYERS.filter((one) => hidden.has(one)).join(" "));
}

/** The view without what is hidden here. @param {import("./config.mjs").View} view @param {Storage} [store] */
export function shownLayers(view, store = localStorage) {
  const hidden = hiddenLayers(store);
  return { ...view, layers: view.layers.filter((name) => !hidden.includes(name)) };
}

/** Say on the legend's switches what is on; the page writes them anew with each change of their counts. */
export function showSwitches(root = document) {
  const hidden = hiddenLayers();
  for (const element of root.querySelectorAll('[data-action="layer"]')) {
    const on = String(!hidden.includes(element.dataset.id));
    if (element.getAttribute("aria-pressed") !== on) element.setAttribute("aria-pressed", on);
  }
}
