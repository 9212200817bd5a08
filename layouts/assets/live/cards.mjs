// The small cards that belong to the browser code: the keys, the reason for muting, and what is masked elsewhere.

let dialog = null;

/** Whether one of our cards is open. */
export const cardOpen = () => Boolean(dialog?.open);

/** Close whatever is open. */
export function closeCard() {
  dialog?.close();
  dialog?.remove();
  dialog = null;
}

function open(title, ...content) {
  closeCard();
  dialog = document.createElement("dialog");
  dialog.className = "live-card";
  dialog.append(make("h2", title), ...content);
  document.body.append(dialog);
  dialog.addEventListener("close", () => dialog?.remove());
  dialog.showModal();
}

/** Show the keys. @param {ReturnType<typeof import("./words.mjs").wordsOf>} words */
export function showHelp(words) {
  const list = document.createElement("dl");
  for (const [key, meaning] of words.help.keys) list.append(make("dt", key), make("dd", meaning));
  open(words.help.title, list, button(words.help.close, closeCard));
}

/** Ask why, then mute. @param {any} words @param {(reason: string) => void} chosen */
export function askMute(words, chosen) {
  const reasons = words.mute.reasons.map((reason) => button(reason, () => {
    closeCard();
    chosen(reason);
  }));
  open(words.mute.title, ...reasons, make("p", words.mute.minutes), button(words.mute.cancel, closeCard));
}

/**
 * Show what is masked elsewhere, for a while only. @param {string} title @param {string[][]} rows name and value
 * @param {{noted: string, close: string}} words @param {number} ms
 */
export function showBriefly(title, rows, words, ms) {
  const list = document.createElement("dl");
  list.className = "unmasked";
  for (const [name, value] of rows) list.append(make("dt", name), make("dd", value));
  open(title, list, make("p", words.noted), button(words.close, closeCard));
  const mine = dialog;
  setTimeout(() => mine === dialog && closeCard(), ms);
}

function make(tag, text) {
  const element = document.createElement(tag);
  element.textContent = text;
  return element;
}

function button(text, pressed) {
  const element = make("button", text);
  element.type = "button";
  element.addEventListener("click", pressed);
  return element;
}
