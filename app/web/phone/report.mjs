// The three forms: finish with a photo, return with a reason, and a new report.

import { shrink } from "./photo.mjs";
import { esc } from "./views.mjs";
import { word } from "./words.mjs";

// The ten most frequent matters and the emergencies that have no code of their own any more
// (GB/T 47678.5-2026, five digits), each in zh-CN and en.
export const MATTERS = [
  ["06010", "暴露垃圾", "Exposed rubbish"], ["06042", "垃圾满溢", "Bin overflowing"],
  ["06011", "积存渣土", "Piled spoil"], ["06012", "道路不洁", "Dirty road"],
  ["06017", "绿地脏乱", "Untidy green"], ["06036", "乱堆杂物", "Clutter"],
  ["06045", "占绿毁绿", "Green damaged"], ["07003", "违规广告", "Illegal advert"],
  ["09005", "店外经营", "Shop on pavement"], ["09006", "占道经营", "Street vending"],
  ["09012", "占用消防通道", "Fire lane blocked"], ["01002", "井盖异常", "Manhole cover"],
];

const dialog = () => document.getElementById("dialog");

/** Show a form in the dialog; resolves with what `read` makes of it, or null when cancelled. */
function ask(html, read) {
  const box = dialog();
  box.innerHTML = `<form method="dialog">${html}<p class="mend" role="alert"></p><div class="row">
    <button class="sm" type="button" data-close>${esc(word("cancel"))}</button>
    <button class="big" type="submit">${esc(word("send"))}</button></div></form>`;
  const photos = [];
  wirePhotos(box, photos);
  box.setAttribute("aria-label", box.querySelector("h2").textContent);
  box.showModal();
  return new Promise((done) => {
    box.querySelector("[data-close]").onclick = () => box.close();
    box.onclose = () => done(null);
    box.querySelector("form").onsubmit = (event) => {
      event.preventDefault();
      const found = read(new FormData(event.target), photos);
      if (typeof found === "string") box.querySelector(".mend").textContent = found;
      else {
        done(found);
        box.close();
      }
    };
  });
}

function wirePhotos(box, photos) {
  const input = box.querySelector("input[type=file]");
  if (!input) return;
  input.onchange = async () => {
    for (const file of input.files) photos.push(await shrink(file));
    input.value = "";
    const strip = box.querySelector(".strip");
    strip.replaceChildren(...photos.map((photo) => picture(photo)));
    box.querySelector(".shoot span").textContent = word("retake");
    box.querySelector(".mend").textContent = "";
  };
}

function picture(photo) {
  const image = new Image();
  image.src = URL.createObjectURL(photo.blob);
  image.onload = () => URL.revokeObjectURL(image.src);
  image.alt = word("photos");
  return image;
}

const camera = () => `<label class="shoot"><input type="file" accept="image/*" capture="environment" name="photo">
  <span>${esc(word("take_photo"))}</span></label><div class="strip"></div>`;

/** {note, photos} or null. */
export function askFinish(task) {
  return ask(
    `<h2>${esc(word("act_finish"))}</h2><p>${esc(task.title)}</p>${camera()}
     <textarea name="note" rows="3" maxlength="500" placeholder="${esc(word("finish_note"))}" aria-label="${esc(word("finish_note"))}"></textarea>`,
    (form, photos) => (photos.length ? { note: String(form.get("note")).trim(), photos } : word("photo_needed")),
  );
}

/** {note} or null. */
export function askReturn(task) {
  return ask(
    `<h2>${esc(word("return"))}</h2><p>${esc(task.title)}</p>
     <textarea name="note" rows="4" maxlength="500" placeholder="${esc(word("return_hint"))}" aria-label="${esc(word("return_why"))}"></textarea>`,
    (form) => {
      const note = String(form.get("note")).trim();
      return note ? { note } : word("return_needed");
    },
  );
}

/** Say in the open report whether its place is known: it may come, or be lost, while the worker writes. */
export function tellPlace(place) {
  const line = dialog().querySelector("[data-place]");
  if (line) line.textContent = placeWord(place);
}

const placeWord = (place) => word(place.here ? "report_here" : place.awaited ? "report_waiting_place" : "report_no_place");

/** {body, photos, title} of a new report, or null; `place` is asked in the moment it is sent. */
export function askReport(place, english) {
  const kinds = MATTERS.map(([code, zh, en]) => `<label class="kind"><input type="radio" name="code" value="${code}"><span>${esc(english ? en : zh)}</span></label>`);
  return ask(
    `<h2>${esc(word("report_title"))}</h2><div class="kinds" role="radiogroup" aria-label="${esc(word("report_what"))}">${kinds.join("")}</div>
     ${camera()}<textarea name="text" rows="2" maxlength="500" placeholder="${esc(word("report_text"))}" aria-label="${esc(word("report_text"))}"></textarea>
     <p class="place">${esc(word("report_place"))}: <span data-place aria-live="polite">${esc(placeWord(place))}</span></p>
     <input name="address" maxlength="200" placeholder="${esc(word("report_where"))}" aria-label="${esc(word("report_where"))}">`,
    (form, photos) => readReport(form, photos, place, english),
  );
}

function readReport(form, photos, place, english) {
  const code = form.get("code");
  const address = String(form.get("address")).trim();
  if (!code) return word("report_kind_needed");
  if (!place.here && !address) return word(place.awaited ? "report_place_awaited" : "report_place_needed");
  const [, zh, en] = MATTERS.find(([each]) => each === code);
  const body = { id: crypto.randomUUID(), code, title: zh, description: String(form.get("text")).trim(), address };
  return { body: { ...body, ...place.now() }, photos, title: english ? en : zh };
}
