// Where the worker is: asked of the phone only while he is on duty, and shown to him that it is.

const TELL_EVERY_MS = 15_000;

export class Place {
  /**
   * @param {(place: {lon: number, lat: number, at: string}) => void} tell sends the newest place; old ones are of no use
   * @param {() => void} changed
   */
  constructor(tell, changed) {
    this.tell = tell;
    this.changed = changed;
    this.here = null;
    this.watching = null;
    this.told = 0;
    this.onDuty = false;
    this.blind = false; // on duty, but the phone gives no place
  }

  start() {
    if (this.onDuty) return;
    this.onDuty = true;
    if (!navigator.geolocation) return void this.lost();
    const options = { enableHighAccuracy: true, maximumAge: 5_000, timeout: 20_000 };
    this.watching = navigator.geolocation.watchPosition((fix) => this.found(fix), () => this.lost(), options);
    this.changed();
  }

  stop() {
    if (this.watching !== null) navigator.geolocation.clearWatch(this.watching);
    this.watching = null;
    this.here = null;
    this.onDuty = false;
    this.blind = false;
    this.changed();
  }

  lost() {
    this.blind = true;
    this.changed();
  }

  found(fix) {
    const { longitude: lon, latitude: lat, accuracy } = fix.coords;
    this.blind = false;
    this.here = { lon, lat, accuracy, at: new Date(fix.timestamp).toISOString() };
    if (Date.now() - this.told >= TELL_EVERY_MS) {
      this.told = Date.now();
      this.tell({ lon, lat, at: this.here.at });
    }
    this.changed();
  }

  /** Whether the phone is still looking for its first place. */
  get awaited() {
    return this.onDuty && !this.blind && !this.here;
  }

  /** Lon and lat of now, or nothing; spread into a body. */
  now() {
    return this.here ? { lon: this.here.lon, lat: this.here.lat } : {};
  }
}
