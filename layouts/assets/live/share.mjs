// 复制链接: the whole view is in the address; whoever opens it sees what his scope allows.
import { say } from "./announce.mjs";
import { ownAction, ownKey } from "./keys.mjs";

const SHOWN_MS = 2_500;

/** Put words onto the clipboard; where the browser forbids it (no https), by a field that is selected. @param {string} words @returns {Promise<boolean>} */
export async function copy(words) {
  try {
    await navigator.clipboard.writeText(words);
    return true;
  } catch {
    return copyByField(words);
  }
}

function copyByField(words) {
  const before = document.activeElement;
  const field = document.createElement("textarea");
  Object.assign(field, { value: words, className: "said" });
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  before?.focus?.();
  return done;
}

/** The link of a view: with its area, which is not the same for everybody who starts at his own. @param {string} href @param {string} area */
export function linkOf(href, area) {
  const link = new URL(href);
  link.searchParams.delete("outside");
  if (area && !link.searchParams.get("area")) link.searchParams.set("area", area);
  return link.href.replaceAll("%2C", ",");
}

/** The part of the page that copies the address. */
export class SharePart {
  /** @param {any} page */
  constructor(page) {
    this.page = page;
    this.words = page.words.share;
    ownAction("copy-link", () => this.#copy());
    ownKey("c", () => this.#copy());
  }

  async #copy() {
    const words = (await copy(linkOf(location.href, this.page.view.area))) ? this.words.copied : this.words.failed;
    say(words);
    const button = document.querySelector("[data-action=copy-link]");
    if (!button) return;
    button.dataset.told = words;
    setTimeout(() => delete button.dataset.told, SHOWN_MS);
  }
}
