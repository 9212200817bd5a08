// The corner of the map that says 回放, so that nobody takes the past for the present.

/** What the badge says. @param {import("./replay.mjs").Replay} state @param {{time: string, waiting: boolean, failed: boolean, gone?: boolean, reds: number}} now @param {any} words */
export function badgeWords(state, { time, waiting, failed, gone, reds }, words) {
  const how = state.mode === "playing" ? `${state.speed}×` : state.ended ? words.ended : words.paused;
  return {
    title: `${words.badge} ${time}`,
    how: gone ? words.gone : failed ? words.failed : waiting ? words.waiting : how,
    red: reds ? words.red(reds) : "",
  };
}

/** The badge on one map. */
export class Badge {
  /** @param {any} words */
  constructor(words) {
    this.words = words;
    this.element = document.createElement("div");
    this.element.className = "replay-badge";
    this.element.hidden = true;
    this.title = this.#part("b", "num");
    this.how = this.#part("span", "how");
    this.rest = this.#part("span", "rest");
    this.rest.textContent = words.rest;
    this.red = this.#part("strong", "red");
    this.red.setAttribute("role", "alert");
    const button = this.#part("button", "btn");
    Object.assign(button, { type: "button", textContent: words.live });
    button.dataset.action = "replay-live";
  }

  #part(tag, look) {
    const part = document.createElement(tag);
    part.className = look;
    this.element.append(part);
    return part;
  }

  /** @param {HTMLElement} map the map's container: the badge lies beside it, since a map takes the mouse */
  on(map) {
    const section = map.closest("section.map") ?? map.parentElement;
    if (this.element.parentElement !== section) section.append(this.element);
  }

  /** @param {import("./replay.mjs").Replay} state @param {any} now */
  show(state, now) {
    const live = state.mode === "live";
    this.element.hidden = live;
    if (live) return;
    const { title, how, red } = badgeWords(state, now, this.words);
    for (const [part, text] of [[this.title, title], [this.how, how], [this.red, red]]) if (part.textContent !== text) part.textContent = text;
  }
}
