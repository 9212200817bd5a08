// Service worker: the phone's shell starts without a network. Data never passes through here: tasks
// are kept in IndexedDB by the page, and every change waits in its outbox.
const SHELL = "shell-1";
const FILES = [
  "./", "phone.css", "main.mjs", "api.mjs", "duty.mjs", "exact.mjs", "kept.mjs", "outbox.mjs", "tasks.mjs", "views.mjs", "report.mjs",
  "words.mjs", "place.mjs", "minimap.mjs", "photo.mjs", "ring.mjs", "live.mjs", "icon.svg", "manifest.webmanifest",
  "/vendor/socket.io.min.js", "/vendor/idb.js",
];

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(SHELL).then((cache) => cache.addAll(FILES)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches.keys()
      .then((names) => Promise.all(names.filter((name) => name !== SHELL).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

// the network first, so that a new version comes at once; the kept copy where there is none
self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  const ours = url.origin === location.origin && (url.pathname.startsWith("/m/") || url.pathname.startsWith("/vendor/"));
  if (event.request.method !== "GET" || !ours) return;
  event.respondWith(fromNetwork(event.request).catch(() => kept(event.request)));
});

async function fromNetwork(request) {
  const answer = await fetch(request);
  if (answer.ok) (await caches.open(SHELL)).put(request, answer.clone());
  return answer;
}

async function kept(request) {
  const found = await caches.match(request, { ignoreSearch: true });
  return found || (request.mode === "navigate" ? caches.match("./") : self.Response.error());
}
