// What lies on the ground beside the areas, apart from the map: when it is asked for, and how it is labelled.

const UNITS_FROM = 15; // zoom from which unit grids are drawn: farther out they are a grey sheet
const SERIALS_FROM = 17; // zoom from which a unit grid says its last three digits
const CODES_FROM = 18.5; // and from which all fifteen
const UNIT_PRIORITY = 20; // under everything else that has a name
const ZONE_PRIORITY = 900; // under the areas alone

/** Whether unit grids are fetched at a zoom. @param {number} zoom */
export const unitsShown = (zoom) => zoom >= UNITS_FROM;

/**
 * How many steps nearer unit grids are drawn, 0 where they are.
 * @param {number} zoom @param {number|null} crowded at this zoom they were too many for one view
 */
export function stepsToUnits(zoom, crowded) {
  if (!unitsShown(zoom)) return Math.ceil(UNITS_FROM - zoom);
  return crowded !== null && zoom <= crowded ? 1 : 0;
}

/** What a unit grid is called at a zoom, "" while it is too small for that. @param {string} code @param {number} zoom */
export function unitWords(code, zoom) {
  if (zoom < SERIALS_FROM) return "";
  return zoom < CODES_FROM ? code.slice(-3) : code;
}

/** The middle of a polygon's bounds: good enough for what is nearly a square. @returns {[number, number]} lon, lat */
export function middleOf(geometry) {
  const rings = geometry.type === "Polygon" ? [geometry.coordinates[0]] : geometry.coordinates.map((one) => one[0]);
  const largest = rings.reduce((a, b) => (b.length > a.length ? b : a));
  const [lons, lats] = [0, 1].map((axis) => largest.map((at) => at[axis]));
  return [(Math.min(...lons) + Math.max(...lons)) / 2, (Math.min(...lats) + Math.max(...lats)) / 2];
}

/** The labels of unit grids at a zoom. @param {any[]} features @param {number} zoom @returns {import("./label_layer.mjs").Offer[]} */
export function unitOffers(features, zoom) {
  if (zoom < SERIALS_FROM) return [];
  return features.map(({ properties, geometry }) => {
    const [lon, lat] = middleOf(geometry);
    return { id: `unit ${properties.code}`, lon, lat, text: unitWords(properties.code, zoom), priority: UNIT_PRIORITY, r: 0 };
  });
}

/**
 * The labels of zones: the name, and that an outline is only schematic.
 * @param {any[]} features @param {{schematic: string}} words @returns {import("./label_layer.mjs").Offer[]}
 */
export function zoneOffers(features, words) {
  return features.map(({ properties }) => {
    const [lon, lat] = properties.label;
    const text = properties.schematic ? `${properties.name}(${words.schematic})` : properties.name;
    return { id: `zone ${properties.code}`, lon, lat, text, priority: ZONE_PRIORITY, r: 0 };
  });
}

/** Whether a box that was fetched holds another. @param {number[]|null} outer west, south, east, north @param {number[]} inner */
export function holdsBox(outer, inner) {
  return Boolean(outer) && inner[0] >= outer[0] && inner[1] >= outer[1] && inner[2] <= outer[2] && inner[3] <= outer[3];
}

/** A box with a share of its size around it. @param {number[]} box @param {number} share @returns {number[]} */
export function widened([west, south, east, north], share) {
  const [wide, high] = [(east - west) * share, (north - south) * share];
  return [west - wide, south - high, east + wide, north + high];
}
