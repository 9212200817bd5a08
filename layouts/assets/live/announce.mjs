// What the map says to somebody who does not see it: one polite live region for all parts.

const ID = "map-said";

/** Let a screen reader say this, and show it to nobody else; the same words again are said again. @param {string} words */
export function say(words) {
  const region = document.getElementById(ID) ?? make();
  region.textContent = region.textContent === words ? `${words} ` : words;
}

function make() {
  const region = document.createElement("div");
  Object.assign(region, { id: ID, className: "said" });
  region.setAttribute("role", "status");
  region.setAttribute("aria-live", "polite");
  document.body.append(region);
  return region;
}
