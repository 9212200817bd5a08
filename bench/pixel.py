"""From the publish of a reading by MQTT to its paint on the wall, beside the usual Dash page.

python -m bench.pixel [--quick]      what it measures and how: docs/benchmarks.md
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections import defaultdict
from math import isnan
from typing import Any, NamedTuple

from playwright.sync_api import Browser

from app.city import City
from app.store import keys
from bench import _crowd, _figures, _screens
from bench._figures import NOTHING, Outcome, Painted
from bench._load import ALERT_EVERY_S, Load, Offered
from bench._machine import machine
from bench._stack import DISTRICT, Stack, stack, until
from bench._verdict import MISSED, verdict
from geodata.areas import open_areas

DEVICES, PROBES = 5_000, 122  # a probe speaks every 2 s, see _load.PROBE_READINGS_S
RATES = (200, 1_000)
OURS, PEER = "ours", "dash-interval"
SETTLE_S = 1.0
TAIL_S = 8.0  # the last reading of every probe must be painted within
BIRTHS_S = 4_000  # a second, before anything is measured
TARGET_MS, TARGET_TIMES = 500, 5  # p95 at 1,000 msg/s, and how far ahead of the usual page
QUICK_S, QUICK_REST_S = 48.0, 14.0  # the whole of --quick; of it what is not measuring
NOISY = 20.0  # percent of the time in which others wait for a core
BEGAN = time.monotonic()


class Plan(NamedTuple):
    """How long: rounds of both pages in turn, seconds at each rate; --quick fits into QUICK_S."""

    rounds: int
    seconds: float
    quick: bool = False
    alert_every: float = ALERT_EVERY_S

    def begun(self) -> Plan:
        """The plan when everything is up: a slow start leaves less to --quick, 3 s at least."""
        left = QUICK_S - QUICK_REST_S - (time.monotonic() - BEGAN)
        each = min(self.seconds, max(3.0, left / (2 * len(RATES))))
        return self._replace(seconds=each) if self.quick else self


class Run:
    """One measurement: what was offered and what came of it, by page and rate."""

    def __init__(self, plan: Plan, load: Load, crowd: _crowd.Crowd, stack: Stack) -> None:
        self.plan, self.load, self.crowd, self.stack = plan, load, crowd, stack
        self.alerts = 0
        self.busy: dict[str, float] = {}  # percent of a core per role, at the highest rate
        self.outcomes: dict[tuple[str, int], Outcome] = defaultdict(lambda: NOTHING)
        self.offered: dict[tuple[str, int], list[Offered]] = defaultdict(list)

    def watch(self, who: str, screen: _screens.Screen) -> None:
        """Feed an open page at each rate and note what it paints."""
        say(f"{who} is on the screen")
        time.sleep(SETTLE_S)
        for rate in RATES:
            before = self.stack.processor_seconds()
            offered = self.load.feed(rate, self.plan.seconds)
            if (who, rate) == (OURS, RATES[-1]):
                self._note_busy(before, offered.seconds)
            painted = self._until_painted(screen, offered)
            outcome = _figures.compare(offered.probes, painted)
            self.outcomes[who, rate] += outcome
            self.offered[who, rate].append(offered)
            p95 = _figures.percentiles(outcome.delays)["p95"]
            say(f"  {who:<14} {rate:>5} msg/s  p95 {p95:>8.1f} ms  {len(outcome.delays)} painted")

    def _note_busy(self, before: dict[str, float], seconds: float) -> None:
        after = self.stack.processor_seconds()
        self.busy = {r: round(100 * (after[r] - before[r]) / seconds, 1) for r in before}

    def _until_painted(self, screen: _screens.Screen, offered: Offered) -> list[Painted]:
        """Everything painted until the newest reading of each probe is, TAIL_S at most."""
        painted = screen.take()
        last = {s.probe: _figures.key(s.value) for s in offered.probes}
        end = time.monotonic() + TAIL_S
        while time.monotonic() < end:
            if set(last.values()) <= {_figures.key(p.value) for p in painted}:
                break
            screen.page.wait_for_timeout(100)
            painted += screen.take()
        return painted

    def figures(self, who: str) -> dict[str, float]:
        """The figures of one page for the result."""
        found: dict[str, float] = {}
        for rate in RATES:
            outcome, offered = self.outcomes[who, rate], self.offered[who, rate]
            for name, ms in _figures.percentiles(outcome.delays).items():
                found[f"{name}_ms_{rate}"] = ms
            found[f"max_ms_{rate}"] = round(max(outcome.delays, default=float("nan")), 1)
            found[f"readings_{rate}"] = len(outcome.delays)
            found[f"merged_{rate}"] = outcome.merged
            found[f"lost_{rate}"] = outcome.lost
            seconds = sum(o.seconds for o in offered)
            found[f"offered_msg_s_{rate}"] = round(sum(o.messages for o in offered) / seconds, 1)
            found[f"unacknowledged_{rate}"] = sum(o.unacknowledged for o in offered)
        return found


def main(argv: list[str] | None = None) -> int:
    """Measure and print; 0 when the figures count and the target is met."""
    parser = argparse.ArgumentParser(prog="bench.pixel", description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one short round, within 50 s")
    parser.add_argument("--alert-every", type=float, default=ALERT_EVERY_S, help="seconds")
    args = parser.parse_args(argv)
    plan = Plan(1, 5.0, True) if args.quick else Plan(2, 15.0)
    plan = plan._replace(alert_every=args.alert_every)
    about = machine()
    if (about["cpu_pressure_before"] or 0) > NOISY:
        say(f"NOISY: others use this machine (pressure {about['cpu_pressure_before']:g} %)")
    with stack() as running:
        run = measure(running, plan)
    about["load_after"] = round(os.getloadavg()[0], 1)
    result = summary(run, about)
    table(result)
    code = verdict(result["targets"])
    print(json.dumps(result, ensure_ascii=False))
    return code if sound(result) else MISSED


def measure(running: Stack, plan: Plan) -> Run:
    """Start everything and let both pages take turns."""
    running.start_roles()
    areas = open_areas(DISTRICT, running.var / "areas")
    crowd = _crowd.gather(areas.area(DISTRICT), DEVICES, PROBES)
    load = Load(running.mqtt, crowd, plan.alert_every)
    try:
        with _screens.browser() as chromium:
            city = running.open()
            say(f"every role is up; load of the machine {os.getloadavg()[0]:.1f}")
            load.births(BIRTHS_S)
            until(lambda: city.live.redis.hlen(keys.DEVICES) == DEVICES, 30, "all are registered")
            say(f"{DEVICES} devices are registered, {PROBES} of them probes")
            run = Run(plan.begun(), load, crowd, running)
            for _ in range(plan.rounds):
                _one_round(run, chromium, city)
            with city.ledger.read() as tx:
                run.alerts = len(tx.alerts())
        return run
    finally:
        load.close()


def _one_round(run: Run, chromium: Browser, city: City) -> None:
    numbers = [d.n for d in city.live.devices([m.code for m in run.crowd.probes]).values()]
    run.load.begin(BIRTHS_S, DEVICES / BIRTHS_S)  # everybody says something while the page loads
    with _screens.our_wall(chromium, run.stack, numbers) as screen:
        run.load.end()
        until(lambda: _caught_up(city, run.load), 60, "our city has caught up")
        run.watch(OURS, screen)
    with (
        run.stack.asleep(),
        _screens.usual_page(chromium, run.stack, run.crowd) as screen,
    ):
        run.watch(PEER, screen)


def _caught_up(city: City, load: Load) -> bool:
    """Whether everything published is written and judged."""
    return city.live.counts().get("received", 0) >= load.published and not city.live.lag("watch")


def summary(run: Run, about: dict[str, Any]) -> dict[str, Any]:
    """The one object of the last line."""
    ours: dict[str, Any] = {**run.figures(OURS), "alerts_raised": run.alerts}
    ours |= {f"busy_percent_{role}_{RATES[-1]}": busy for role, busy in run.busy.items()}
    peer = run.figures(PEER)
    names = [f"p{p}_ms_{rate}" for rate in RATES for p in _figures.PERCENTILES]
    ratios = {name.replace("_ms", ""): round(peer[name] / ours[name], 1) for name in names}
    p95, times = ours["p95_ms_1000"], ratios["p95_1000"]
    targets = {f"p95 <= {TARGET_MS} ms": p95 <= TARGET_MS}  # not a number: nothing was painted
    targets |= {f"p95 >= {TARGET_TIMES}x": None if isnan(times) else times >= TARGET_TIMES}
    return {
        "bench": "pixel",
        "machine": about,
        "ours": ours,
        "peers": {PEER: peer},
        "ratios": {PEER: ratios},
        "targets": targets,
    }


def table(result: dict[str, Any]) -> None:
    """Tell a person."""
    rows = {OURS: result["ours"], **result["peers"]}
    print(f"\n{'':<15}{'offered':>9}{'p50':>9}{'p95':>9}{'p99':>9}{'max':>9}  painted merged lost")
    for rate in RATES:
        for who, f in rows.items():
            ms = "".join(f"{f[f'p{p}_ms_{rate}']:>9.1f}" for p in _figures.PERCENTILES)
            counts = f"{f[f'readings_{rate}']:>9}{f[f'merged_{rate}']:>7}{f[f'lost_{rate}']:>5}"
            print(
                f"{who:<15}{f[f'offered_msg_s_{rate}']:>9.1f}{ms}{f[f'max_ms_{rate}']:>9.1f}{counts}"
            )
    ours, ratio = result["ours"], result["ratios"][PEER]
    print(f"\n{PEER} / ours: " + ", ".join(f"{k} {v}x" for k, v in ratio.items()))
    busy = [f"{k.split('_')[2]} {v:g} %" for k, v in ours.items() if k.startswith("busy")]
    print(f"our roles at {RATES[-1]} msg/s, of one core: {', '.join(busy)}")
    print(f"alerts raised by the rules meanwhile: {ours['alerts_raised']}")
    if not ours["alerts_raised"]:
        print("no alert was raised meanwhile: the verdict that counts is the full run's")


def sound(result: dict[str, Any]) -> bool:
    """Whether the figures count: the load was reached, all of it arrived, we lost nothing."""
    faults = []
    for who, figures in {OURS: result["ours"], **result["peers"]}.items():
        for rate in RATES:
            if figures[f"offered_msg_s_{rate}"] < 0.98 * rate:
                faults.append(f"{who}: only {figures[f'offered_msg_s_{rate}']} of {rate} msg/s")
            if figures[f"unacknowledged_{rate}"]:
                faults.append(f"{who}: {figures[f'unacknowledged_{rate}']} not acknowledged")
    faults += [
        f"ours: {result['ours'][f'lost_{r}']} lost at {r}"
        for r in RATES
        if result["ours"][f"lost_{r}"]
    ]
    for fault in faults:
        print(f"NOT SOUND: {fault}", file=sys.stderr)
    return not faults


def say(sentence: str) -> None:
    """Progress, on stderr: the result alone is on stdout's last line."""
    print(f"{time.monotonic() - BEGAN:5.1f} s  {sentence}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
