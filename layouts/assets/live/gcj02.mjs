// WGS-84 → GCJ-02, for base maps that are drawn in it; everything of ours is WGS-84.
// Formula and constants: the published approximation of the shift; the same as in geodata/coordinates.py.

const A = 6378245.0;
const EE = 0.00669342162296594323;
const { PI, sin, sqrt, abs, cos } = Math;

/** Whether a place lies where the shift is made (a rough box of China). */
const shifted = (lon, lat) => lon >= 72.004 && lon <= 137.8347 && lat >= 0.8293 && lat <= 55.8271;

/** @param {number} lon @param {number} lat WGS-84 @returns {[number, number]} lon, lat in GCJ-02 */
export function gcj02Of(lon, lat) {
  if (!shifted(lon, lat)) return [lon, lat];
  const [x, y] = [lon - 105, lat - 35];
  const common = ((20 * sin(6 * x * PI) + 20 * sin(2 * x * PI)) * 2) / 3;
  let dLat = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + common;
  dLat += ((20 * sin(y * PI) + 40 * sin((y / 3) * PI)) * 2) / 3 + ((160 * sin((y / 12) * PI) + 320 * sin((y * PI) / 30)) * 2) / 3;
  let dLon = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + common;
  dLon += ((20 * sin(x * PI) + 40 * sin((x / 3) * PI)) * 2) / 3 + ((150 * sin((x / 12) * PI) + 300 * sin((x / 30) * PI)) * 2) / 3;
  const rad = (lat / 180) * PI;
  const magic = 1 - EE * sin(rad) ** 2;
  return [
    lon + (dLon * 180) / ((A / sqrt(magic)) * cos(rad) * PI),
    lat + (dLat * 180) / (((A * (1 - EE)) / (magic * sqrt(magic))) * PI),
  ];
}
