// Clusters for the keyboard: the worst and largest of them are buttons where they stand, which Tab reaches and a mouse does not meet.
import { worstOf } from "./clusters.mjs";
import { throttle } from "./throttle.mjs";

const MOST = 12; // stops of the Tab key
const REST_MS = 500;

/** The clusters that get a button: worst level first, then the largest. @param {{cluster: import("./clusters.mjs").Cluster}[]} drawn */
export const chosen = (drawn) => drawn.filter(({ cluster }) => cluster.size > 1)
  .sort((a, b) => worstOf(b.cluster) - worstOf(a.cluster) || b.cluster.size - a.cluster.size).slice(0, MOST);

/** What a cluster is called aloud. @param {import("./clusters.mjs").Cluster} cluster @param {any} words */
export function spoken({ size, counts, offline }, words) {
  const levels = [4, 3, 2, 1].filter((level) => counts[level]).map((level) => `${words.levels[level]} ${counts[level]}`);
  return words.list([words.devices(size), ...levels, ...(offline ? [words.offline(offline)] : [])]);
}

/** The buttons of one layer of clusters. */
export class ClusterKeys {
  /** @param {any} layer of cluster_layer.mjs @param {HTMLElement} pane @param {{words: any, open: (cluster: any) => void}} page */
  constructor(layer, pane, { words, open }) {
    Object.assign(this, { layer, words, open, buttons: new Map() });
    this.list = document.createElement("div");
    this.list.className = "cluster-keys";
    pane.append(this.list);
    layer.onDrawn = throttle(() => this.#show(), REST_MS);
  }

  #show() {
    const { frame } = this.layer;
    if (!frame) return; // the map has gone meanwhile
    const min = this.layer._bounds.min.add([frame.left, frame.top]);
    const here = new Map(chosen([...this.layer.drawn.values()]).map((one) => [`${this.layer.table.level}:${one.cluster.x},${one.cluster.y}`, one]));
    for (const [key, button] of this.buttons)
      if (!here.has(key)) {
        button.remove();
        this.buttons.delete(key);
      }
    for (const [key, one] of here) this.#place(this.#button(key), one, min);
  }

  #button(key) {
    if (!this.buttons.has(key)) {
      const button = document.createElement("button");
      button.type = "button";
      button.addEventListener("click", () => this.open(button.cluster));
      this.buttons.set(key, button);
      this.list.append(button);
    }
    return this.buttons.get(key);
  }

  /** Twice a second: what is as it was is not written, or the page would be laid out anew each time. */
  #place(button, { cluster, x, y, radius }, min) {
    button.cluster = cluster;
    const side = 2 * radius + 4;
    const place = [["width", side], ["height", side], ["left", min.x + x - side / 2], ["top", min.y + y - side / 2]]
      .map(([name, px]) => `${name}: ${Math.round(px)}px`).join("; ");
    const label = spoken(cluster, this.words);
    if (button.place !== place) button.style.cssText = button.place = place;
    if (button.getAttribute("aria-label") !== label) button.setAttribute("aria-label", label);
  }
}
