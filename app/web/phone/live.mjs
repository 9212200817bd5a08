// The socket: facts about this worker's tasks arrive here; the page then reads its snapshot again.

const AGAIN_MS = 10_000;

/**
 * @param {() => void} news something of mine has changed
 * @param {(online: boolean) => void} linked
 * @param {(serverMs: number) => void} pulse
 */
export function listen(news, linked, pulse) {
  const socket = window.io?.({ transports: ["websocket"], reconnectionDelayMax: 10_000 });
  if (!socket) return null;
  // Socket.IO does not come back by itself after the server has sent it away
  const again = () => setTimeout(() => socket.connect(), AGAIN_MS);
  socket.on("connect", () => {
    linked(true);
    news(); // whatever was missed is in the snapshot
  });
  socket.on("disconnect", (why) => (linked(false), why === "io server disconnect" && again()));
  socket.on("connect_error", () => socket.active || again());
  socket.on("facts", news);
  socket.on("reset", news);
  socket.on("pulse", (beat) => pulse(beat.at));
  window.addEventListener("online", () => {
    if (!socket.connected) socket.disconnect().connect(); // now, not after the pause between tries
  });
  return socket;
}
