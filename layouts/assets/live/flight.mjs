// On a new red alert the map flies there, unless the officer has just been working on it.
import { act } from "./stores.mjs";
import { RED, isWarning } from "./alert_layer.mjs";

const HANDS_OFF_MS = 20_000;
const CLOSE = 15; // zoom at which a device shows its kind and its neighbours
const FLIGHT_S = 1.2;
const WHOLE = { 6: 12, 9: 13, 12: 14 }; // zoom that shows a city or district, a street, a community
const TOUCHES = ["pointerdown", "wheel", "keydown", "touchstart"];

/** Alerts that have become red by these facts: new, or risen to red. @param {{fact: any, before: any}[]} applied @returns {any[]} */
export function newReds(applied) {
  return applied
    .filter(({ fact, before }) => {
      const alert = fact.body.alert;
      if (!alert || alert.level !== RED || alert.status !== "raised") return false;
      const known = before.alerts.find((one) => one.id === alert.id);
      return !known || known.level < RED;
    })
    .map(({ fact }) => fact.body.alert);
}

/** How near the map goes: a warning is seen with its area, a device from nearby. @param {any} alert @param {number} now the map's zoom */
export const zoomOf = (alert, now) => (isWarning(alert) ? (WHOLE[alert.area.length] ?? CLOSE) : Math.max(CLOSE, now));

/** Whether the map may move by itself. @param {number} now @param {number} touched epoch ms of the officer's last touch */
export const mayFly = (now, touched) => now - touched >= HANDS_OFF_MS;

/** Knows when the officer last touched the map, and flies. */
export class Flight {
  /** @param {any} map @param {{calm: boolean}} options */
  constructor(map, { calm }) {
    this.map = map;
    this.calm = calm;
    this.touched = -Infinity;
    const touch = () => {
      this.touched = Date.now();
    };
    for (const name of TOUCHES) map.getContainer().addEventListener(name, touch, { capture: true, passive: true });
  }

  /** Show a new red alert if the officer's hands are off the map. @param {any} alert @returns {boolean} whether it flew */
  offer(alert) {
    if (!mayFly(Date.now(), this.touched)) return false;
    act("select-alert", alert.id, "auto");
    this.to(alert.lon, alert.lat, zoomOf(alert, this.map.getZoom()));
    return true;
  }

  /** @param {number} lon @param {number} lat @param {number} zoom */
  to(lon, lat, zoom) {
    if (!Number.isFinite(lon) || !Number.isFinite(lat)) return;
    if (this.calm) this.map.setView([lat, lon], zoom, { animate: false });
    else this.map.flyTo([lat, lon], zoom, { duration: FLIGHT_S });
  }
}
