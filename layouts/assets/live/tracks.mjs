// Tracks of workers, apart from how they are drawn: growing with each place, fading with age, with arrows on the way.

/** @typedef {[number, number, number]} Place lon, lat, epoch ms */

export const LAST_MS = 4 * 3_600_000; // as the server keeps them (app/services/tracks.py)
const STEP_M = 20; // a place nearer than this to the last one adds nothing to a line
const FAINT = 0.14; // what is left of the oldest part
const METRES = 111_320; // of a degree of latitude

/** Metres between two places of a town. @param {Place|number[]} a @param {Place|number[]} b */
export function metres([lon, lat], [lon2, lat2]) {
  const east = (lon2 - lon) * Math.cos(((lat + lat2) / 2) * (Math.PI / 180));
  return Math.hypot(east, lat2 - lat) * METRES;
}

/**
 * A track with one more place: only when it is newer and a step away. @param {Place[]} track @param {Place} place
 * @returns {Place[]} the same array when nothing was added
 */
export function grown(track, place) {
  const last = track.at(-1);
  if (!Number.isFinite(place[0]) || !Number.isFinite(place[1])) return track;
  if (last && (place[2] <= last[2] || metres(last, place) < STEP_M)) return track;
  return [...track, place];
}

/** What is not too old of a track. @param {Place[]} track @param {number} now epoch ms */
export const fresh = (track, now) => (track.length && track[0][2] < now - LAST_MS ? track.filter(([, , at]) => at >= now - LAST_MS) : track);

/** How strong a part of a track is: 1 now, faint four hours ago. @param {number} at @param {number} now epoch ms */
export const strength = (at, now) => Math.max(FAINT, Math.min(1, Math.max(0, 1 - (now - at) / LAST_MS)) ** 1.5);

/**
 * Where arrows stand on a line on the screen and where they point: one every so many pixels, never on the ends.
 * @param {{x: number, y: number}[]} line @param {number} every pixels
 * @returns {{x: number, y: number, angle: number, n: number}[]} n: the part of the line (its end's index)
 */
export function arrows(line, every) {
  const found = [];
  let left = every / 2;
  for (let n = 1; n < line.length; n += 1) {
    const [a, b] = [line[n - 1], line[n]];
    const length = Math.hypot(b.x - a.x, b.y - a.y);
    let along = left;
    for (; along < length; along += every) {
      const share = along / length;
      found.push({ x: a.x + (b.x - a.x) * share, y: a.y + (b.y - a.y) * share, angle: Math.atan2(b.y - a.y, b.x - a.x), n });
    }
    left = along - length;
  }
  return found;
}
