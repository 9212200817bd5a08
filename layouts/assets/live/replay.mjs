// What a replay is doing: at which moment it stands, whether it plays and how fast. No clock and no page: both are given.

export const SPEEDS = [1, 2, 5, 10, 30, 60];
export const MINUTE_MS = 60_000;
export const EDGE_MS = 5_000; // so near to the present a replay has caught up with it
const WINDOW_MS = 12 * 3_600_000;

/**
 * @typedef {{mode: "live"|"paused"|"playing", at: number, speed: number, ended: boolean, since: number, until: number, oldest: number}} Replay
 *   at: the moment that is shown (epoch ms); ended: it has come to the present; since, until: the slider's ends (0 before it is painted)
 * @typedef {{do: "pause"|"toggle"|"live"|"end", now: number} | {do: "seek", at: number, now: number, named?: boolean} | {do: "step", by: number, now: number}
 *   | {do: "speed", speed: number} | {do: "tick", ms: number, now: number, loaded?: number} | {do: "window", since: number, until: number} | {do: "oldest", oldest: number}} Event
 */

/** @returns {Replay} the present */
export const begin = () => ({ mode: "live", at: 0, speed: 1, ended: false, since: 0, until: 0, oldest: 0 });

/** The moment that is meant, in whole ms as the server reads it: not before there is history, not in the future. */
const within = (state, at, now) => Math.round(Math.min(now, Math.max(at, state.oldest)));

/** Stand at a moment; whoever is at the present has nothing more to play. */
function stand(state, at, now, mode = state.mode, there = within(state, at, now)) {
  const ended = there >= now - EDGE_MS;
  return { ...state, at: there, ended, mode: ended || mode === "live" ? "paused" : mode };
}

const VERBS = {
  live: (state) => ({ ...state, mode: "live", at: 0, ended: false }),
  pause: (state, { now }) => (state.mode === "live" ? stand(state, now, now, "paused") : { ...state, mode: "paused" }),
  toggle: (state, event) => toggle(state, event),
  // a moment that somebody has named is not another one, even where there is no history
  seek: (state, { at, now, named }) => (named ? stand(state, at, now, state.mode, Math.round(Math.min(now, at))) : stand(state, at, now)),
  step: (state, { by, now }) => stand(state, (state.mode === "live" ? now : state.at) + by, now, "paused"),
  speed: (state, { speed }) => (SPEEDS.includes(speed) ? { ...state, speed } : state),
  tick: (state, event) => tick(state, event),
  window: (state, { since, until }) => ({ ...state, since, until }),
  oldest: (state, { oldest }) => ({ ...state, oldest }),
};

/** From the present one first goes back; at the end playing has no meaning. */
function toggle(state, { now }) {
  if (state.mode === "live") return stand(state, now - MINUTE_MS, now, "playing");
  if (state.mode === "playing") return { ...state, mode: "paused" };
  return state.ended ? state : { ...state, mode: "playing" };
}

/** Time passes: never beyond what has been fetched, and at the present it stops. */
function tick(state, { ms, now, loaded = Infinity }) {
  if (state.mode !== "playing") return state;
  const at = Math.max(state.at, Math.min(state.at + ms * state.speed, loaded));
  return stand(state, at, now);
}

/** @param {Replay} state @param {Event} event @returns {Replay} */
export const reduce = (state, event) => VERBS[event.do](state, event);

/** The slider's ends. @param {Replay} state @param {number} now @returns {[number, number]} */
export const ends = (state, now) => (state.until ? [state.since, state.until] : [now - WINDOW_MS, now]);

/** Whether the slider does not reach the moment that is shown. @param {Replay} state */
export const beside = ({ mode, at, since, until }) => mode !== "live" && until > 0 && (at < since || at > until);

/** Where the slider must end to show a moment in its middle, null when it is one of the last hours. @param {number} at @param {number} now */
export const windowOf = (at, now) => (at >= now - WINDOW_MS + MINUTE_MS ? null : Math.min(at + WINDOW_MS / 2, now));

/** Where the handle stands, 0…1. @param {Replay} state @param {number} now */
export function share(state, now) {
  const [since, until] = ends(state, now);
  const at = state.mode === "live" ? now : state.at;
  return Math.min(1, Math.max(0, (at - since) / Math.max(1, until - since)));
}

/** The moment under a place of the slider. @param {Replay} state @param {number} part 0…1 @param {number} now */
export function momentOf(state, part, now) {
  const [since, until] = ends(state, now);
  return Math.round(since + Math.min(1, Math.max(0, part)) * (until - since));
}
