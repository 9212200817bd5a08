// Another window, the same part of the city: a wall that moves to a larger screen shows no more of it, and no less.

const SAME_PX = 2; // what rounding does to the middle of the map

/** @typedef {{centre: any, zoom: number, window: {width: number, height: number}}} Standing */

/** The zoom at which all that was seen is seen in another window. @param {Standing} stood @param {{width: number, height: number}} now CSS px */
export const zoomIn = ({ zoom, window: then }, now) => zoom + Math.log2(Math.min(now.width / then.width, now.height / then.height));

const size = () => ({ width: window.innerWidth, height: window.innerHeight });
const sameSize = (one, other) => one.width === other.width && one.height === other.height;

/**
 * Keep what a map shows when the window changes; the banner takes its room from the map and changes nothing else.
 * What counts is where somebody has moved it, so that there and back is where it was.
 * @param {any} map
 */
export function keepInView(map) {
  const standing = () => ({ centre: map.getCenter(), zoom: map.getZoom(), window: size() });
  let stood = standing();
  let ours = null; // where it stands because of another window
  const isOurs = () => ours && map.getZoom() === ours.zoom && map.project(map.getCenter()).distanceTo(map.project(ours.centre)) < SAME_PX;
  map.on("moveend", () => {
    if (isOurs() || !sameSize(size(), (ours ?? stood).window)) return; // the window has changed just now, and our turn comes
    ours = null;
    stood = standing();
  });
  const watcher = new window.ResizeObserver(() => {
    map.invalidateSize({ animate: false });
    const { x, y } = map.getSize();
    if (!x || !y || sameSize(size(), (ours ?? stood).window)) return;
    map.setView(stood.centre, zoomIn(stood, size()), { animate: false });
    ours = standing();
  });
  watcher.observe(map.getContainer());
  map.on("unload", () => watcher.disconnect());
}
