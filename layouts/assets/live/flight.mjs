// On a new red alert the map flies there, unless the officer has just been working on it.
import { act } from "./stores.mjs";
import { RED } from "./alert_layer.mjs";

const HANDS_OFF_MS = 20_000;
const CLOSE = 15; // zoom at which a device shows its kind and its neighbours
const FLIGHT_S = 1.2;
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
    this.to(alert.lon, alert.lat);
    return true;
  }

  /** @param {number} lon @param {number} lat */
  to(lon, lat) {
    if (!Number.isFinite(lon) || !Number.isFinite(lat)) return;
    const zoom = Math.max(CLOSE, this.map.getZoom());
    if (this.calm) this.map.setView([lat, lon], zoom, { animate: false });
    else this.map.flyTo([lat, lon], zoom, { duration: FLIGHT_S });
  }
}
