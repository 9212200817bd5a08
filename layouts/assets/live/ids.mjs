// The component ids the live layer knows: the same strings as in layouts/ids.py (tests/js/ids.test.mjs).
export const URL_ID = "url";
export const MAP = "map";
export const LIVE_CONFIG = "live-config";
export const LIVE_VIEW = "live-view";
export const PULSE = "pulse";
export const PULSE_CASES = "pulse-cases";
export const PULSE_CHOSEN = "pulse-chosen";
export const CALM = "calm-pulse";
export const CALM_CASES = "calm-cases";
export const SETTLED = "settled";
export const BEAT = "beat";
export const LAYERS = "layers";
export const LAYER_COUNTS = "layer-counts";
export const MAP_CLICK = "map-click";
export const THING = "thing";
export const NEARBY = "nearby";
export const SELECTION = "selection";
export const FOUND = "found";
export const MAP_SEARCH = "map-search";
export const SEARCH_BOX = "map-search-box";
export const BLIND_BANNER = "blind-banner";
export const LIGHT_LINK = "light-link";
export const LIGHT_FEED = "light-feed";
export const LIGHT_SOUND = "light-sound";
export const WALL_CLOCK = "wall-clock";
export const WALL_DATE = "wall-date";
export const STRIP = "strip";
export const REPLAY_HANDLE = "replay-handle";
export const REPLAY_SPEED = "replay-speed";
export const REPLAY_DATE = "replay-date";
export const REPLAY_WINDOW = "replay-window";

/** The store that an action sets: one per action name. @param {string} name */
export const action = (name) => `act-${name}`;
