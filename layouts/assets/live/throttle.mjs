// Calls that must not come too often.

/**
 * Call fn at once, then at most once per `ms` while it is asked for; the last request is never lost.
 * @template T
 * @param {(value: T) => void} fn
 * @param {number} ms
 * @param {{now?: () => number, later?: (fn: () => void, ms: number) => any}} [clock]
 * @returns {(value: T) => void}
 */
export function throttle(fn, ms, { now = () => performance.now(), later = setTimeout } = {}) {
  let last = -Infinity;
  let waiting = false;
  /** @type {T} */
  let newest;
  const fire = () => {
    waiting = false;
    last = now();
    fn(newest);
  };
  return (value) => {
    newest = value;
    if (waiting) return;
    const rest = last + ms - now();
    if (rest <= 0) fire();
    else {
      waiting = true;
      later(fire, rest);
    }
  };
}
