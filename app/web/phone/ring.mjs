// A new task rings: a tone, a vibration, and a notification when the page is not looked at.

let audio = null;

/** Browsers let a page sound only after a touch: call this on the first one. */
export function arm() {
  audio ??= new (window.AudioContext || window.webkitAudioContext)();
  if (audio.state === "suspended") audio.resume();
  if ("Notification" in window && Notification.permission === "default") Notification.requestPermission();
}

/** @param {string} text @param {number} level 1 blue … 4 red */
export function ring(text, level) {
  document.documentElement.dataset.rang = String(Number(document.documentElement.dataset.rang ?? 0) + 1);
  if (audio?.state === "running") beep(level >= 3 ? 5 : 3);
  navigator.vibrate?.(level >= 3 ? [400, 150, 400, 150, 800] : [300, 150, 300]);
  if (document.hidden) notify(text);
}

function notify(text) {
  if (!("Notification" in window) || Notification.permission !== "granted") return;
  navigator.serviceWorker?.ready.then((worker) => worker.showNotification(text, { tag: "task", requireInteraction: true }));
}

function beep(times) {
  for (let i = 0; i < times; i += 1) {
    const at = audio.currentTime + i * 0.35;
    const tone = audio.createOscillator();
    const loud = audio.createGain();
    tone.frequency.value = i % 2 ? 880 : 1175;
    loud.gain.setValueAtTime(0.0001, at);
    loud.gain.exponentialRampToValueAtTime(0.5, at + 0.03);
    loud.gain.exponentialRampToValueAtTime(0.0001, at + 0.3);
    tone.connect(loud).connect(audio.destination);
    tone.start(at);
    tone.stop(at + 0.32);
  }
}
